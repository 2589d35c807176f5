"""Stock-flow consistent models of the literature, each a small world kept by the ledger.

`world.py` keeps the books of a world, `model.py` says what a model is and plays it, `leaks.py` breaks flow types on
purpose; one module per model family holds its flow types, opening balances and behavior, one test file its cases. A
model is played with the names of its published equations, so any other case of it is one line:

    run = play(PC, parameters, initial, {16: {"Rbar": 0.035}}, periods)
    run.values[17]["Hh"], run.world.audit(), run.world.gaps()

`initial` gives the variables of t=0 (those left out are 0), the schedule changes parameters from the start of a period
on, and what the opening leaves unexplained stays in sight instead of leaking.
"""
