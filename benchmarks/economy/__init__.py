"""One quarter of the economy, written three more times by hand: the yardsticks of the engine.

Each twin plays the same order of play from the same opening to the same numbers (a test holds all to 1e-9), each in the
best way of its kind that we know: `pure_python` one path at a time, `idiomatic_numpy` all paths at once, `tuned_numpy`
in parts that fit the cache. None imports jax. What is the same for all three is data: `network` (who is bound to whom)
and `opening` (numbers of the first day). Random draws are handed in, so that the test can hand in those of the engine.
"""
