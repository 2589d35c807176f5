"""One line of the benchmark table, and the interleaved timing behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Ratio:
    """Ours beside a yardstick, timed in one run. `ratio` is ours / yardstick: below 1 we are faster."""

    name: str
    ours_s: float
    yardstick: str
    yardstick_s: float
    ratio: float
    target: str
    unit: str = "ms"
    """Times are in seconds and shown in ms; with another unit both numbers are in it and shown as they are."""

    def shown(self, value: float) -> str:
        """A number of this row with its unit."""
        return f"{value * 1e3:.2f} ms" if self.unit == "ms" else f"{value:,.0f} {self.unit}"


def measure(
    name: str, ours: Callable[[], object], yardstick: str, peer: Callable[[], object], target: str, repeats: int = 7
) -> Ratio:
    """Time both in turn, `repeats` times after one warm-up, and keep medians; the ratio is the median of the pairs'."""
    ours()
    peer()
    pairs: list[tuple[float, float]] = []
    for _ in range(repeats):
        start = perf_counter()
        ours()
        middle = perf_counter()
        peer()
        pairs.append((middle - start, perf_counter() - middle))
    return Ratio(
        name=name,
        ours_s=median(a for a, _ in pairs),
        yardstick=yardstick,
        yardstick_s=median(b for _, b in pairs),
        ratio=median(a / b for a, b in pairs),
        target=target,
    )
