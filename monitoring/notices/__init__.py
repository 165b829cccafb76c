"""Notices and hints: what pages and people are told."""
