"""Who can pay when others cannot, and where losses go.

`clear` is the economy's: claims as rows, all paths of a quarter at once, differentiable. Beside it, for networks as
matrices: `clearing_vector` (seniority, costs of default, shares in each other, the most and the least), `clear_sparse`
(a million firms), `clear_swaps` (default swaps: one answer, several, none), `debtrank` and `network_valuation`,
`vulnerability` and `fire_sale`; `stages` dates the steps of a crash. These are found on first use: the economy does not
wait for SciPy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ouroloop.contagion.clearing import Clearing, clear

if TYPE_CHECKING:
    from ouroloop.contagion.cds_network import Swap, clear_swaps
    from ouroloop.contagion.fire_sales import fire_sale, vulnerability
    from ouroloop.contagion.network import obligations
    from ouroloop.contagion.sparse import clear_sparse, sparse_obligations
    from ouroloop.contagion.valuation import debtrank, network_valuation
    from ouroloop.contagion.vectors import clearing_vector, slopes

_LATER = {
    "Swap": "cds_network",
    "clear_sparse": "sparse",
    "clear_swaps": "cds_network",
    "clearing_vector": "vectors",
    "slopes": "vectors",
    "debtrank": "valuation",
    "network_valuation": "valuation",
    "fire_sale": "fire_sales",
    "vulnerability": "fire_sales",
    "obligations": "network",
    "sparse_obligations": "sparse",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    globals()[name] = value
    return value


__all__ = [
    "Clearing",
    "Swap",
    "clear",
    "clear_sparse",
    "clear_swaps",
    "clearing_vector",
    "debtrank",
    "fire_sale",
    "network_valuation",
    "obligations",
    "slopes",
    "sparse_obligations",
    "vulnerability",
]
