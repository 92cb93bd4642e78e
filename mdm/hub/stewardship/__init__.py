"""What stewards and owners do: deciding who is who, setting values, approving, and undoing all of it."""
