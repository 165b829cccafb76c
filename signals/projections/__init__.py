"""Projections of many signals into the plane, and their files."""
