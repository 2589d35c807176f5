"""Runs of many paths: drawn, stored, resumed, compared."""
