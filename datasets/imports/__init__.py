"""Datasets of recordings that people bring."""
