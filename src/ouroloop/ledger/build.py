"""Prove a world's chart in integers before anything is posted: what leaks is refused, all leaks at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from jaxtyping import Int64

from ouroloop.core import BadInput, Place, Problem, nearest
from ouroloop.ledger.chart import MEMBER, UNEXPLAINED, UNKNOWN, Account, AccountClass, Flow, FlowKind
from ouroloop.ledger.flows import correction, is_gap
from ouroloop.ledger.ledger import Chart, Ledger

PLACE = Place("chart of accounts")
"""Problems of a chart stand here: it is made in memory and has no file."""

Matrix = Int64[np.ndarray, "row column"]


def build(
    flows: Iterable[Flow],
    *,
    accounts: Iterable[Account] = (),
    sectors: Mapping[str, str] | None = None,
) -> Ledger:
    """Can no dollar appear or vanish in this world? Returns its ledger, or refuses it with every leak.

    `accounts` adds accounts that no flow touches (opening balances only). `sectors` names the outside entities with
    the sponsor that their money carries (`{"banks": "bank"}`); all other entities are members. Every account gets an
    opening flow (see `correction`), whose other side stands at the entity `unexplained`, where a gap is visible.

    Proved in int64, for every column of S: its entries are -1, 0 or 1; it sums to 0 within each entity (and good);
    over claims it sums to 0 within each instrument across entities. Only transactions move cash, and only conversions
    touch conversion accounts or more than one good. Raises `BadInput` with codes `leak-entity`, `leak-claim`,
    `bad-leg`, `bad-kind`, `bad-class`, `bad-sponsor`, `duplicate-flow`, `ambiguous-account`, `one-sided-cash`,
    `cash-outside-transaction`, `mixed-goods`, `several-payers`, `bad-cost-of`, `value-of-nothing`.
    """
    flows, accounts = tuple(flows), tuple(accounts)
    sectors = {UNEXPLAINED: UNKNOWN, **(sectors or {})}
    problems = list(_form(flows))
    declared = dict.fromkeys([*accounts, *(leg.account for flow in flows for leg in flow.legs)])
    problems += [*_names_of_accounts(declared), *_names_of_sectors(sectors)]
    if problems:  # the matrix below presumes legs of +-1, one per account
        raise BadInput(problems)
    openings = tuple(correction(account, f"open:{account}") for account in declared if not is_gap(account))
    accounts = tuple(dict.fromkeys([*declared, *(leg.account for flow in openings for leg in flow.legs)]))
    chart = Chart(accounts, flows, openings, sectors, matrix(accounts, flows), matrix(accounts, openings))
    problems += [*_leaks(chart, flows, chart.S), *_kinds(flows)]
    for account in accounts:
        if account.account_class is AccountClass.VALUATION and (account.instrument, account.good) not in chart.claims:
            message = f"{account} values a claim that no account holds"
            problems.append(Problem(PLACE, "value-of-nothing", message, nearest(account.instrument, _names(chart))))
    if problems:
        raise BadInput(problems)
    assert not list(_leaks(chart, chart.openings, chart.O)), "an opening flow made by the ledger does not balance"
    return Ledger(chart)


def _names(chart: Chart) -> list[str]:
    return [instrument for instrument, _ in chart.claims]


def matrix(accounts: Sequence[Account], flows: Sequence[Flow]) -> Int64[np.ndarray, "account flow"]:
    """S: one row per account, one column per flow type, the signs of its legs."""
    row = {account: n for n, account in enumerate(accounts)}
    S = np.zeros((len(accounts), len(flows)), np.int64)
    for column, flow in enumerate(flows):
        for leg in flow.legs:
            S[row[leg.account], column] += leg.sign
    return S


def _form(flows: Sequence[Flow]) -> Iterator[Problem]:
    """Is each flow a set of +-1 legs under a name of its own?"""
    for name, count in Counter(flow.name for flow in flows).items():
        if count > 1:
            yield Problem(PLACE, "duplicate-flow", f"{count} flow types are called '{name}'")
    names = [flow.name for flow in flows]
    for flow in flows:
        twice = [str(a) for a, n in Counter(leg.account for leg in flow.legs).items() if n > 1]
        if twice:
            yield Problem(PLACE, "bad-leg", f"flow '{flow.name}' touches {', '.join(twice)} more than once")
        if wrong := [leg.sign for leg in flow.legs if type(leg.sign) is not int or leg.sign not in (-1, 1)]:
            yield Problem(PLACE, "bad-leg", f"flow '{flow.name}' has legs of {wrong}; a leg is +1 or -1")
        if type(flow.kind) is not FlowKind:
            yield Problem(PLACE, "bad-kind", f"flow '{flow.name}' is of kind {flow.kind!r}, which is no FlowKind")
        if not flow.legs:
            yield Problem(PLACE, "bad-leg", f"flow '{flow.name}' has no legs")
        if flow.cost_of is not None and flow.cost_of not in names:
            message = f"flow '{flow.name}' books the cost of '{flow.cost_of}', which is no flow"
            yield Problem(PLACE, "bad-cost-of", message, nearest(flow.cost_of, names))


def _names_of_accounts(accounts: Iterable[Account]) -> Iterator[Problem]:
    """Is each account of a class, and does it read unlike all others, as openings and logs name it by how it reads?"""
    for name, count in Counter(str(account) for account in accounts).items():
        if count > 1:
            yield Problem(PLACE, "ambiguous-account", f"{count} accounts read '{name}'", "rename entity or instrument")
    for account in accounts:
        if type(account.account_class) is not AccountClass:
            message = f"account '{account}' is of class {account.account_class!r}, which is no AccountClass"
            yield Problem(PLACE, "bad-class", message)


def _names_of_sectors(sectors: Mapping[str, str]) -> Iterator[Problem]:
    """May these sectors carry these words? Members' own funding has words of its own, and so has the unexplained."""
    for sector, sponsor in sectors.items():
        if sponsor == MEMBER or sponsor.startswith(f"{MEMBER}:"):
            yield Problem(PLACE, "bad-sponsor", f"sector '{sector}' cannot carry '{sponsor}': members' funding does")
    if sectors[UNEXPLAINED] != UNKNOWN:
        message = f"'{UNEXPLAINED}' carries '{UNKNOWN}', and not '{sectors[UNEXPLAINED]}'"
        yield Problem(PLACE, "bad-sponsor", message, "gaps are kept there; name another sector")


