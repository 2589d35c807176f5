"""The dossier: sourced, dated records of a capital loop; read, checked, and seen as of a date."""

from ouroloop.dossier.checks import check
from ouroloop.dossier.dossier import Dossier, load
from ouroloop.dossier.folder import bundled
from ouroloop.dossier.scaffold import new_dossier

__all__ = ["Dossier", "bundled", "check", "load", "new_dossier"]
