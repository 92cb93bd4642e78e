"""Pure knowledge of master data: no I/O, time is an argument."""
