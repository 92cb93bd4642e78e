"""Commands about what is published, and about NATS."""
