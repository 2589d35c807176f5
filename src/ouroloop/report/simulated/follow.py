"""What the report follows beside the economy: vehicles from tenant to holder, and the credit of quoted firms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ouroloop.report.simulated.results import Followed, FollowedClass

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.experiment.tranches import TrancheView
    from ouroloop.scenario.build import Economy
    from ouroloop.scenario.credit import CreditView

SHOWN = ("hyperion", "tpu-leases", "vantage-2025-1")
"""A site, chips and a pool: each takes seconds to compile. `ouroloop tranches` follows every other."""
PATHS = 2_000


def vehicles_for_report(dossier: Dossier, paths: int = PATHS) -> tuple[Followed, ...]:
    """The vehicles shown, of those that the dossier has on its day."""
    from ouroloop.experiment.tranches import tranche_view
    from ouroloop.scenario.vehicles import setting

    shown = [dossier.structures[name] for name in SHOWN if name in dossier.structures]
    return tuple(_followed(tranche_view(setting(dossier, one), paths=paths, effects=False)) for one in shown)


def credit_for_report(dossier: Dossier, economy: Economy) -> tuple[CreditView, ...]:
    """Every firm with a quote on file, by the model. The firm quoted most often first."""
    from ouroloop.scenario.credit import credit_views

    quoted = [quote.entity for quote in dossier.quotes]
    firms = sorted(set(quoted), key=lambda name: (-quoted.count(name), name))
    return credit_views(dossier, firms, economy=economy, quotes=False) if firms else ()


def _followed(view: TrancheView) -> Followed:
    of, pool = view.setting, view.pool
    return Followed(
        structure=of.structure.id,
        paths=view.paths,
        cuts=tuple(one.cut for one in view.classes[0].stressed),
        cut_from=of.first + view.cut_from,
        classes=tuple(
            FollowedClass(
                id=one.id,
                default_probability=one.risk.default_probability,
                by_default=one.by_default,
                cap=one.cap,
                loss=tuple(stressed.risk.expected_loss for stressed in one.stressed),
                ratings=tuple(stressed.rating for stressed in one.stressed),
                lost=tuple(of.table.notches(one.rating, stressed.rating) for stressed in one.stressed),
            )
            for one in view.classes
        ),
        holders={one.holder: (one.holds, one.expected) for one in view.holders},
        effective_tenants=pool.effective_names if pool else 1.0,
        largest_share=pool.largest_share if pool else 1.0,
        too_lumpy=pool.too_lumpy if pool else False,
    )
