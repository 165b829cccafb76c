"""The pages of experiments and of training."""
