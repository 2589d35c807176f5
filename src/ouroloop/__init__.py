"""Ouroloop: books, measures and stress tests of a capital loop.

Nothing heavy is imported here: `import ouroloop` must stay cheap for `--help` and `check`.
"""

__version__ = "0.1.0"
