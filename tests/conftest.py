"""Shapes and types of the engine's rooms are checked by beartype while the tests run.

Under CI the examples of property tests are fixed, so that a submission is judged by its code and not by a draw; every
other run searches on with new ones.
"""

import os

from hypothesis import settings
from jaxtyping import install_import_hook

_HOOK = install_import_hook(["ouroloop.ledger", "ouroloop.measures"], "beartype.beartype")

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
