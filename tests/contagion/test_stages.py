"""The crash as a sequence: each stage dated by its first sign, the cascade as far as they come in order."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from ouroloop.contagion.stages import STAGES, StageParameters, StageState, furthest, open_stages, step_stages


def _play(shares: list[float], capex: list[float], **signs: list[bool]) -> np.ndarray:
    """The first quarter of each stage on one path."""
    parameters = StageParameters(jnp.asarray(0.3), jnp.asarray(0.3), jnp.asarray(0.05))
    state: StageState = open_stages(jnp.asarray([100.0]), jnp.asarray([10.0]))
    for quarter, (value, spent) in enumerate(zip(shares, capex, strict=True)):
        given = {
            name: jnp.asarray([signs.get(name, [False] * len(shares))[quarter]])
            for name in ("rents", "tranches", "calls", "sales", "lenders")
        }
        state = step_stages(
            parameters,
            state,
            jnp.asarray(quarter),
            shares=jnp.asarray([value]),
            capex=jnp.asarray([spent]),
            **given,
        )
    return np.asarray(state.first)[:, 0]


def test_shares_are_measured_from_their_highest_and_building_from_its_highest_pace() -> None:
    first = _play([120.0, 85.0, 83.0, 200.0], [10.0, 10.0, 10.0, 10.0])
    assert first[STAGES.index("shares")] == 2  # 83 is less than 0.7 x 120; 85 is not
    stopped = _play([100.0] * 5, [10.0, 0.0, 0.0, 0.0, 0.0])
    # The pace is an average: 10, 7.5, 5.6, ...: below 7 in the third quarter.
    assert stopped[STAGES.index("outside")] == 2


def test_a_stage_keeps_its_first_date() -> None:
    first = _play([100.0] * 4, [10.0] * 4, rents=[False, True, False, True], lenders=[False, False, False, True])
    assert first.tolist() == [-1, 1, -1, -1, -1, 3, -1]


def test_a_cascade_stops_where_the_next_sign_is_missing_or_came_before_its_time() -> None:
    never = np.nan
    first = np.array(
        [
            [2.0, 2.0, never, 1.0, 0.0],
            [4.0, 4.0, 1.0, 1.0, 0.0],
            [5.0, 3.0, 1.0, 1.0, 0.0],
            [5.0, 6.0, 1.0, never, 0.0],
            [9.0, 7.0, 1.0, 2.0, 0.0],
            [9.0, 8.0, 1.0, 2.0, 0.0],
        ]
    )
    assert furthest(first).tolist() == [6, 2, 0, 3, 6]
