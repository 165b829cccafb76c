"""Which signals are meant: a filter, what lies in it, what comes next."""
