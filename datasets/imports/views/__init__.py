"""The Import page, and what its scripts send."""
