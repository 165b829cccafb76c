"""Figures of a result: how well a model knows what it says."""
