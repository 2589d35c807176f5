"""Who is bound to whom, as numbers and lists: a `World` without its machinery."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ouroloop.behavior.lending import LENDER_CLASSES, SECURED
from ouroloop.core import QUANTUM
from ouroloop.economy.operations import CHIPS
from ouroloop.economy.track import SPONSORS
from ouroloop.economy.world import World
from ouroloop.instruments.guarantee import GuaranteeKind
from ouroloop.ledger import FlowKind, colors_of
from ouroloop.ledger.chart import UNKNOWN
from ouroloop.ledger.flows import cash

Rows = np.ndarray

STOCKS = ("cash", "debt", "receivables", "fixed_assets", "deposits", "stakes", "valuations", "net_worth", "unfinished")
FLOW_SUMS = (
    "revenue", "outside_revenue", "profit", "depreciation", "operating_cash", "interest", "capex", "payout", "raised",
    "issued", "written_off",
)  # fmt: skip
_LENDERS = ("bank", "bond_market", "private_credit", "insurer", "pension", "mutual_fund", "hedge_fund")
_INVESTORS = ("equity_investors", "sovereign_fund", "household")


@dataclass(frozen=True, eq=False)
class Network:
    """Row numbers, signs and terms; nothing here differs by path. -1 stands for somebody outside."""

    world: World
    """For names and row numbers only: whatever is a row number or a static tuple is read from it."""
    members: int
    builders: int
    quarters: int
    cloud_by_now: np.ndarray
    """[contract, quarters passed]: commitment so far."""
    cloud_take_or_pay: np.ndarray
    orders_by_now: np.ndarray
    take_or_pay: np.ndarray
    cancellation: np.ndarray
    lease_first: np.ndarray
    """[lease, quarter]: rent of the quarter, before any renegotiation."""
    lease_to_come: np.ndarray
    """[lease, quarter]: rent of leases that have not commenced at the end of the quarter; 0 for the others."""
    lease_backlog: np.ndarray
    """[lease, quarter]: rent that is to come at the end of the quarter, commenced or not."""
    floating: np.ndarray
    draws: np.ndarray
    tenor: np.ndarray
    secured: np.ndarray
    secured_class: np.ndarray
    round_amount: np.ndarray
    round_first: np.ndarray
    round_expiry: np.ndarray
    guarantee_cap: np.ndarray
    guarantee_first: np.ndarray
    guarantee_last: np.ndarray
    guaranteed_value: np.ndarray
    """[guarantee, quarter], infinite where a guarantee does not depend on a value."""
    subrogated: np.ndarray
    swap_premium: np.ndarray
    """USD bn a quarter."""
    swap_notional: np.ndarray
    swap_last: np.ndarray
    warrant_of: np.ndarray
    milestone_gw: np.ndarray
    hurdle_usd: np.ndarray
    vest_value: np.ndarray
    ai_firm: Rows
    chip_vendor: Rows
    cloud_buyer: Rows
    """The customer of each cloud contract on the axis `builder`."""
    order_chips: Rows
    """Who gets the chips of each order, on the axis `builder`."""
    warrant_chips: Rows
    flow: Rows
    """Legs of all flows: flow, account, sign."""
    account: Rows
    sign: Rows
    entity_sums: np.ndarray
    """[set of books, account]: what must add up to 0."""
    claim_sums: np.ndarray
    stock_sums: dict[str, np.ndarray]
    flow_sums: dict[str, np.ndarray]
    held_sums: np.ndarray
    traded: tuple[Rows, Rows, Rows, Rows]
    """Accounts of what funds may sell, -1 where there is none: cost and gain of the fund, then of the other side."""
    margin_account: Rows
    """What each fund owes its broker, -1 for who owes none."""
    valuation_sums: np.ndarray
    loss_sums: np.ndarray
    cash_account: Rows
    """The cash account of each entity, or -1."""
    own_color: Rows
    """The color of each sector's money; -1 for members."""
    unknown: int
    colors: int
    own_funding: Rows
    """The color of each member's own funding; -1 for who funds nobody."""
    sponsor: Rows
    """The group in `SPONSORS` of each color."""

    @property
    def sizes(self) -> dict[str, int]:
        """Contracts by kind."""
        w = self.world
        books = {"cloud": w.cloud, "orders": w.orders, "leases": w.leases, "loans": w.loans, "rounds": w.rounds}
        return {kind: len(book.names) for kind, book in books.items()} | {"guarantees": len(w.guarantees.names)}


