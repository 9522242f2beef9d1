"""Benchmarks: blogsite beside other generators, and the parts of a build alone. `report` writes README.md."""
