"""Versions of a dataset, and its splits into sides: what is read of them."""
