"""What a scenario imposes in which quarter: arrays over members, quarters and paths, made by `calendar`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from ouroloop.core import Quarter
from ouroloop.scenario.language import Scenario
from ouroloop.scenario.magnitude import Magnitude

LENDERS = ("bank", "bond_market", "private_credit", "sovereign_fund", "insurer", "outside_equity")
"""The order of the axis `lender`."""

Array = np.ndarray
Pair = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Draw:
    """A magnitude that each path draws its own of: the `key` of the shock with this number."""

    shock: int
    key: str
    magnitude: Magnitude

    @property
    def name(self) -> str:
        """`shocks[0].share`."""
        return f"shocks[{self.shock}].{self.key}"


def drawn(scenario: Scenario) -> tuple[Draw, ...]:
    """Which magnitudes of its shocks are drawn? In the order of the shocks and their keys: the axis `draw`."""
    return tuple(
        Draw(number, key, magnitude)
        for number, shock in enumerate(scenario.shocks)
        for key, magnitude in shock.magnitudes.items()
        if magnitude.drawn
    )


@dataclass(frozen=True, slots=True)
class Promise:
    """A guarantee that the scenario makes: the guarantor pays `share` of what lenders to a debtor lose, up to a cap."""

    guarantor: str
    debtors: tuple[str, ...]
    quarter: int
    share: Float64[Array, " #path"]
    cap_usd_bn: Float64[Array, " #path"] | None
    """For all debtors together; None for no limit."""


@dataclass(frozen=True, eq=False)
class ShockCalendar:
    """A scenario's shocks by quarter. Quarter 0 is the first that is simulated; arrays end in `quarter path`.

    A path axis of 1 holds for all paths: it is longer only where a magnitude is drawn. Rows may share memory, so
    arrays are read only. *In force*: the number of a quarter holds in that quarter. *Once*: it is imposed in the
    quarter where it differs from 1, and its effect stays.

    What it is not: what happens. A share of 0 that is paid is what a payer is made to pay, before cash and clearing.
    """

    members: tuple[str, ...]
    sectors: tuple[str, ...]
    lenders: tuple[str, ...]
    contracts: tuple[str, ...]
    first: Quarter
    stopped: tuple[tuple[str, str], ...]
    """(payer, payee) of each row of `pay_share`, members or sectors."""
    pay_share: Float64[Array, "pair quarter #path"]
    """Share of what falls due that the payer is ready to pay, in force."""
    forced_default: Float64[Array, "member quarter #path"]
    """1 in the quarter in which a firm is made to default, else 0."""
    demand_factor: Float64[Array, "quarter #path"]
    """Of what all outside customers would spend, in force."""
    sector_demand_factor: Float64[Array, "sector quarter #path"]
    """The same for customers of one kind, on top of `demand_factor`."""
    credit_closed: Float64[Array, "lender quarter #path"]
    """Share of a class's capacity that is closed, in force."""
    spread_add: Float64[Array, "member quarter #path"]
    """Added to a borrower's spread, decimal per year, in force."""
    life_years: Float64[Array, "member quarter #path"]
    """Economic life of chips in years, in force from then on; NaN where nothing is imposed."""
    voided: tuple[tuple[str, int], ...]
    """(deal or deal#tranche, quarter) of what is called off."""
    contract_void: Float64[Array, "contract quarter #path"]
    """1 from the quarter on in which a contract (named deal#tranche) is called off, else 0."""
    withdrawn: tuple[Pair, ...]
    """(investor, issuer) of each row of `equity_pay_share`; None stands for everybody."""
    equity_pay_share: Float64[Array, "pair quarter #path"]
    """Share of what comes due of promised shares that the investor is ready to pay, in force."""
    price_factor: Float64[Array, "member quarter #path"]
    """Of the price of a firm's shares, once."""
    sold_down: Float64[Array, "member quarter #path"]
    """Part of what funds hold of each firm that they sell, once."""
    letters_down: Float64[Array, "member quarter #path"]
    """By how many letters agencies lower a firm, once."""
    power_factor: Float64[Array, "quarter #path"]
    """Share of the new power of the quarter that comes, in force."""
    efficiency_factor: Float64[Array, "quarter #path"]
    """Of the compute that a dollar of sales needs, once."""
    payoff_quarter: int | None
    """The quarter in which the payoff arrives on every path; None: by chance."""
    guarantees: tuple[Promise, ...]
    vendor_scale: Float64[Array, "member quarter #path"]
    """Of what a vendor puts into its customers, in force."""
    rent_factor: Float64[Array, "member quarter #path"]
    """Of a tenant's rents, once."""
    honest_from: int | None
    """The quarter from which books report economic lives; None: never."""

    def pays(self, payer: str, payee: str) -> Float64[Array, "quarter #path"]:
        """Which share of what falls due between the two is the payer ready to pay?"""
        return _rows(self.pay_share, [pair == (payer, payee) for pair in self.stopped])

    def invests(self, investor: str, issuer: str) -> Float64[Array, "quarter #path"]:
        """Which share of promised shares that come due is the investor ready to pay?"""
        meant = [one in (None, investor) and other in (None, issuer) for one, other in self.withdrawn]
        return _rows(self.equity_pay_share, meant)


def _rows(array: Array, meant: list[bool]) -> Array:
    found = array[np.array(meant, bool)] if meant else array[:0]
    return found.prod(axis=0) if len(found) else np.ones((array.shape[1], 1))
