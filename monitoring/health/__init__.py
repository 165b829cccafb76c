"""How the system is: checks, probes, readings, the page, metrics."""
