"""Figures of the viewer: numbers in, a drawing out. No rows, no request.

A figure sets no colour but those of fault classes, which come from their rows.
"""
