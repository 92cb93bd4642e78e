"""What is declared: rules by attribute, trust in sources, and how both are read, checked and written."""