def network(world: World) -> Network:
    """The world as numbers."""
    chart, quarters = world.ledger.chart, len(world.quarters)
    flow, account = np.nonzero(chart.S.T)
    colors = colors_of(world.ledger)
    own = [colors.index(chart.sectors[e]) if e in chart.sectors else -1 for e in chart.entities]
    cash_rows = [chart.account_number.get(cash(entity), -1) for entity in chart.entities]
    first, to_come, lease_backlog = _rents(world, quarters)
    kinds = world.guarantees.kinds
    on_value = np.array([kind.on_value for kind in kinds])
    guaranteed = np.asarray(world.guarantees.guaranteed)
    builders = {name: n for n, name in enumerate(world.builders)}
    orders, warrants = world.orders, world.warrants
    return Network(
        world=world,
        members=len(world.members),
        builders=len(world.builders),
        quarters=quarters,
        cloud_by_now=_cumulative(np.asarray(world.cloud.schedule)),
        cloud_take_or_pay=np.asarray(world.cloud.take_or_pay_share),
        orders_by_now=_cumulative(np.asarray(orders.schedule)),
        take_or_pay=np.asarray(orders.take_or_pay_share),
        cancellation=np.asarray(orders.cancellation_share),
        lease_first=first,
        lease_to_come=to_come,
        lease_backlog=lease_backlog,
        floating=np.asarray(world.loans.floating),
        draws=np.array(world.loan_draws, bool),
        tenor=np.maximum(np.array(world.loan_tenor, np.int64), 1),
        secured=np.array([name in SECURED for name in world.loan_class], bool),
        secured_class=np.array([name in SECURED for name in LENDER_CLASSES], bool),
        round_amount=np.round(np.asarray(world.rounds.amount)[:, 0] / QUANTUM) * QUANTUM,
        round_first=np.asarray(world.rounds.quarter),
        round_expiry=np.asarray(world.rounds.expiry),
        guarantee_cap=np.broadcast_to(np.asarray(world.guarantees.cap), (len(kinds), 1))[:, 0],
        guarantee_first=np.asarray(world.guarantees.first),
        guarantee_last=np.asarray(world.guarantees.last),
        guaranteed_value=np.where(on_value[:, None], guaranteed, np.inf),
        subrogated=np.array([kind is GuaranteeKind.GUARANTEE for kind in kinds], bool),
        swap_premium=np.asarray(world.swaps.notional * world.swaps.rate / 4),
        swap_notional=np.asarray(world.swaps.notional),
        swap_last=np.asarray(world.swaps.last),
        warrant_of=np.array(warrants.contract_of, np.int64),
        milestone_gw=np.asarray(warrants.milestone_gw),
        hurdle_usd=np.asarray(warrants.hurdle_usd),
        vest_value=np.asarray(warrants.shares_bn * warrants.fair_value_usd),
        ai_firm=world.rows(firm for _, firm in world.receipts.ai),
        chip_vendor=world.rows(vendor for _, vendor in world.spending.chips),
        cloud_buyer=np.array([builders.get(customer, -1) for customer, _ in world.cloud.parties], np.int64),
        order_chips=np.array(
            [
                builders.get(b, -1) if a == CHIPS else -1
                for (b, _), a in zip(orders.parties, orders.assets, strict=True)
            ],
            np.int64,
        ),
        warrant_chips=np.array(
            [
                builders.get(h, -1) if a == CHIPS else -1
                for (_, h), a in zip(warrants.parties, warrants.assets, strict=True)
            ],
            np.int64,
        ),
        flow=flow,
        account=account,
        sign=chart.S[account, flow],
        entity_sums=chart.E,
        claim_sums=chart.I,
        stock_sums={name: world.reader.stocks[name].matrix for name in STOCKS},
        flow_sums={name: world.reader.flows[name].matrix for name in FLOW_SUMS},
        held_sums=_held(world),
        traded=_traded(world),
        margin_account=_margin_accounts(world),
        valuation_sums=np.array([int(a.account_class.value == "valuation") for a in chart.accounts], np.int64),
        loss_sums=_losses(world),
        cash_account=np.array(cash_rows, np.int64),
        own_color=np.array(own, np.int64),
        unknown=colors.index(UNKNOWN),
        colors=len(colors),
        own_funding=np.array([colors.index(f"member:{m}") if f"member:{m}" in colors else -1 for m in world.members]),
        sponsor=np.array([SPONSORS.index(_group(color)) for color in colors], np.int64),
    )


