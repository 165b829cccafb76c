"""A simulated dataset and a real one: how far apart they lie, and what a model keeps."""
