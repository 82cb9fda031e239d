"""How well, and how fast, are real documents read? `make bench-reading`; all figures from one run."""

from bench.reading.speed import figures

__all__ = ["figures"]
