"""The command line: a verb and one positional argument. Data goes to stdout, everything else to stderr."""

from ouroloop.cli.app import main

__all__ = ["main"]
