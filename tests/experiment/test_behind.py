"""What stands behind losses: rows that add up to the account, and which of them are shown."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
import xarray as xr

from ouroloop.economy.losses import LossLeg
from ouroloop.experiment import Behind, Run, behind_losses, largest

BANKS = LossLeg("banks", "claims", "oracle", "loan:banks:oracle", "write-off:banks:oracle", 1)
OWED = LossLeg("oracle", "forgiven", "banks", "loan:banks:oracle", "write-off:banks:oracle", -1)
MARKET = LossLeg("market", "shares", "oracle", "equity:oracle", "revalue:market:oracle", -1)
FUND = LossLeg("fund", "shares", "oracle", "equity:oracle", "revalue:fund:oracle", -1)


class Posted:
    """A run of which only the means of its flows are asked for."""

    def __init__(self, **amounts: list[float]) -> None:
        names = {"banks": BANKS.flow, "market": MARKET.flow, "fund": FUND.flow}
        self.found = xr.DataArray(
            np.array([amounts[name] for name in names]),
            {"flow": list(names.values()), "quarter": ["2027-Q1", "2027-Q2"]},
            ("flow", "quarter"),
        )

    def mean(self, table: str) -> Any:
        assert table == "flows"
        return self.found


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str, str], Behind]:
    calm = Posted(banks=[0.0, 1.0], market=[2.0, 2.0], fund=[1.0, 1.0])
    hit = Posted(banks=[3.0, 2.0], market=[-6.0, 2.0], fund=[-4.0, 3.0])
    made = behind_losses(
        cast("Run", calm), cast("Run", hit), (BANKS, OWED, MARKET, FUND), {"market": {"pensions": 0.25, "fund": 0.75}}
    )
    return {(one.holder, one.how, one.on): one for one in made}


def test_rows_are_differences_so_far_and_go_to_final_holders(found: dict[tuple[str, str, str], Behind]) -> None:
    assert found["banks", "claims", "oracle"].by_quarter.tolist() == [3.0, 4.0]
    assert found["oracle", "forgiven", "banks"].by_quarter.tolist() == [-3.0, -4.0]
    assert found["pensions", "shares", "oracle"].by_quarter.tolist() == [2.0, 2.0]
    both = found["fund", "shares", "oracle"]
    assert both.by_quarter.tolist() == [6.0 + 5.0, 6.0 + 3.0], "its part of the market, and its own book"
    assert both.legs == (MARKET, FUND)


def test_the_rows_that_say_most_stand_first_and_small_ones_are_left_out() -> None:
    def part(on: str, lost: float) -> Behind:
        return Behind("banks", "claims", on, np.array([0.0, lost]), (BANKS,))

    parts = [part("a", 1.0), part("b", -40.0), part("c", 60.0), part("d", 6.0)]
    assert [one.on for one in largest(parts, ["banks"], 1)] == ["c", "b", "d"]
    assert largest(parts, ["banks"], 0) == ()
    assert largest(parts, ["pensions"], 1) == ()
