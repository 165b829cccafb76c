"""Writes of jobs, notices and events."""
