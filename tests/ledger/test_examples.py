"""The examples in the ledger's docstrings say what comes out."""

import doctest
from importlib import import_module

import pytest


@pytest.mark.parametrize("module", ["", ".liens", ".precision"])
def test_examples_in_docstrings_are_true(module: str):
    found = import_module(f"ouroloop.ledger{module}")
    result = doctest.testmod(found, extraglobs={"jnp": import_module("jax.numpy")})
    assert result.attempted > 0
    assert result.failed == 0
