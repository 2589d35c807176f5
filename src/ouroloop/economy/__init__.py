"""The loop, quarter by quarter, on every path."""
