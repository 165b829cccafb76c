"""Machines: bearings and their lines, the zones of ISO 20816."""
