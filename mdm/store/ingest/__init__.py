"""Queries on deliveries, loads, what became of them, and the quarantine."""
