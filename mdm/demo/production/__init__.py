"""Production: the work centers of the plants, and what plants know of the items they make and use."""
