"""A portal that the benchmarks look at from outside: over HTTP, sockets and in Chromium."""
