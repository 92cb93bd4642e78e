"""The use cases, plain functions that take a Work."""