def _cumulative(schedule: np.ndarray) -> np.ndarray:
    return np.concatenate([np.zeros_like(schedule[:, :1]), np.cumsum(schedule, axis=1)], axis=1)


def _held(world: World) -> np.ndarray:
    sums = np.zeros((len(world.closing.revalued), len(world.ledger.accounts)), np.int64)
    for row, (holder, issuer) in enumerate(world.closing.revalued):
        for column, account in enumerate(world.ledger.accounts):
            carries = account.account_class.value in ("asset", "valuation") and account.good == "USD"
            sums[row, column] = carries and account.entity == holder and account.instrument == f"equity:{issuer}"
    return sums


def _traded(world: World) -> tuple[Rows, Rows, Rows, Rows]:
    named = {(a.entity, a.account_class.value, a.instrument): n for n, a in enumerate(world.ledger.accounts)}
    sides = world.share_sales.pairs, [(world.share_sales.investor, issuer) for _, issuer in world.share_sales.pairs]
    cost, gain, other_cost, other_gain = (
        np.array([named.get((holder, kind, f"equity:{issuer}"), -1) for holder, issuer in pairs], np.int64)
        for pairs in sides
        for kind in ("asset", "valuation")
    )
    return cost, gain, other_cost, other_gain


def _margin_accounts(world: World) -> Rows:
    owes = {a.entity: n for n, a in enumerate(world.ledger.accounts) if a.instrument == f"margin:{a.entity}"}
    return np.array([owes.get(fund, -1) for fund in world.funds], np.int64)


def _losses(world: World) -> np.ndarray:
    lost = np.zeros(len(world.ledger.flows), np.int64)
    for column, flow in enumerate(world.ledger.flows):
        if flow.kind is FlowKind.WRITE_OFF:
            expensed = [leg.account for leg in flow.legs if leg.account.account_class.value == "expense"]
            lost[column] = any(account.entity in world.sectors for account in expensed)
    return lost


def _rents(world: World, quarters: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rent by quarter and lease, what leases that have not commenced promise, and what all do; options are taken up."""
    leases = world.leases
    start, term = np.asarray(leases.commencement), np.asarray(leases.term)
    longest, more = leases.longest, np.asarray(leases.renewal_term)
    age = np.arange(longest)
    steps = (1.0 + np.asarray(leases.escalator_per_year))[:, None] ** (age // 4)
    part = np.clip((term + more)[:, None] - age, 0.0, 1.0)
    by_age = _cumulative(np.asarray(leases.rent_per_quarter)[:, None] * steps * part)
    rent, to_come, everything = (np.zeros((len(start), quarters)) for _ in range(3))
    for lease in range(len(start)):
        now = max(-start[lease], 0.0)
        table = by_age[lease]

        def until(position: float, table: np.ndarray = table) -> float:
            return float(np.interp(position, np.arange(longest + 1), table))

        for quarter in range(quarters):
            after = now + 1.0 if now > 0 else min(max(quarter + 1 - start[lease], 0.0), 1.0)
            # The renewal is agreed in the quarter in which the first term has ended.
            reach = longest if after > term[lease] else term[lease]
            rent[lease, quarter] = until(min(after, reach)) - until(min(now, reach))
            to_come[lease, quarter] = 0.0 if after > 0 else until(term[lease])
            everything[lease, quarter] = until(reach) - until(min(after, reach))
            now = after
    return rent, to_come, everything


def _group(color: str) -> str:
    if color.startswith("member:"):
        return "members"
    if color in _LENDERS:
        return "lenders"
    return "investors" if color in _INVESTORS else color
