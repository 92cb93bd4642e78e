"""Addresses and their parts, names of places, and where on earth they are."""
