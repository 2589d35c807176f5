"""The loss account in a terminal and as JSON: who loses what, by when, and through which stages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ouroloop.cli.output import show_table

if TYPE_CHECKING:
    from rich.console import Console

    from ouroloop.dossier import Dossier
    from ouroloop.experiment import Loss, LossAccount
    from ouroloop.report.language import Language
    from ouroloop.report.simulated.behind import Rested

_SHOWN_INSIDE = 8
_LEAST = 0.05
"""USD bn below which a holder is not listed."""


def name_of(dossier: Dossier) -> Callable[[str], str]:
    """What a holder or firm is called; a sector that the dossier has no entity for by its id."""
    names = {entity: str(one.names.en) for entity, one in dossier.entities.items()}
    return lambda entity: names.get(entity, entity.replace("-", " ").capitalize())


def print_losses(account: LossAccount, name: Callable[[str], str], out: Console, say: Language) -> None:
    """Sentence, who loses by when, how it comes about, and the stages of the crash."""
    from rich.text import Text

    from ouroloop.report.simulated.losses import HELD, STAGES, WAYS

    out.print(Text(loss_sentence(account, name), style="bold"))
    outside = shown_outside(account)
    head = "Outside holders: net loss beyond what happens otherwise, by the end of, mean of paths, USD bn"
    show_table([_by_when(row, account, name) for row in outside], say, out, title=head, own_heads=True)
    head = "The same quarter by quarter, so far"
    show_table(_by_quarter(outside, account, name), say, out, title=head, own_heads=True)
    inside = [_by_when(row, account, name) for row in shown_firms(account)]
    if inside:
        head = "Firms of the loop: the same; what they lose is their owners' and lenders' and is in the table above"
        show_table(inside, say, out, title=head, own_heads=True)
    ways = [
        {"how": WAYS[how], "outside": round(outside, 1), "firms": round(within, 1), "all": round(outside + within, 1)}
        for how, (outside, within) in account.by_way.items()
    ]
    ways.append({"how": "net", **_net(account)})
    show_table(ways, say, out, title="From gross to net over all quarters, USD bn", own_heads=True)
    out.print(
        Text(
            f"Net losses of all, {_net(account)['all']:,.1f}, are what was destroyed, {account.destroyed:,.1f}, plus "
            f"transfers, {account.transfers:,.1f}; on every path they agree within {account.gap:g} USD bn."
        )
    )
    stages = [
        {
            "stage": STAGES[stage.name],
            "otherwise, % of paths": round(100 * stage.first, 1),
            "now, % of paths": round(100 * stage.second, 1),
            "median quarter": stage.median or None,
            "cascade ends before it, %": round(100 * stage.stops, 1),
            "of it early, %": round(100 * stage.early, 1),
            "what held elsewhere": HELD[stage.name] if stage.stops > stage.early else None,
            "guarantors paid": round(stage.guaranteed, 1) if stage.stops else None,
        }
        for stage in account.stages
    ]
    show_table(stages, say, out, title="The stages of the crash, each by its first sign", own_heads=True)
    by_stage = [
        {
            "last sign": STAGES.get(one.stage, "none yet"),
            "outside, claims gross": round(one.gross, 1),
            "outside, net": round(one.outside, 1),
            "firms, net": round(one.firms, 1),
            "outside otherwise, net": round(one.otherwise, 1),
        }
        for one in account.by_stage
    ]
    head = "Losses in the scenario by the sign that was seen last on the path, each once, USD bn"
    show_table(by_stage, say, out, title=head, own_heads=True)
    out.print(Text(f"In this order and to the end it runs on {100 * account.whole:.1f} % of paths."))


def loss_sentence(account: LossAccount, name: Callable[[str], str]) -> str:
    """Who ends up with it, in a sentence whose numbers are those of the table under it."""
    whole, error = account.soon_outside
    if whole <= _LEAST:
        return (
            f"By {account.soon} holders outside lose no more than they would have: {whole:,.1f} USD bn, standard error "
            f"{error:,.1f}."
        )
    worst = sorted((row for row in account.outside if row.soon > _LEAST), key=lambda row: -row.soon)[:3]
    named = ", ".join(f"{name(row.holder)} {row.soon:,.1f}" for row in worst)
    return (
        f"By {account.soon} holders outside lose {whole:,.1f} USD bn more than they would have (standard error "
        f"{error:,.1f}), most of it: {named}. Firms' own losses are not counted once more."
    )


def losses_json(account: LossAccount) -> dict[str, Any]:
    """The account for programs."""
    return {
        "losses": [
            {
                "holder": row.holder,
                "inside": row.inside,
                "soon": row.soon,
                "soon_error": row.soon_error,
                "gross": row.gross,
                "net": row.net,
                "shares": row.shares,
                "error": row.error,
                "so_far": dict(zip(account.quarters, map(float, row.by_quarter), strict=True)),
            }
            for row in account.losses
        ],
        "by_way": {how: {"outside": one, "firms": other} for how, (one, other) in account.by_way.items()},
        "soon": account.soon,
        "outside_soon": {"net": account.soon_outside[0], "error": account.soon_outside[1]},
        "destroyed": account.destroyed,
        "transfers": account.transfers,
        "identity_gap": account.gap,
        "stages": [
            {
                "stage": stage.name,
                "otherwise": stage.first,
                "now": stage.second,
                "median": stage.median or None,
                "cascade_ends_before": stage.stops,
                "of_it_early": stage.early,
                "guarantors_paid_usd_bn": stage.guaranteed,
            }
            for stage in account.stages
        ],
        "by_stage": [
            {
                "stage": one.stage,
                "gross": one.gross,
                "outside": one.outside,
                "otherwise": one.otherwise,
                "firms": one.firms,
            }
            for one in account.by_stage
        ],
        "whole_cascade": account.whole,
    }


def shown_outside(account: LossAccount) -> list[Loss]:
    """Outside holders who lose or gain anything to speak of; who loses most in the first years comes first."""
    shown = sorted(account.outside, key=lambda row: -row.soon)
    return [row for row in shown if max(abs(row.soon), abs(row.net)) >= _LEAST]


def shown_firms(account: LossAccount) -> list[Loss]:
    """The firms that lose or gain most over all quarters."""
    firms = sorted(account.inside, key=lambda row: -abs(row.net))[:_SHOWN_INSIDE]
    return [row for row in firms if abs(row.net) >= _LEAST]


def _by_when(row: Loss, account: LossAccount, name: Callable[[str], str]) -> dict[str, Any]:
    return {
        "who": name(row.holder),
        account.soon: round(row.soon, 1),
        "its error": round(row.soon_error, 1),
        account.quarters[-1]: round(row.net, 1),
        f"error in {account.quarters[-1]}": round(row.error, 1),
        "of it shares": round(row.shares, 1),
        "of it claims, gross": round(row.gross, 1),
    }


def _by_quarter(rows: list[Loss], account: LossAccount, name: Callable[[str], str]) -> list[dict[str, Any]]:
    """A row for each quarter of the first years and for the end of each later one."""
    soon = account.quarters.index(account.soon)
    shown = [n for n, quarter in enumerate(account.quarters) if n <= soon or quarter.endswith("Q4")]
    return [
        {"quarter": account.quarters[n], **{name(row.holder): round(float(row.by_quarter[n]), 1) for row in rows}}
        for n in shown
    ]


def print_behind(
    rested: Sequence[Rested], account: LossAccount, name: Callable[[str], str], out: Console, say: Language
) -> None:
    """What each holder lost most on, and the records from which that came into the books."""
    from ouroloop.report.simulated.behind import some
    from ouroloop.report.simulated.losses import WAYS

    soon = account.quarters.index(account.soon)
    rows = [
        {
            "who": name(one.part.holder),
            "lost on": name(one.part.on),
            "how": WAYS[one.part.how],
            account.soon: round(float(one.part.by_quarter[soon]), 1),
            "deals and figures": some(one.records, say) or None,
            "assumed": some(one.assumptions, say) or None,
            "sources": some(one.sources, say) or None,
        }
        for one in rested
    ]
    head = "What stands behind the losses: the largest parts of each, USD bn (no record: lent, built or sold later)"
    show_table(rows, say, out, title=head, own_heads=True)


def behind_json(rested: Sequence[Rested], account: LossAccount) -> list[dict[str, Any]]:
    """The same for programs, with every record."""
    return [
        {
            "holder": one.part.holder,
            "on": one.part.on,
            "how": one.part.how,
            "so_far": dict(zip(account.quarters, map(float, one.part.by_quarter), strict=True)),
            "records": list(one.records),
            "assumptions": list(one.assumptions),
            "sources": list(one.sources),
        }
        for one in rested
    ]


def _net(account: LossAccount) -> dict[str, float]:
    outside = sum(one for one, _ in account.by_way.values())
    inside = sum(other for _, other in account.by_way.values())
    return {"outside": round(outside, 1), "firms": round(inside, 1), "all": round(outside + inside, 1)}
