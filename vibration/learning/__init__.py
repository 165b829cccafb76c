"""Honest evaluation of classifiers on feature tables: what a model knows of what it has not seen.

A random split shows a model other windows of the bearings that it was trained on; a split by
groups shows it bearings that it never saw. Both are computed, and their gap is said.
"""
