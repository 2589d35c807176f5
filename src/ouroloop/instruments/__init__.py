"""Contracts that turn dates and state into flows: each a book of contracts of one kind, with its legs declared."""
