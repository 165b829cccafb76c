"""What the explorer asks outside of Dash."""
