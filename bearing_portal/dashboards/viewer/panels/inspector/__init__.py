"""The inspector: a signal's facts, its bearing, its parts, its features."""
