"""What does each shock do to the arrays of the calendar? One function for each verb."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float64

from ouroloop.core import Quarter
from ouroloop.dossier import Assumption, Distribution, quantile
from ouroloop.scenario.imposed import LENDERS, Array, Draw, Pair, Promise, ShockCalendar, drawn
from ouroloop.scenario.language import Scenario
from ouroloop.scenario.magnitude import Magnitude
from ouroloop.scenario.shock import Shock
from ouroloop.scenario.verbs import (
    ArrivePayoff,
    CloseCredit,
    CutDemand,
    Default,
    DelayPower,
    Downgrade,
    Guarantee,
    HonestBooks,
    ImproveEfficiency,
    RaiseSpread,
    RenegotiateLeases,
    RepriceEquity,
    SellDown,
    ShortenLife,
    StopInvesting,
    StopPaying,
    VoidDeal,
    WithdrawEquity,
)

__all__ = ["LENDERS", "Draw", "Promise", "ShockCalendar", "drawn", "shock_calendar"]

BASIS_POINTS = 1e4


def shock_calendar(
    scenario: Scenario,
    *,
    members: Sequence[str],
    sectors: Sequence[str] = (),
    contracts: Sequence[str] = (),
    lenders: Sequence[str] = LENDERS,
    uniforms: Float64[Array, "draw path"] | None = None,
) -> ShockCalendar:
    """What does the scenario impose, by quarter and path?

    Parameters
    ----------
    scenario
        With ids for names, as `read_scenario` gives it.
    members, sectors, lenders, contracts
        The axes; contracts by their names, deal#tranche.
    uniforms
        In (0, 1): a row for each of `drawn(scenario)`, a column for each path. The same column gives the same
        magnitudes, whichever other paths there are. Needed only when something is drawn.

    Notes
    -----
    Shocks to the same thing add up as they would one after the other: shares that are left multiply, spreads add, the
    shortest life counts, the first of several payoffs or of honest books.
    """
    draws = drawn(scenario)
    if draws:
        assert uniforms is not None, f"uniforms are needed for {[draw.name for draw in draws]}"
        assert uniforms.shape[0] == len(draws), f"{uniforms.shape[0]} rows of uniforms for {len(draws)} draws"
    made = _Making(
        scenario.first_quarter,
        scenario.horizon,
        tuple(members),
        tuple(sectors),
        tuple(lenders),
        tuple(contracts),
        {
            (draw.shock, draw.key): _values(draw.magnitude, uniforms[row])
            for row, draw in enumerate(draws)
            if uniforms is not None
        },
    )
    for number, shock in enumerate(scenario.shocks):
        made.now = number
        _IMPOSE[type(shock)](made, shock)
    return made.finished()


def _values(magnitude: Magnitude, u: Array) -> Float64[Array, " path"]:
    row = Assumption.model_construct(
        id="shock",
        value=magnitude.value,
        low=magnitude.low,
        high=magnitude.high,
        distribution=Distribution(magnitude.distribution),
        points=(),
    )
    return quantile(row, u)


@dataclass
class _Making:
    """The arrays while they are made: axes of length 1 grow only where a shock needs it."""

    first: Quarter
    horizon: int
    members: tuple[str, ...]
    sectors: tuple[str, ...]
    lenders: tuple[str, ...]
    contracts: tuple[str, ...]
    values: dict[tuple[int, str], Array]
    now: int = 0
    arrays: dict[str, Array] = field(default_factory=dict[str, Array])
    pairs: list[tuple[tuple[str, str], Array]] = field(default_factory=list[tuple[tuple[str, str], Array]])
    rounds: list[tuple[Pair, Array]] = field(default_factory=list[tuple[Pair, Array]])
    voided: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    guarantees: list[Promise] = field(default_factory=list[Promise])
    payoff: list[int] = field(default_factory=list[int])
    honest: list[int] = field(default_factory=list[int])

    def value(self, key: str, magnitude: Magnitude) -> Float64[Array, " #path"]:
        """The magnitude of the shock at hand: one number, or one for each path."""
        return self.values.get((self.now, key), np.array([magnitude.value]))

    def index(self, quarter: Quarter) -> int:
        return quarter.ordinal - self.first.ordinal

    def span(self, shock: Shock) -> Float64[Array, "quarter 1"]:
        """1 in the quarters in which the shock holds, else 0."""
        quarters = np.arange(self.horizon)
        last = self.horizon - 1 if shock.last is None else self.index(shock.last)
        return ((quarters >= self.index(shock.at)) & (quarters <= last)).astype(np.float64)[:, None]

    def start(self, shock: Shock) -> Float64[Array, "quarter 1"]:
        """1 in the quarter in which the shock begins, else 0."""
        return (np.arange(self.horizon) == self.index(shock.at)).astype(np.float64)[:, None]

    def rows(self, axis: Sequence[str], names: Sequence[str] | None) -> Float64[Array, "row 1 1"]:
        """1 in the rows of these names, else 0; one row for all when there are no names."""
        if names is None:
            return np.ones((1, 1, 1))
        missing = [name for name in names if name not in axis]
        assert not missing, f"the axis has no {missing}"
        return np.array([name in names for name in axis], np.float64)[:, None, None]

    def multiply(self, name: str, factor: Array) -> None:
        self.arrays[name] = self.arrays.get(name, np.ones(1)) * factor

    def add(self, name: str, amount: Array) -> None:
        self.arrays[name] = self.arrays.get(name, np.zeros(1)) + amount

    def left(self, name: str, where: Array, share: Array) -> None:
        """Multiply by what is left where a share goes: 1 - share."""
        self.multiply(name, 1.0 - where * share)

    def finished(self) -> ShockCalendar:
        """The calendar, every array in full shape; rows that are all the same share memory."""
        horizon = self.horizon

        def full(name: str, rows: int | None, neutral: float = 1.0) -> Array:
            array = self.arrays.get(name, np.full(1, neutral))
            lead = () if rows is None else (rows,)
            return np.broadcast_to(array, (*lead, horizon, array.shape[-1]))

        def stacked(rows: list[Array]) -> Array:
            paths = max((row.shape[-1] for row in rows), default=1)
            return (
                np.stack([np.broadcast_to(row, (horizon, paths)) for row in rows]) if rows else np.ones((0, horizon, 1))
            )

        members = len(self.members)
        void = np.zeros((len(self.contracts), horizon, 1))
        for name, quarter in self.voided:
            hit = [one == name or one.startswith(f"{name}#") for one in self.contracts]
            void[np.array(hit, bool), quarter:] = 1.0
        return ShockCalendar(
            members=self.members,
            sectors=self.sectors,
            lenders=self.lenders,
            contracts=self.contracts,
            first=self.first,
            stopped=tuple(pair for pair, _ in self.pairs),
            pay_share=stacked([share for _, share in self.pairs]),
            forced_default=1.0 - full("performing", members),
            demand_factor=full("demand_factor", None),
            sector_demand_factor=full("sector_demand_factor", len(self.sectors)),
            credit_closed=1.0 - full("credit_open", len(self.lenders)),
            spread_add=full("spread_add", members, 0.0),
            life_years=full("life_years", members, np.nan),
            voided=tuple(self.voided),
            contract_void=void,
            withdrawn=tuple(pair for pair, _ in self.rounds),
            equity_pay_share=stacked([share for _, share in self.rounds]),
            price_factor=full("price_factor", members),
            sold_down=1.0 - full("kept", members),
            letters_down=full("letters_down", members, 0.0),
            power_factor=full("power_factor", None),
            efficiency_factor=full("efficiency_factor", None),
            payoff_quarter=min(self.payoff, default=None),
            guarantees=tuple(self.guarantees),
            vendor_scale=full("vendor_scale", members),
            rent_factor=full("rent_factor", members),
            honest_from=min(self.honest, default=None),
        )


def _one(name: str | None) -> list[str] | None:
    return None if name is None else [name]


def _stop_paying(made: _Making, shock: StopPaying) -> None:
    share = 1.0 - made.span(shock) * made.value("share", shock.share)
    made.pairs.append(((shock.payer, shock.payee), share))


def _default(made: _Making, shock: Default) -> None:
    made.left("performing", made.rows(made.members, [shock.entity]) * made.start(shock), np.ones(1))


def _cut_demand(made: _Making, shock: CutDemand) -> None:
    share = made.value("share", shock.share)
    if shock.sector is None:
        made.left("demand_factor", made.span(shock), share)
    else:
        made.left("sector_demand_factor", made.rows(made.sectors, [shock.sector]) * made.span(shock), share)


def _close_credit(made: _Making, shock: CloseCredit) -> None:
    closed = made.rows(made.lenders, shock.classes) * made.span(shock)
    made.left("credit_open", closed, made.value("share", shock.share))


def _raise_spread(made: _Making, shock: RaiseSpread) -> None:
    added = made.rows(made.members, _one(shock.entity)) * made.span(shock) * made.value("bp", shock.bp) / BASIS_POINTS
    made.add("spread_add", added)


def _shorten_life(made: _Making, shock: ShortenLife) -> None:
    where = made.rows(made.members, _one(shock.entity)) * made.span(shock)
    life = np.where(where > 0, made.value("years", shock.years), np.nan)
    made.arrays["life_years"] = np.fmin(made.arrays.get("life_years", np.full(1, np.nan)), life)


def _void_deal(made: _Making, shock: VoidDeal) -> None:
    made.voided.append((shock.deal, made.index(shock.at)))


def _withdraw_equity(made: _Making, shock: WithdrawEquity) -> None:
    share = 1.0 - made.span(shock) * made.value("share", shock.share)
    made.rounds.append(((shock.investor, shock.issuer), share))


def _reprice_equity(made: _Making, shock: RepriceEquity) -> None:
    where = made.rows(made.members, _one(shock.entity)) * made.start(shock)
    made.left("price_factor", where, made.value("share", shock.share))


def _downgrade(made: _Making, shock: Downgrade) -> None:
    where = made.rows(made.members, [shock.entity]) * made.start(shock)
    made.add("letters_down", where * made.value("letters", shock.letters))


def _sell_down(made: _Making, shock: SellDown) -> None:
    where = made.rows(made.members, _one(shock.entity)) * made.start(shock)
    made.left("kept", where, made.value("share", shock.share))


def _delay_power(made: _Making, shock: DelayPower) -> None:
    if shock.share is not None:
        made.left("power_factor", made.span(shock), made.value("share", shock.share))
    elif shock.quarters is not None:
        since = np.arange(made.horizon)[:, None] - made.index(shock.at)
        # A delay of 2.5 quarters holds back all of two quarters and half of the third.
        late = np.where(since >= 0, np.clip(made.value("quarters", shock.quarters) - since, 0.0, 1.0), 0.0)
        made.multiply("power_factor", 1.0 - late)


def _improve_efficiency(made: _Making, shock: ImproveEfficiency) -> None:
    made.multiply("efficiency_factor", np.where(made.start(shock) > 0, 1.0 / made.value("factor", shock.factor), 1.0))


def _arrive_payoff(made: _Making, shock: ArrivePayoff) -> None:
    made.payoff.append(made.index(shock.at))


def _guarantee(made: _Making, shock: Guarantee) -> None:
    cap = None if shock.cap_usd_bn is None else made.value("cap_usd_bn", shock.cap_usd_bn)
    share = made.value("share", shock.share)
    made.guarantees.append(Promise(shock.guarantor, shock.debtors, made.index(shock.at), share, cap))


def _stop_investing(made: _Making, shock: StopInvesting) -> None:
    where = made.rows(made.members, [shock.vendor]) * made.span(shock)
    made.left("vendor_scale", where, made.value("share", shock.share))


def _honest_books(made: _Making, shock: HonestBooks) -> None:
    made.honest.append(made.index(shock.at))


def _renegotiate_leases(made: _Making, shock: RenegotiateLeases) -> None:
    where = made.rows(made.members, _one(shock.tenant)) * made.start(shock)
    made.left("rent_factor", where, made.value("share", shock.share))


_IMPOSE: dict[type[Shock], Callable[..., None]] = {
    StopPaying: _stop_paying,
    Default: _default,
    CutDemand: _cut_demand,
    CloseCredit: _close_credit,
    RaiseSpread: _raise_spread,
    ShortenLife: _shorten_life,
    VoidDeal: _void_deal,
    WithdrawEquity: _withdraw_equity,
    RepriceEquity: _reprice_equity,
    Downgrade: _downgrade,
    SellDown: _sell_down,
    DelayPower: _delay_power,
    ImproveEfficiency: _improve_efficiency,
    ArrivePayoff: _arrive_payoff,
    Guarantee: _guarantee,
    StopInvesting: _stop_investing,
    HonestBooks: _honest_books,
    RenegotiateLeases: _renegotiate_leases,
}
