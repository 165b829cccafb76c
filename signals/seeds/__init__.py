"""Rows that every portal begins with."""
