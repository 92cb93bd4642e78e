"""Commands that show golden records over time, and why they are as they are."""
