"""A small, complete, valid dossier to begin from: a chip maker funds a lab that buys its chips."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

from ouroloop.core import BadInput, Place, Problem
from ouroloop.dossier.folder import printable

_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,79}", re.ASCII)

_FILES = {
    "dossier.yaml": """\
# What this dossier is about. `ouroloop check PATH --level advisory` says what is wrong or weak in it.
id: {id}
title:
  en: A loop of two
  zh-Hans: 两家公司的循环
  zh-Hant: 兩家公司的循環
about:
  en: A chip maker funds a lab that spends the money on its chips. Replace everything here with facts of your own.
  zh-Hans: 一家芯片公司投资一家实验室，实验室再用这笔钱买它的芯片。请换成你自己的事实。
  zh-Hant: 一家晶片公司投資一家實驗室，實驗室再用這筆錢買它的晶片。請換成你自己的事實。
as_of: 2025-12-31        # the last day whose facts were collected
first_quarter: 2025-Q1   # where the books start
stylized: true           # amounts are units of a thought experiment; delete the line for facts
license: CC0-1.0
""",
    "entities/firms.yaml": """\
entities:
  - id: chip-maker
    names: {{en: Chip Maker, zh-Hans: 芯片公司, zh-Hant: 晶片公司}}
    kind: chip_maker
    loop: true
  - id: lab
    names: {{en: Lab, zh-Hans: 实验室, zh-Hant: 實驗室}}
    kind: lab
    loop: true
""",
    "deals/chip-maker-lab.yaml": """\
# `from` pays, `to` receives; amounts in USD bn. low: what binds. high: the headline.
deals:
  - id: chip-maker-lab-equity
    from: chip-maker
    to: lab
    instrument: equity
    known: 2025-01-15
    status:
      - {{is: letter, known: 2025-01-15}}
      - {{is: funded, known: 2025-02-10, effective: 2025-02-07}}
    low: 10
    high: 10
    schedule: {{start: 2025-02-07, basis: reported}}
    link: chips-for-shares
    confidence: high
    sources: ["chip-maker-announcement#first page", lab-announcement]
  - id: lab-chip-maker-order
    from: lab
    to: chip-maker
    instrument: purchase
    known: 2025-01-15
    status:
      - {{is: signed, known: 2025-01-15}}
    tranches:
      - {{id: first, low: 6, high: 6, schedule: {{start: 2025-Q2, end: 2025-Q4}}}}
      - {{id: option, low: 0, high: 4, condition: the lab may order more until the end of 2026}}
    link: chips-for-shares
    confidence: high
    sources: [chip-maker-announcement, lab-announcement]
""",
    "figures/chip-maker.yaml": """\
entity: chip-maker
series:
  - concept: revenue
    cite: chip-maker-results#income statement
    grade: high
    values:
      - {{period: 2025-01-01/2025-03-31, value: 2.0, known: 2025-05-01}}
      - {{period: 2025-04-01/2025-06-30, value: 4.0, known: 2025-08-01}}
""",
    "sources/announcements.yaml": """\
# `class`: primary, primary-quoted, analyst-estimate, secondary or memory. Titles and addresses, never sentences.
sources:
  - id: chip-maker-announcement
    title: Chip maker invests in lab
    producer: Chip Maker
    address: https://example.com/chip-maker-announcement
    published: 2025-01-15
    class: primary
  - id: lab-announcement
    title: Lab orders chips
    producer: Lab
    address: https://example.com/lab-announcement
    published: 2025-01-15
    class: primary
  - id: chip-maker-results
    title: Quarterly results of 2025
    producer: Chip Maker
    address: https://example.com/chip-maker-results
    published: 2025-05-01
    class: primary
""",
}


def new_dossier(path: str | os.PathLike[str], id: str | None = None) -> Path:
    """Write a small valid dossier into a new folder and return it. The id is the folder's name unless given.

    The folder appears whole or not at all. Raises BadInput: `already-there` when the path exists, `bad-id` when the
    name cannot be an id, `cannot-write` when the folder above does not take it.
    """
    target = Path(path)
    shown = Place(printable(os.fspath(path)) or "<path>")
    name = target.name if id is None else id
    if not _ID.fullmatch(name):
        hint = "lower-case letters, digits, '.' and '-', starting with a letter or digit"
        raise BadInput([Problem(shown, "bad-id", f"'{printable(name)}' is not an id.", hint)])
    if os.path.lexists(target):
        raise BadInput([Problem(shown, "already-there", "This path exists; nothing was written.", "choose another")])
    made: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        for file, text in _FILES.items():
            at = made / file
            at.parent.mkdir(exist_ok=True)
            at.write_text(text.format(id=name), encoding="utf-8", newline="\n")
        made.chmod(0o755)
        made.rename(target)
    except OSError as error:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)
        said = error.strerror or str(error)
        raise BadInput([Problem(shown, "cannot-write", f"The dossier cannot be written: {said}.", "")]) from None
    return target
