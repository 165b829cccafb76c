"""What a trained model says of a signal, how sure it may be, and why."""
