"""How fast, and compared with what: ``python -m benchmarks.run``."""
