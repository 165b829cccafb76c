"""What every room says over HTTP alike: downloads, parts of a file, budgets of requests."""
