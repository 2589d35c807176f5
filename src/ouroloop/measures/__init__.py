"""Exact measures of circularity: pure functions of flow networks."""
