"""The golden-record hub."""

__version__ = "0.1.0"
