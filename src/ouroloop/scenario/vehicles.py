"""From a vehicle's terms in the dossier to one that can run: quarters, rents, promises, classes and lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from ouroloop.core import Quarter
from ouroloop.market.ratings import RatingTable
from ouroloop.scenario.estimate import assumption
from ouroloop.scenario.grades import LETTERS, failed_by, letters_table
from ouroloop.securitization.amortization import bullet, later, level_pay
from ouroloop.securitization.lease import Lease, ResidualGuarantee
from ouroloop.securitization.vehicle import Vehicle
from ouroloop.securitization.waterfall import Fee, Fill, Interest, Line, Principal, Rest, Tranche, Trap, Waterfall

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.dossier.models.structure import ClassTerms, LeaseTerms, LineTerms, ResidualTerms, Structure

CLOCKS = ("shell", "chips")
READ = {
    "shell_decline": "sec-001", "shell_movement": "sec-002", "chips_decline": "chip-012", "chips_movement": "sec-003",
    "wrong_way": "sec-004", "correlation": "sec-005", "inertia": "sec-006", "spread": "sec-007",
    "shell_downtime": "sec-008", "chips_downtime": "sec-009", "kept": "sec-010", "upkeep": "sec-011",
    "relet_years": "sec-012", "sale_costs": "sec-013", "damages_years": "sec-014", "main_tenant": "sec-015",
    "notice": "sec-016", "recovery": "fund-062", "reference": "eco-eng-011",
}  # fmt: skip
"""What is read from the dossier's assumptions, and the row it stands in."""


@dataclass(frozen=True)
class Setting:
    """A vehicle, what may happen to it, and what its classes are rated by."""

    structure: Structure
    vehicle: Vehicle
    first: Quarter
    failed: Float[np.ndarray, "tenant period"]
    """How likely each tenant has failed by the end of each quarter, by its rating's record."""
    decline: Float[np.ndarray, " clock"]
    movement: Float[np.ndarray, " clock"]
    wrong_way: float
    correlation: float
    reference: float
    """The rate that floating classes pay their margin over, decimal."""
    table: RatingTable
    caps: tuple[str | None, ...]
    """The best rating that each class can have: that of the main tenant, or of who vouches for it."""
    assumed: dict[str, float]
    """Assumptions that were read, by id, in their own units."""


