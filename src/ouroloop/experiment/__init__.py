"""What many paths say: runs into folders, quantiles and tails, outcomes, what moves them, and comparisons.

    from ouroloop.experiment import open_run, run_scenario
    from ouroloop.scenario.read import read_scenario

    run = run_scenario(read_scenario("baseline"), paths=2000)
    run.members["debt"].sel(entity="oracle", quantile=0.5)

A run's folder: `manifest.json` (what was run, on what, and a digest of each file); tables of quantiles `members`,
`who_paid`, `system`, `losses`, `books`, `flows` (Parquet; columns entity, measure, unit, quarter, mean, min, p01 ...
p99, max, paths, rank_error); `outcomes`, `losses_by_path` and `draws` by path, `events` by quarter, `losses_by_stage`;
`tail/<table>/` with the worst 1 % of paths in full; `paths.zarr` on request. Modules are imported when they are first
asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ouroloop.experiment.again import Rerun, rerun
    from ouroloop.experiment.bearers import loss_account, lost_in
    from ouroloop.experiment.behind import behind_losses, largest
    from ouroloop.experiment.comparison import Comparison, compare
    from ouroloop.experiment.ensemble import Interrupted, Listener, run_scenario
    from ouroloop.experiment.hindsight import LookBack
    from ouroloop.experiment.impact import Impact, failing_firms, impacts
    from ouroloop.experiment.lookback import look_back
    from ouroloop.experiment.losses import Behind, Loss, LossAccount
    from ouroloop.experiment.outcomes import Share, by_quarter, credit_before_payoff, shares
    from ouroloop.experiment.read import Run, open_run
    from ouroloop.experiment.sensitivity import Influence, sensitivities, strongest

_WHERE = {
    "Behind": "losses",
    "Comparison": "comparison",
    "Impact": "impact",
    "Influence": "sensitivity",
    "Interrupted": "ensemble",
    "Listener": "ensemble",
    "LookBack": "hindsight",
    "Loss": "losses",
    "LossAccount": "losses",
    "Rerun": "again",
    "Run": "read",
    "Share": "outcomes",
    "behind_losses": "behind",
    "by_quarter": "outcomes",
    "compare": "comparison",
    "credit_before_payoff": "outcomes",
    "failing_firms": "impact",
    "impacts": "impact",
    "largest": "behind",
    "look_back": "lookback",
    "loss_account": "bearers",
    "lost_in": "bearers",
    "open_run": "read",
    "rerun": "again",
    "run_scenario": "ensemble",
    "sensitivities": "sensitivity",
    "shares": "outcomes",
    "strongest": "sensitivity",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    globals()[name] = value
    return value


__all__ = [
    "Behind",
    "Comparison",
    "Impact",
    "Influence",
    "Interrupted",
    "Listener",
    "LookBack",
    "Loss",
    "LossAccount",
    "Rerun",
    "Run",
    "Share",
    "behind_losses",
    "by_quarter",
    "compare",
    "credit_before_payoff",
    "failing_firms",
    "impacts",
    "largest",
    "look_back",
    "loss_account",
    "lost_in",
    "open_run",
    "rerun",
    "run_scenario",
    "sensitivities",
    "shares",
    "strongest",
]
