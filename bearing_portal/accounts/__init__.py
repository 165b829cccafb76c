"""The pages of one's own account: profile, settings, sessions, password, log-in."""
