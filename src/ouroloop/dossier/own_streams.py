"""What one entity's own statements say of its money: revenue, proceeds of debt and shares, spending, distributions.

Published totals are taken as they are; what deals and payments between named parties already explain of them is taken
off, and the rest comes from or goes to a boundary node of that entity alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from ouroloop.core import Interval, Tier
from ouroloop.dossier.choose import periods
from ouroloop.dossier.days import Days
from ouroloop.dossier.deal_streams import DEBT
from ouroloop.dossier.models import EntityKind, Instrument
from ouroloop.dossier.refs import Refs, joined
from ouroloop.dossier.spread import Piece, Span, Spread, pieces_outside, spread_figures
from ouroloop.dossier.streams import (
    OUTSIDE_CUSTOMERS,
    UNKNOWN,
    Basis,
    Disagreement,
    Gathering,
    Side,
    Stream,
    boundary,
    outside,
)
from ouroloop.dossier.trade_streams import left_of

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier

_ROUNDING = 0.005
"""USD bn by which known payments may exceed a published total before it is called a disagreement (half of 10m)."""

Known = Callable[[Stream], bool]


def own_streams(dossier: Dossier, gathering: Gathering) -> None:
    """Add to the gathering, which holds deals and trade, what each consolidating entity's own figures say.

    - Revenue less what known parties paid: outside customers' where the dossier says so of the entity, else of unknown
      payers.
    - Proceeds of debt and of shares sold less known lenders' and investors' money: capital of an unknown class.
    - Customers' prepayments, money of unknown payers that is not revenue yet.
    - Running costs: revenue less operating cash flow (so interest and taxes are inside), or revenue and the cash burned
      less capital expenditure, or else total costs; capital
      expenditure; investments and acquisitions; dividends, buybacks and debt repaid. Known payments come off.

    An entity without a figure gets nothing here; what balances its quarters is then unknown.
    """
    for entity in dossier.entities.values():
        if entity.part_of is None and not outside(entity) and entity.kind is not EntityKind.AGGREGATE:
            _Own(dossier, entity.id, gathering).add_all()


class _Own:
    """One entity's statements."""

    def __init__(self, dossier: Dossier, entity: str, gathering: Gathering) -> None:
        self.dossier, self.entity, self.gathering = dossier, entity, gathering
        paid = [s for s in gathering.streams if s.tier is Tier.PAID]
        self.sold = [s for s in paid if s.payee == entity and s.side in ("trade", "customers")]
        self.came = [s for s in paid if s.payee == entity and s.in_kind is None]
        self.went = [s for s in paid if s.payer == entity and s.in_kind is None]

    def add_all(self) -> None:
        revenue = self.spread("revenue")
        self.revenue(revenue)
        self.debt()
        self.rest("equity_issued_atm", "capital", "equity", self.came, lambda s: s.instrument == Instrument.EQUITY)
        capex = Spread(tuple(self.first_of("capex_cash_ppe", "capex")))
        self.costs(revenue, capex)
        self.spent(capex.pieces, "capex", _trade_booked_as("asset"), booked="asset")
        self.rest(
            "equity_investments_purchased", "uses", "investment", self.went, lambda s: s.instrument == Instrument.EQUITY
        )
        self.acquisitions()
        for concept in ("dividends", "buybacks"):
            self.rest(concept, "uses", concept, self.went, lambda _: False)

    def spread(self, concept: str, *, signed: bool = False, outside_of: Days | None = None) -> Spread:
        """The concept's figures as disjoint pieces, those that touch days of `outside_of` left out."""
        choices = periods(self.dossier, self.entity, concept)
        if outside_of:
            choices = tuple(c for c in choices if not Span.of(c.picked).days & outside_of)
        found = spread_figures(choices, signed=signed)
        for one in found.contradictions:
            refs = joined(one.span.refs, one.parts)
            self.disagree("parts", one.span.days, one.remainder, refs)
        return found

    def first_of(self, *concepts: str) -> list[Piece]:
        """Pieces of the first concept; of each further one only figures about days that no earlier one covers."""
        pieces: list[Piece] = []
        for concept in concepts:
            pieces += self.spread(concept, outside_of=Spread(tuple(pieces)).days).pieces
        return pieces

    def revenue(self, revenue: Spread) -> None:
        """Customers' money, or revenue of unknown payers: what known payers leave of each published amount."""
        customers = self.dossier.entities[self.entity].unexplained_revenue == "customers"
        side: Side = "customers" if customers else "unknown_revenue"
        sponsor = OUTSIDE_CUSTOMERS if customers else UNKNOWN
        for piece in revenue.pieces:
            self.add(piece, side, "revenue", sponsor, self.sold, "revenue")

    def debt(self) -> None:
        """Debt issued and repaid; where only the net of both is published, one side of it."""
        borrowed = [s for s in self.came if s.instrument in DEBT and s.side in ("funding", "capital")]
        issued, repaid = self.spread("debt_issued"), self.spread("debt_repaid")
        for piece in issued.pieces:
            self.add(piece, "capital", "debt", UNKNOWN, borrowed, "capital")
        for piece in repaid.pieces:
            self.add(piece, "uses", "debt_repaid", None, (), "uses")
        net = self.spread("net_debt_issuance", signed=True)
        for piece in pieces_outside(net.pieces, issued.days | repaid.days):
            left, point = left_of(piece, borrowed)
            if point >= 0:
                self.emit(piece, "capital", "debt", UNKNOWN, left.at_least(0.0), point)
            else:
                repaid_here = Interval(-left.high, -left.low).at_least(0.0)
                self.emit(piece, "uses", "debt_repaid", None, repaid_here, -point)

    def costs(self, revenue: Spread, capex: Spread) -> None:
        """Running costs in cash, less known payments that the payer books as an expense.

        Customers' prepayments are inside operating cash flow and are no revenue: they come in as money of their own.
        """
        operating = self.spread("operating_cash_flow", signed=True)
        prepaid = self.spread("customer_prepayments_financing")
        for piece in prepaid.pieces:
            self.add(piece, "capital", "prepayment", UNKNOWN, (), "capital")
        pieces: list[Piece] = []
        for sold in revenue.pieces:
            for kept in operating.pieces:
                both = sold.days & kept.days
                if both:
                    spent = sold.within(both) + prepaid.within(both) - kept.within(both)
                    guessed = sold.estimated or kept.estimated
                    pieces.append(Piece(both, spent, joined(sold.refs, kept.refs, prepaid.refs(both)), guessed))
        burned = Spread(pieces_outside(self.spread("cash_burn", signed=True).pieces, Spread(tuple(pieces)).days))
        for sold in revenue.pieces:
            for burn in burned.pieces:
                both = sold.days & burn.days
                if both:
                    spent = sold.within(both) + burn.within(both) - capex.within(both)
                    guessed = sold.estimated or burn.estimated
                    pieces.append(Piece(both, spent, joined(sold.refs, burn.refs, capex.refs(both)), guessed))
        pieces += pieces_outside(self.spread("total_costs").pieces, Spread(tuple(pieces)).days)
        self.spent(pieces, "costs", _trade_booked_as("expense"))

    def acquisitions(self) -> None:
        for concept in sorted({f.concept for f in self.dossier.figures_of(self.entity)}):
            if concept.startswith("acquisition_outflow"):
                self.rest(concept, "uses", "acquisition", self.went, lambda s: s.instrument == Instrument.ACQUISITION)

    def rest(self, concept: str, side: Side, instrument: str, among: Sequence[Stream], known: Known) -> None:
        """A published total less what is known of it."""
        sponsor = UNKNOWN if side == "capital" else None
        of_it = [stream for stream in among if known(stream)]
        for piece in self.spread(concept).pieces:
            self.add(piece, side, instrument, sponsor, of_it, "capital" if side == "capital" else "uses")

    def spent(
        self, pieces: Iterable[Piece], instrument: str, known: Known, booked: Literal["expense", "asset"] = "expense"
    ) -> None:
        of_it = [stream for stream in self.went if known(stream)]
        for piece in pieces:
            self.add(piece, "uses", instrument, None, of_it, "uses", booked)

    def add(
        self,
        piece: Piece,
        side: Side,
        instrument: str,
        sponsor: str | None,
        known: Sequence[Stream],
        what: Literal["revenue", "uses", "capital"],
        booked: Literal["expense", "asset"] = "expense",
    ) -> None:
        """What known streams leave of a published amount; more known than published is a disagreement."""
        left, point = left_of(piece, known)
        inside = [stream for stream in known if stream.days & piece.days]
        refs = joined(piece.refs, *(stream.refs for stream in inside))
        if point < -_ROUNDING:
            self.disagree(what, piece.days, point, refs)
        if left.high <= 0:
            return
        cut = left.at_least(0.0)
        rest = replace(piece, refs=refs)
        self.emit(rest, side, instrument, sponsor, cut, max(0.0, point), booked, derived=bool(inside))

    def emit(
        self,
        piece: Piece,
        side: Side,
        instrument: str,
        sponsor: str | None,
        amount: Interval,
        point: float,
        booked: Literal["expense", "asset"] = "expense",
        *,
        derived: bool = False,
    ) -> None:
        inward = side != "uses"
        node = boundary(sponsor or UNKNOWN, self.entity) if inward else boundary("uses", self.entity)
        basis: Basis = "derived" if derived or instrument == "costs" else "reported"
        if not piece.reported:
            basis = "estimated"
        self.gathering.add(
            Stream(
                payer=node if inward else self.entity,
                payee=self.entity if inward else node,
                side=side,
                instrument=instrument,
                sponsor=sponsor if inward else None,
                tier=Tier.PAID,
                amount=amount,
                point=point,
                days=piece.days,
                basis=basis,
                refs=piece.refs,
                booked=booked,
            )
        )

    def disagree(
        self, what: Literal["revenue", "uses", "capital", "parts"], days: Days, usd_bn: float, refs: Refs
    ) -> None:
        self.gathering.disagreements.append(Disagreement(what, self.entity, days, usd_bn, refs))


def _trade_booked_as(word: Literal["expense", "asset"]) -> Known:
    """Known payments for goods and services, to members or outside, that the payer books this way."""

    def known(stream: Stream) -> bool:
        return (
            stream.side in ("trade", "uses") and stream.booked == word and stream.instrument != Instrument.ACQUISITION
        )

    return known
