"""Items: what the manufacturer buys, makes and sells, and what its systems call it."""
