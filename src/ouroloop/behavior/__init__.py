"""What each kind of entity decides: pure functions, one behavior per file, parameters from the assumptions.

Importing the package switches float64 on, as the ledger does: money is not kept in float32 anywhere.
"""

import ouroloop.ledger.precision as _float64  # noqa: F401  # pyright: ignore[reportUnusedImport]
