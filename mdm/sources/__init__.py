"""Readers of the formats that source systems send, and the mappings to our attributes."""
