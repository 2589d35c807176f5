"""Which commands there are. Each lives in a file of its own and is imported only when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from cyclopts import App, CycloptsError

from ouroloop import __version__
from ouroloop.core import BadInput

FINE, FINDINGS, BAD_INPUT, MODEL_FAILED = 0, 1, 2, 3


@dataclass(frozen=True)
class Command:
    """A command's function, its one-line help and the example that ends its help (and that a test runs)."""

    function: str
    help: str
    example: str


COMMANDS: dict[str, Command] = {
    "run": Command("ouroloop.cli.run:run", "Answer for a dossier with a report, or simulate a scenario into a folder.",
                   "ouroloop run three-friends --out out"),
    "check": Command("ouroloop.cli.check:check", "Check a dossier; every problem at once, with its place.",
                     "ouroloop check ai-loop --level strict"),
    "deals": Command("ouroloop.cli.deals:deals", "List deals by tier, overlaps resolved.",
                     "ouroloop deals OpenAI --tier firm"),
    "figures": Command("ouroloop.cli.figures:figures", "List published figures; conflicting ones side by side.",
                       "ouroloop figures 甲骨文 --concept capex_cash_ppe"),
    "assumptions": Command("ouroloop.cli.assumptions:assumptions",
                           "List the parameters of the behaviors: value, range, basis, source and why.",
                           "ouroloop assumptions demand"),
    "show": Command("ouroloop.cli.show:show", "Show what is known of one entity.",
                    "ouroloop show CoreWeave --as-of 2025-11-21"),
    "loops": Command("ouroloop.cli.loops:loops", "List the loops that money can run, shortest bottleneck last.",
                     "ouroloop loops --through 英伟达 --tier firm"),
    "circularity": Command("ouroloop.cli.circularity:circularity",
                           "Say how much of an entity's revenue is its own money coming back, and who paid the rest.",
                           "ouroloop circularity Microsoft --year 2025"),
    "scenarios": Command("ouroloop.cli.scenarios:scenarios",
                         "List the scenarios that come with a dossier: why each is of interest, and what happens.",
                         "ouroloop scenarios"),
    "compare": Command("ouroloop.cli.compare:compare", "Put two runs or scenarios side by side.",
                       "ouroloop compare baseline vendor-stops-investing --paths 64"),
    "ask": Command("ouroloop.cli.ask:ask", "Answer a question in plain words, beside the baseline, path by path.",
                   'ouroloop ask "what breaks if openai cannot pay oracle from 2027-Q1" --paths 64 '
                   "--html out/answer.html"),
    "impact": Command("ouroloop.cli.impact:impact", "Rank firms by what their failure costs outside the loop.",
                      "ouroloop impact pensions --among OpenAI --among Oracle --paths 64 --html out/impact.html"),
    "look-back": Command("ouroloop.cli.look_back:look_back",
                         "Open the books on an earlier day, simulate, and hold nine series against what came.",
                         "ouroloop look-back --paths 64"),
    "spread": Command("ouroloop.cli.spread:spread",
                      "Say how far a firm is from failing and what protection on it should cost, beside quotes.",
                      "ouroloop spread Oracle"),
    "rating": Command("ouroloop.cli.rating:rating",
                      "Say which rating a firm's distance to default amounts to, and its leverage in truth.",
                      "ouroloop rating Meta"),
    "tranches": Command("ouroloop.cli.tranches:tranches",
                        "Follow rent from tenants through a vehicle to its notes and their holders, under cut rents.",
                        "ouroloop tranches hyperion --paths 1000"),
    "sql": Command("ouroloop.cli.sql:sql", "Ask the dossier in SQL.",
                   'ouroloop sql "SELECT tier, count(*) FROM standings GROUP BY tier"'),
    "cite": Command("ouroloop.cli.cite:cite", "Cite a source, a deal, a claim or the dossier itself.",
                    "ouroloop cite dossier"),
    "doctor": Command("ouroloop.cli.doctor:doctor", "Check that this installation can do its work.",
                      "ouroloop doctor"),
}  # fmt: skip


def build() -> App:
    """The command tree, with nothing of it imported yet."""
    app = App(
        name="ouroloop",
        help="Books, measures and stress tests of the AI industry's capital loop.",
        version=__version__,
        help_epilogue="Example: `ouroloop run`",
    )
    for name, command in COMMANDS.items():
        app.command(command.function, name=name, help=command.help, help_epilogue=f"Example: `{command.example}`")
    new = App(name="new", help="Start a dossier of your own.")
    new.command(
        "ouroloop.cli.new:dossier",
        name="dossier",
        help="Write a small, complete, valid dossier to begin from.",
        help_epilogue="Example: `ouroloop new dossier my-loop`",
    )
    new.command(
        "ouroloop.cli.new:schemas",
        name="schemas",
        help="Write JSON Schemas of the dossier's files, for editors.",
        help_epilogue="Example: `ouroloop new schemas schemas`",
    )
    app.command(new)
    price = App(name="price", help="Price an instrument of the dossier.")
    price.command(
        "ouroloop.cli.price:warrant",
        name="warrant",
        help="Price a warrant for orders: by its price hurdles, and with its milestones on a scenario's paths.",
        help_epilogue="Example: `ouroloop price warrant amd-openai-warrant`",
    )
    app.command(price)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 fine, 1 findings, 2 bad input, 3 the model failed."""
    try:
        code = build()(arguments, exit_on_error=False, print_error=True, result_action="return_value")
        sys.stdout.flush()
    except BadInput as error:
        print(error, file=sys.stderr)
        count = len(error.problems)
        print(f"{count} problem{'s' if count > 1 else ''}; nothing was loaded", file=sys.stderr)
        code = BAD_INPUT
    except CycloptsError:
        code = BAD_INPUT
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        code = 130
    except BrokenPipeError:
        # The reader (head, less) went away: nothing is wrong, but Python would complain again while closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FINE
    except OSError as error:
        # A full disk, a folder without leave to write: nothing that a traceback would explain.
        where = f" '{error.filename}'" if error.filename else ""
        print(f"error: cannot-write\n  The system refused{where}: {error.strerror or error}.", file=sys.stderr)
        code = BAD_INPUT
    sys.exit(code if isinstance(code, int) else FINE)
