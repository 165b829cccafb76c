"""The web processes: what they take in, what they send, how they start and end."""
