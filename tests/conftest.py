"""Shapes and types of the engine's rooms are checked by beartype while the tests run."""

from jaxtyping import install_import_hook

_HOOK = install_import_hook(["ouroloop.ledger", "ouroloop.measures"], "beartype.beartype")
