"""Stock-flow consistent models of the literature, each a small world kept by the ledger.

`world.py` keeps the books of a world, `model.py` says what a model is and plays it, `leaks.py` breaks flow types on
purpose; one module per model family holds its flow types, opening balances and behavior, one test file its cases.
"""
