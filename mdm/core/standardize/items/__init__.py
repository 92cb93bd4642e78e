"""What texts and numbers say about items."""
