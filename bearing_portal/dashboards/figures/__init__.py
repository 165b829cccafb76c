"""What the figures of all pages share."""
