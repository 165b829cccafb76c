"""One signal: its class, severity, conditions, features, tags and notes."""
