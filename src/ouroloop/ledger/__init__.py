"""Double-entry books that balance to exactly 0 on every path."""
