"""Background jobs: their rows, their queue, the process that runs them."""
