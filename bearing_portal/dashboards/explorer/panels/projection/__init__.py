"""The projection into the plane."""
