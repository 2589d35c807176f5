"""A real browser for the page, kept off the network."""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

# Without a browser the other tests still say something; in CI, which installs one, its absence is an error.
needs_browser = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="no Chromium here: install Debian's package 'chromium'"
)

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

# Contrast by WCAG 2.2 of every visible text against the nearest painted ground behind it; SVG text by its fill.
LOW_CONTRAST = """
() => {
  const parse = (text) => {
    const numbers = (text.match(/[\\d.]+/g) || []).map(Number);
    return numbers.length < 3 ? null : { rgb: numbers.slice(0, 3), alpha: numbers.length > 3 ? numbers[3] : 1 };
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color && color.alpha > 0.99) return color.rgb;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element || element.closest("script, style, title, desc")) continue;
    if (element.closest("svg .on") || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const color = parse(element instanceof SVGElement ? style.fill : style.color);
    if (!color) continue;
    const [a, b] = [light(color.rgb), light(ground(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) found.push([walker.currentNode.textContent.trim().slice(0, 40), style.color, ratio.toFixed(2)]);
  }
  return found;
}
"""

# What has no name, though it can be reached or means something.
NAMELESS = """
() => [...document.querySelectorAll("a[href], button, input, summary, [tabindex='0'], [role=img], [role=region], nav")]
  .filter((e) => !(e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") || e.textContent.trim()
    || e.closest("label")?.textContent.trim()))
  .map((e) => e.outerHTML.slice(0, 120))
"""


@dataclass
class Opened:
    """A page, what it wrote to the console, and what it asked of the network."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@cache
def _chromium() -> Browser:
    """One browser for all tests of a process; it ends with the process."""
    assert CHROMIUM, "no Chromium was found"
    play = sync_playwright().start()
    atexit.register(play.stop)
    return play.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGUMENTS)


@contextmanager
def opened(path: Path, scheme: str = "light", javascript: bool = True, width: int = 1200) -> Iterator[Opened]:
    """Open a file in Chromium with the network cut."""
    context = _chromium().new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        offline=True,
        java_script_enabled=javascript,
    )
    try:
        found = Opened(context.new_page())
        found.page.on("console", lambda message: found.complaints.append(message.text))
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.on("request", lambda request: found.requests.append(request.url))
        found.page.goto(path.as_uri())
        yield found
    finally:
        context.close()