def setting(dossier: Dossier, structure: Structure) -> Setting:
    """The vehicle as it stood at closing, in quarters, with the dossier's assumptions for what its terms leave open.

    Rents are those of the market at closing. Interest until the first rent is set aside out of the proceeds. Fees are
    a part of what was agreed with tenants, whether or not they pay. What was not read from the structure is one
    assumption for all of them. Raises BadInput `no-assumption` on days on which one of them is not known.
    """
    rows = {name: assumption(dossier, id_) for name, id_ in READ.items()}
    value = {name: row.value for name, row in rows.items()}
    reference = value["reference"] / 100
    first = Quarter.of(structure.closes.first)
    periods = Quarter.of(structure.ends.last).ordinal - first.ordinal + 1
    tenants = [one.id for one in structure.tenants]
    leases = tuple(_lease(one, first, tenants, value) for one in structure.leases)
    agreed = np.zeros(periods)
    for lease in leases:
        time = np.arange(periods) - lease.begins
        agreed += np.where(time >= 0, float(lease.rent) * (1 + float(lease.step)) ** np.maximum(time // 4, 0) / 4, 0.0)
    tranches = tuple(_tranche(one, periods, reference) for one in structure.classes)
    begins = min(lease.begins for lease in leases)
    owed = sum(float(t.size) * (float(t.coupon) + reference * t.floats) / 4 for t in tranches)
    reserve = structure.reserve_periods.value * owed if structure.reserve_periods else 0.0
    fees = [line.share_of_rent.value * agreed for line in structure.waterfall if line.share_of_rent is not None]
    table = letters_table(dossier)
    return Setting(
        structure=structure,
        vehicle=Vehicle(
            leases=leases,
            guarantees=tuple(_promise(one, structure, first, tranches) for one in structure.guarantees),
            tranches=tranches,
            waterfall=_waterfall(structure, first),
            fees=jnp.asarray(np.array(fees).reshape(len(fees), periods)),
            prefunded=jnp.where(jnp.arange(periods) < begins, owed, 0.0),
            years=(0.25,) * periods,
            reserve=reserve,
        ),
        first=first,
        failed=np.stack([failed_by(table, one.grade, periods) for one in structure.tenants]),
        decline=np.array([value["shell_decline"], -np.log1p(value["chips_decline"])]),
        movement=np.array([value["shell_movement"], value["chips_movement"]]),
        wrong_way=value["wrong_way"],
        correlation=value["correlation"],
        reference=reference,
        table=table,
        caps=_caps(structure, value["main_tenant"]),
        assumed={row.id: row.value for row in rows.values()},
    )


def _quarters(years: float) -> int:
    return max(round(4 * years), 1)


def _lease(of: LeaseTerms, first: Quarter, tenants: list[str], value: dict[str, float]) -> Lease:
    rent = of.rent_usd_bn.value
    return Lease(
        name=of.id,
        tenant=tenants.index(of.tenant),
        clock=CLOCKS.index(of.asset),
        rent=rent,
        market=rent,
        begins=Quarter.of(of.begins.first).ordinal - first.ordinal,
        term=_quarters(of.years.value),
        step=of.step.value if of.step else 0.0,
        renewals=of.renewals,
        renewal_term=_quarters(of.renewal_years.value) if of.renewal_years else 0,
        inertia=value["inertia"],
        spread=value["spread"],
        renewal_rent=of.renewal_rent,
        on_exit=of.on_exit,
        notice=_quarters(value["notice"]),
        downtime=_quarters(value[f"{of.asset}_downtime"]),
        relet_term=_quarters(value["relet_years"]),
        kept=value["kept"],
        upkeep=value["upkeep"],
        worth_years=of.worth_usd_bn.value / rent,
        sale_costs=value["sale_costs"],
        damages_years=value["damages_years"],
        recovery=value["recovery"],
    )


def _promise(
    of: ResidualTerms, structure: Structure, first: Quarter, tranches: tuple[Tranche, ...]
) -> ResidualGuarantee:
    ends = Quarter.of(of.until.last).ordinal - first.ordinal + 1
    lease = next(n for n, one in enumerate(structure.leases) if one.id == of.lease)
    begins = Quarter.of(structure.leases[lease].begins.first).ordinal - first.ordinal
    time = np.arange(len(tranches[0].schedule))
    if of.falls == "with-notes":
        behind = [one for one in tranches if one.name in _vouched(structure)]
        owed = np.sum([np.asarray(one.schedule) * float(one.size) for one in behind], axis=0)
        left = np.r_[1.0, owed[:-1] / sum(float(one.size) for one in behind)]  # owed as the quarter begins
    elif of.falls == "evenly":
        left = np.clip((ends - time) / max(ends - begins, 1), 0.0, 1.0)
    else:
        left = np.ones(len(time))
    cap = jnp.asarray(of.cap_usd_bn.value * np.where(time < ends, left, 0.0))
    guarantor = next(n for n, one in enumerate(structure.tenants) if one.id == of.by)
    return ResidualGuarantee(guarantor, lease, cap, cap, of.if_failed)


def _vouched(structure: Structure) -> set[str]:
    """The classes that proceeds of sales and guarantees repay first."""
    return {name for line in structure.waterfall if line.of == "collected" for name in line.principal or ()}


def _tranche(of: ClassTerms, periods: int, reference: float) -> Tranche:
    rate = (of.coupon.value + (reference if of.floats else 0.0)) / 4
    waits = round(4 * of.interest_only_years)
    schedule = bullet(periods) if of.repays == "bullet" else later(level_pay(rate, periods - waits), waits, periods)
    return Tranche(of.id, of.size_usd_bn.value, of.coupon.value, jnp.asarray(schedule), of.floats)


def _waterfall(structure: Structure, first: Quarter) -> Waterfall:
    day = structure.anticipated
    return Waterfall(
        lines=tuple(_line(one) for one in structure.waterfall),
        anticipated=Quarter.of(day.last).ordinal - first.ordinal + 1 if day else None,
        rapid_below=structure.rapid_below.value if structure.rapid_below else 0.0,
    )


def _line(of: LineTerms) -> Line:
    if of.fee is not None:
        return Fee(of.fee)
    if of.interest is not None:
        return Interest(of.interest, of.from_reserve)
    if of.principal is not None:
        return Principal(of.principal, of.of, of.in_proportion, of.when, of.from_reserve, of.share)
    if of.fill is not None:
        return Fill(of.fill.value)
    return Trap(of.trap.value) if of.trap is not None else Rest()


def _caps(structure: Structure, main: float) -> tuple[str | None, ...]:
    """A main tenant's rating, or that of a guarantor who is better, for the classes that his money repays."""
    rent = dict.fromkeys((one.id for one in structure.tenants), 0.0)
    for lease in structure.leases:
        rent[lease.tenant] += lease.rent_usd_bn.value
    grade = {one.id: one.grade for one in structure.tenants}
    tenant = max(rent, key=lambda name: rent[name])
    if rent[tenant] < main * sum(rent.values()):
        return (None,) * len(structure.classes)
    by = [grade[one.by] for one in structure.guarantees if one.if_failed]
    best = min([grade[tenant], *by], key=LETTERS.index)
    return tuple(best if one.id in _vouched(structure) else grade[tenant] for one in structure.classes)
