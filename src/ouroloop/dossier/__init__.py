"""The dossier: sourced, dated records of a capital loop; read, checked, and seen as of a date."""

from ouroloop.dossier.dossier import Dossier, load
from ouroloop.dossier.folder import bundled

__all__ = ["Dossier", "bundled", "load"]
