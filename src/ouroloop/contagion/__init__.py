"""Who can pay when others cannot."""

from ouroloop.contagion.clearing import Clearing, clear

__all__ = ["Clearing", "clear"]
