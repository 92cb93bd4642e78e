"""Locations: where the manufacturer and its partners make, keep and hand over things, and what systems call them."""
