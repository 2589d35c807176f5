"""The report as one self-contained HTML file: nothing is loaded, and the browser is told to refuse to."""

from __future__ import annotations

import os
import tempfile
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

import ouroloop
from ouroloop.core import Tier
from ouroloop.report.document import Findings
from ouroloop.report.language import mark
from ouroloop.report.map import EdgeKind
from ouroloop.report.map_drawing import (
    KIND_NAME,
    TIER_MEANING,
    TIER_NAME,
    highlight_css,
    kind_sample,
    map_svg,
    tier_sample,
    width_sample,
)
from ouroloop.report.table import Cell, Column, in_table

BASIS_NAME = {
    "reported": mark("published"),
    "summed": mark("added up"),
    "estimated": mark("estimated"),
    "simulated": mark("simulated"),
    "unknown": mark("unknown"),
}


def page(report: Findings) -> str:
    """The whole page as text."""
    language = report.language
    style = _asset("page.css") + (highlight_css(report.map.nodes) if report.map else "")
    script = _asset("page.js")
    drawing = ""
    if report.map:
        drawing = map_svg(
            report.map.nodes,
            report.map.edges,
            language,
            title=report.map.title,
            description=report.map.subtitle,
            rows=report.map.table.id,
        )

    def shown(cell: Cell, column: Column) -> str:
        return in_table(cell, column.kind, language)

    environment = Environment(
        loader=PackageLoader("ouroloop.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("report.html.j2").render(
        report=report,
        _=language.text,
        money=language.money,
        unit=language.money_unit,
        shown=shown,
        style=Markup(style),  # our own file
        style_hash=_hash(style),
        script=Markup(script),  # our own file
        script_hash=_hash(script),
        map_svg=Markup(drawing),  # escaped where it is drawn
        tiers=list(Tier),
        tier_names=TIER_NAME,
        tier_meanings=TIER_MEANING,
        tier_sample=tier_sample,
        kinds=list(EdgeKind),
        kind_names=KIND_NAME,
        kind_sample=kind_sample,
        width_sample=width_sample,
        basis_names=BASIS_NAME,
        version=ouroloop.__version__,
    )


def write_page(report: Findings, path: Path) -> Path:
    """Write the page to `path`, whole or not at all: it is written beside and then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(page(report))
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def _asset(name: str) -> str:
    return files("ouroloop.report").joinpath("templates", name).read_text("utf-8")


def _hash(text: str) -> str:
    """The name under which the page's own policy admits an inline style or script."""
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
