"""Measured readings of the machine and its services.

Each probe returns a frozen reading or None; what cannot be measured is None and carries the reason,
never a figure made up.
"""
