"""People: log-in, profile, settings, sessions."""
