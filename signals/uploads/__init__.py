"""Recordings that people bring in for themselves."""
