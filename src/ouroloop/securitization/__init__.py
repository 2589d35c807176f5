"""How rents become tranches: pools of few tenants, and who bears what of their losses.

Importing the package switches float64 on, as the ledger does.
"""

import ouroloop.ledger.precision as _float64  # noqa: F401  # pyright: ignore[reportUnusedImport]
