"""What is asked of many signals at once."""
