"""Findings of quality: what is wrong with records, how often, and what people accept all the same."""
