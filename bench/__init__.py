"""Benchmarks: figures to look at, never tests. Run with ``python -m bench [--quick]``.

A module of this package joins by decorating a function with `bench.registry.benchmark`.
"""
