"""The rim: HTTP, command line and workers."""