def _leaks(chart: Chart, flows: Sequence[Flow], S: Matrix) -> Iterator[Problem]:
    """E @ S and I @ S in int64: whatever is not 0 is a leak, named by entity or instrument and flow."""
    for code, groups in (("leak-entity", chart.books), ("leak-claim", chart.claims)):
        names, rows = tuple(groups), groups.values()
        # Group by group, because the integer product visits every zero of E and I.
        sums = np.array([S[list(members)].sum(axis=0) for members in rows], np.int64).reshape(len(names), len(flows))
        for row, column in np.argwhere(sums != 0):
            name, good = names[row]
            value, flow = int(sums[row, column]), flows[column].name
            if code == "leak-entity":
                message = f"flow '{flow}' leaks in entity '{name}': its {good} legs there sum to {value:+d}, not 0"
                hint = "every entity books a debit and a credit of its own"
            else:
                message = f"flow '{flow}' leaks in instrument '{name}': its {good} legs sum to {value:+d}, not 0"
                hint = (
                    "what one entity holds another owes; a thing is `REAL`, own equity `RESERVE`, a price `VALUATION`"
                )
            yield Problem(PLACE, code, message, hint)


def _kinds(flows: Sequence[Flow]) -> Iterator[Problem]:
    """Does each flow do what its kind may do?"""
    for flow in flows:
        goods: dict[str, list[Account]] = defaultdict(list)
        for leg in flow.legs:
            goods[leg.account.good].append(leg.account)
        converts = any(leg.account.account_class is AccountClass.CONVERSION for leg in flow.legs)
        if flow.kind not in (FlowKind.TRANSACTION, FlowKind.CONVERSION, FlowKind.OPENING):
            for payer in (*flow.payers, *flow.payees):
                message = f"flow '{flow.name}' is of kind {flow.kind} and moves cash of '{payer}'"
                yield Problem(PLACE, "cash-outside-transaction", message, "only a transaction moves cash")
        if flow.kind is not FlowKind.CONVERSION and (converts or len(goods) > 1):
            message = f"flow '{flow.name}' joins ledgers ({', '.join(sorted(goods))}) and is no conversion"
            yield Problem(PLACE, "mixed-goods", message)
        if flow.kind is FlowKind.CONVERSION and not converts:
            message = f"flow '{flow.name}' is a conversion without a conversion account"
            yield Problem(PLACE, "mixed-goods", message, "use `conversion`, one flow per good")
        if bool(flow.payers) != bool(flow.payees):
            message = f"flow '{flow.name}' moves cash of '{(flow.payers + flow.payees)[0]}' from or to nobody"
            yield Problem(PLACE, "one-sided-cash", message, "cash comes from an entity that loses it: name its sector")
        if len(flow.payers) > 1 or len(flow.payees) > 1:
            message = f"flow '{flow.name}' has {len(flow.payers)} payers and {len(flow.payees)} payees"
            yield Problem(PLACE, "several-payers", message, "one flow type per payer and payee")
