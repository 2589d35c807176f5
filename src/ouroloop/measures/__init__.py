"""Exact measures of circularity: pure functions of flow networks, NumPy in and out."""

from ouroloop.measures.network import FlowNetwork

__all__ = ["FlowNetwork"]
