"""Customers and suppliers: organisations, the systems that know them, and what these write down."""
