"""What refers to what: references followed to masters, and the trees they make."""
