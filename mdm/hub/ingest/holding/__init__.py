"""Holding what would change too much: whole loads before they are processed, and what sources send singly."""
