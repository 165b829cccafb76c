"""The design's tokens."""
