"""People who browse the portal while it works: `make load`."""
