"""What a failure costs others: differences of paths, funds seen through, and firms it takes along."""

from __future__ import annotations

import numpy as np
import pytest

from ouroloop.core import BadInput
from ouroloop.experiment.impact import (
    _impact,  # pyright: ignore[reportPrivateUsage]
    _Seen,  # pyright: ignore[reportPrivateUsage]
)

LINES = (("firm", "plant"), ("funds", "claims"), ("funds", "shares"), ("banks", "claims"))
MEMBERS = ("firm", "other")


def seen(losses: list[list[float]], failed: list[list[float]]) -> _Seen:
    return _Seen(LINES, MEMBERS, np.array(losses, float), np.array(failed, float))


def test_outside_losses_are_differences_by_path_and_go_to_final_holders() -> None:
    calm = seen([[0, 0], [1, 1], [0, 0], [0, 0]], [[0, 0], [0, 1]])
    hit = seen([[9, 9], [5, 9], [2, 4], [1, -3]], [[1, 1], [1, 1]])
    found = _impact("firm", calm, hit, {"funds": {"pensions": 0.75, "insurers": 0.25}})
    # On the paths: 4 + 2 + 1 and 8 + 4 - 3; what the firm gives up itself is not outside.
    assert found.outside == pytest.approx(8.0)
    assert found.error == pytest.approx(np.std([7.0, 9.0]) / np.sqrt(2))
    assert (found.shares, found.claims) == pytest.approx((3.0, 5.0))
    assert dict(found.by_holder) == pytest.approx({"pensions": 6.75, "insurers": 2.25, "banks": -1.0})
    assert sum(found.by_holder.values()) == pytest.approx(found.outside)
    # The firm's own failure is not among those it takes along.
    assert found.others_fail == 0.5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"among": ("Oracle", "TSMC", "beignet-investor")}, ("'TSMC' is no firm", "'beignet-investor' is no firm")),
        ({"entity": "equity-investors"}, ("no firm and no final holder",)),
        ({"at": "2050-Q1"}, ("'2050-Q1' is not a simulated quarter",)),
        ({"at": "soon"}, ("'soon' is not a simulated quarter",)),
    ],
)
def test_what_cannot_fail_or_bear_is_refused_before_anything_is_simulated(
    arguments: dict[str, object], said: tuple[str, ...]
) -> None:
    from ouroloop.cli.impact import impact

    entity = arguments.pop("entity", None)
    with pytest.raises(BadInput) as refused:
        impact(entity, **arguments)  # pyright: ignore[reportArgumentType]
    assert all(part in str(refused.value) for part in said)
