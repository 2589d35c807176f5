"""Would every shock of a scenario do something? What nothing in the world answers to is refused, not passed over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import chain, repeat
from typing import Any

from ouroloop.behavior.lending import EQUITY, LENDER_CLASSES
from ouroloop.core import BadInput, Place, Problem
from ouroloop.economy.inventory import OUTSIDE
from ouroloop.economy.world import EVERYBODY, World
from ouroloop.scenario.axes import GOVERNMENT
from ouroloop.scenario.language import Scenario
from ouroloop.scenario.shock import Shock
from ouroloop.scenario.verbs import (
    CloseCredit,
    CutDemand,
    Default,
    Downgrade,
    Guarantee,
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

_OPENING = "books open on the dossier's own values; a scenario changes what behaviors read"
_UNDISCLOSED = "of firms and vehicles whose income is not on file, only what they owe and own is known"
_Found = tuple[str, str]
"""What is wrong, and a hint."""


def check_effect(scenario: Scenario, world: World, read: Collection[str]) -> None:
    """Raises BadInput `no-effect` with every shock that names nothing in this world, and every assumption set in vain.

    All at once. `read`: the assumptions of which a scenario's own value is read.

    A file can be right in form and in its names and still ask for nothing: that a firm stops paying one whom it owes
    nothing, or that a vendor stops who puts no money into customers. Results would be those of the baseline, and a
    reader would take that for an answer.
    """
    nowhere = Place(scenario.id)
    places = chain(scenario.shock_places, repeat(nowhere))
    problems = [
        Problem(place, "no-effect", f"{shock.verb} at {shock.at}: {message}", hint)
        for shock, place in zip(scenario.shocks, places, strict=False)
        if (find := _CHECKS.get(type(shock))) is not None
        for message, hint in find(world, shock)
    ]
    problems += [
        Problem(
            scenario.assume_places.get(name, nowhere), "no-effect", f"assume {name}: no behavior reads it", _OPENING
        )
        for name in scenario.assume
        if name not in read
    ]
    if problems:
        raise BadInput(problems)


def _stop_paying(world: World, shock: StopPaying) -> Iterator[_Found]:
    if (shock.payer, shock.payee) in world.claim_pairs:
        return
    owed = sorted({payee for payer, payee in world.claim_pairs if payer == shock.payer and payee != EVERYBODY})
    yield (
        f"'{shock.payer}' is bound to pay '{shock.payee}' nothing here: no compute, order, lease, loan or shares",
        f"it is bound to pay: {', '.join(owed)}" if owed else "no contract of it is known",
    )


def can_fail(world: World) -> frozenset[str]:
    """Whose default would do something: who owes, is owed or builds."""
    bound = {name for pair in world.claim_pairs for name in pair if EVERYBODY not in pair}
    return frozenset(bound | set(world.loans.borrowers) | set(world.builders)) & frozenset(world.members)


def _default(world: World, shock: Default) -> Iterator[_Found]:
    if shock.entity not in can_fail(world):
        yield f"'{shock.entity}' owes nobody, is owed nothing and builds nothing here", _UNDISCLOSED


def _raise_spread(world: World, shock: RaiseSpread) -> Iterator[_Found]:
    if shock.entity is not None and not world.may_ask[:, world.members.index(shock.entity)].any():
        yield f"'{shock.entity}' asks nobody for money here", _UNDISCLOSED


def _reprice_equity(world: World, shock: RepriceEquity) -> Iterator[_Found]:
    held = {issuer for _, issuer in world.closing.revalued}
    quoted = [name for name, listed in zip(world.members, world.listed, strict=True) if listed]  # they make the market
    if shock.entity is not None and shock.entity not in {*held, *quoted}:
        yield f"nobody here holds or buys shares of '{shock.entity}'", _UNDISCLOSED


def _downgrade(world: World, shock: Downgrade) -> Iterator[_Found]:
    rated = [borrower for borrower, bond in zip(world.loans.borrowers, world.bond, strict=True) if bond]
    if shock.entity not in {*rated, *(payer for payer, _ in world.deposits.parties)}:
        yield f"'{shock.entity}' has no bonds and no landlords here", _UNDISCLOSED


def _sell_down(world: World, shock: SellDown) -> Iterator[_Found]:
    held = sorted({issuer for _, issuer in world.share_sales.pairs})
    if not held or (shock.entity is not None and shock.entity not in held):
        who = "anybody" if shock.entity is None else f"'{shock.entity}'"
        yield f"no fund here holds quoted shares of {who}", f"quoted: {', '.join(held)}" if held else ""


def _withdraw_equity(world: World, shock: WithdrawEquity) -> Iterator[_Found]:
    promised = tuple(zip(world.rounds.investors, world.rounds.issuers, strict=True))
    if not any(shock.investor in (None, a) and shock.issuer in (None, b) for a, b in promised):
        shown = ", ".join(sorted({f"{a} to {b}" for a, b in promised}))
        yield "no shares that are still to be paid for were promised so", f"promised: {shown}" if shown else ""


def _stop_investing(world: World, shock: StopInvesting) -> Iterator[_Found]:
    vendors = sorted({vendor for vendor, _ in world.spending.vendor_money})
    if shock.vendor not in vendors:
        hint = f"vendors that do: {', '.join(vendors)}; what was promised is stopped with withdraw_equity or void_deal"
        yield f"'{shock.vendor}' puts no free cash into its customers", hint


def _close_credit(world: World, shock: CloseCredit) -> Iterator[_Found]:
    lends = {name for name, draws in zip(world.loan_class, world.loan_draws, strict=True) if draws}
    lends |= {LENDER_CLASSES[EQUITY]} if world.receipts.shares else set()
    if not lends & set(shock.classes):
        yield (
            f"{', '.join(shock.classes)}: nobody of these lends to a firm here",
            f"who does: {', '.join(sorted(lends))}",
        )


def _cut_demand(world: World, shock: CutDemand) -> Iterator[_Found]:
    payers = sorted({who for who, _ in world.receipts.ai})
    if shock.sector is not None and shock.sector not in payers:
        yield f"'{shock.sector}' pays nobody for AI here", f"who pays: {', '.join(payers)}"


def _renegotiate_leases(world: World, shock: RenegotiateLeases) -> Iterator[_Found]:
    tenants = sorted({tenant for tenant, _ in world.leases.parties})
    if not tenants or (shock.tenant is not None and shock.tenant not in tenants):
        who = "nobody has a" if shock.tenant is None else f"'{shock.tenant}' has no"
        yield f"{who} lease here whose rent was disclosed", f"tenants: {', '.join(tenants)}" if tenants else ""


def _shorten_life(world: World, shock: ShortenLife) -> Iterator[_Found]:
    if shock.entity is not None and shock.entity not in world.builders:
        yield f"'{shock.entity}' owns no chips here", f"who does: {', '.join(sorted(world.builders))}"


def _void_deal(world: World, shock: VoidDeal) -> Iterator[_Found]:
    rounds = (name.rsplit(":", 1)[0] for name in world.rounds.names)
    # A guarantee of something that is neither a loan nor capacity here covers nothing: all would go on without it.
    covers = (world.promised_loan != OUTSIDE) | (world.backstopped != OUTSIDE)
    stand = (name for name, does in zip(world.guarantees.names, covers, strict=True) if does)
    lent = (promise.name for promise in (*world.promised_draws, *world.advances))
    left = {*world.cloud.names, *world.orders.names, *world.leases.names, *world.warrants.names, *rounds, *stand, *lent}
    if not any(name == shock.deal or name.startswith(f"{shock.deal}#") for name in left):
        deals = sorted({name.partition("#")[0] for name in left if "#" in name})
        hint = f"{len(deals)} deals run on, such as {', '.join(deals[:3])}; list them all with: ouroloop deals"
        yield f"nothing of '{shock.deal}' is left to call off", hint


def _guarantee(world: World, shock: Guarantee) -> Iterator[_Found]:
    pairs = zip(world.guarantees.guarantors, world.guarantees.debtors, strict=True)
    debtors = {debtor for guarantor, debtor in pairs if guarantor == GOVERNMENT}
    for name in shock.debtors:
        if name not in debtors:
            yield f"'{name}' owes no lender here", f"who does: {', '.join(sorted(debtors))}"


_CHECKS: Mapping[type[Shock], Callable[[World, Any], Iterator[_Found]]] = {
    StopPaying: _stop_paying,
    Default: _default,
    RaiseSpread: _raise_spread,
    RepriceEquity: _reprice_equity,
    Downgrade: _downgrade,
    SellDown: _sell_down,
    WithdrawEquity: _withdraw_equity,
    StopInvesting: _stop_investing,
    CloseCredit: _close_credit,
    CutDemand: _cut_demand,
    RenegotiateLeases: _renegotiate_leases,
    ShortenLife: _shorten_life,
    VoidDeal: _void_deal,
    Guarantee: _guarantee,
}
"""Verbs that name somebody or something; the others hold for everybody, or for any firm."""
