"""Double-entry books that balance to exactly 0 on every path.

Declare flow types, have them proved, open the books, post, and read. Amounts are USD bn, one column per path; here
three friends and two worlds, one in which A brings 100 of its own cash and one in which it brings 150:

    >>> from ouroloop import ledger as books
    >>> world = books.build(
    ...     [
    ...         books.equity_investment("A", "B"),
    ...         books.purchase_expensed("B", "C"),
    ...         books.purchase_capitalized("C", "A"),
    ...         books.boundary_receipt("users", "C"),
    ...     ],
    ...     sectors={"users": "outside_customers"},
    ... )
    >>> opened = books.open_books(world, {books.cash("A"): [100.0, 150.0]}, paths=2)
    >>> amounts = world.amounts({"invest:A:B": 100.0, "buy:B:C": 100.0, "capex:C:A": 100.0}, paths=2)
    >>> closed = books.post(world, opened, amounts)
    >>> read = books.statement(world, closed)
    >>> dict(zip(world.entities[:3], read.revenue[:, 0].tolist()))
    {'A': 100.0, 'B': 0.0, 'C': 100.0}
    >>> float(abs(books.residual(world, closed).by_entity).max())
    0.0

Whose money was that? Color it: what B paid C was A's funding, and none of it came from a customer.

    >>> colored, _ = books.pay(world, books.open_colors(world, opened), amounts)
    >>> shares = books.revenue_shares(colored)[world.entities.index("C"), :, 0]
    >>> {color: share for color, share in zip(books.colors_of(world), shares.tolist()) if share}
    {'member:A': 1.0}

A flow type with a leg missing is refused when the world is built, by entity and flow name.

Order of use: `build` -> `open_books` (and `open_colors`) -> `post` (and `pay`) each period -> `residual`, `gaps`,
`paper_wealth`, `statement`, `consolidate`. `begin_log` and `PostingLog.record` keep what `audit` replays. The
memorandum (`open_memorandum`, `sign`, `resolve`) and the `LienRegister` hold what no balance sheet shows.
"""

from ouroloop.ledger.auditor import audit
from ouroloop.ledger.build import build
from ouroloop.ledger.chart import (
    CASH,
    MEMBER,
    OPENING_CASH,
    UNEXPLAINED,
    UNKNOWN,
    USD,
    Account,
    AccountClass,
    Flow,
    FlowKind,
    Leg,
    credit,
    debit,
)
from ouroloop.ledger.color import (
    ColoredCash,
    Payments,
    color_gap,
    colors_of,
    open_colors,
    pay,
    payments,
    recolor,
    revenue_shares,
    split,
)
from ouroloop.ledger.consolidate import Consolidation, Elimination, consolidate
from ouroloop.ledger.flows import (
    asset_write_off,
    bill_write_off,
    boundary_payment,
    boundary_receipt,
    cash,
    claim_sold,
    closing,
    compensation,
    conversion,
    correction,
    cost_of_sale,
    credits_for_shares,
    credits_lost,
    credits_used,
    deposit,
    deposit_returned,
    depreciation,
    discount_beyond_cost,
    discount_granted,
    distribution,
    equity_investment,
    equity_method,
    gain_sold,
    guarantee_called,
    interest,
    interest_accrued,
    loan,
    loan_for_shares,
    loan_write_off,
    prepayment,
    prepayment_lost,
    prepayment_used,
    protection,
    purchase_capitalized,
    purchase_expensed,
    redemption,
    repayment,
    revaluation,
    sale_on_account,
    settlement,
    settlement_in_kind,
    shares_sold,
    warrant_exercised,
    warrant_vested,
)
from ouroloop.ledger.invariants import Gaps, Residual, gaps, largest_leak, paper_wealth, residual
from ouroloop.ledger.ledger import Books, Chart, Ledger, opening_amounts
from ouroloop.ledger.liens import DoublePledge, Lien, LienRegister
from ouroloop.ledger.log import Disagreement, Period, PostingLog, Verdict, begin_log
from ouroloop.ledger.memorandum import (
    Fate,
    Memorandum,
    Promise,
    PromiseKind,
    check_resolved_once,
    open_memorandum,
    outstanding,
    resolve,
    sign,
)
from ouroloop.ledger.posting import check_amounts, check_exact, open_books, post, post_opening
from ouroloop.ledger.precision import quantize
from ouroloop.ledger.rounds import recolor_in_rounds
from ouroloop.ledger.statement import Statement, statement

__all__ = [
    "CASH",
    "MEMBER",
    "OPENING_CASH",
    "UNEXPLAINED",
    "UNKNOWN",
    "USD",
    "Account",
    "AccountClass",
    "Books",
    "Chart",
    "ColoredCash",
    "Consolidation",
    "Disagreement",
    "DoublePledge",
    "Elimination",
    "Fate",
    "Flow",
    "FlowKind",
    "Gaps",
    "Ledger",
    "Leg",
    "Lien",
    "LienRegister",
    "Memorandum",
    "Payments",
    "Period",
    "PostingLog",
    "Promise",
    "PromiseKind",
    "Residual",
    "Statement",
    "Verdict",
    "asset_write_off",
    "audit",
    "begin_log",
    "bill_write_off",
    "boundary_payment",
    "boundary_receipt",
    "build",
    "cash",
    "check_amounts",
    "check_exact",
    "check_resolved_once",
    "claim_sold",
    "closing",
    "color_gap",
    "colors_of",
    "compensation",
    "consolidate",
    "conversion",
    "correction",
    "cost_of_sale",
    "credit",
    "credits_for_shares",
    "credits_lost",
    "credits_used",
    "debit",
    "deposit",
    "deposit_returned",
    "depreciation",
    "discount_beyond_cost",
    "discount_granted",
    "distribution",
    "equity_investment",
    "equity_method",
    "gain_sold",
    "gaps",
    "guarantee_called",
    "interest",
    "interest_accrued",
    "largest_leak",
    "loan",
    "loan_for_shares",
    "loan_write_off",
    "open_books",
    "open_colors",
    "open_memorandum",
    "opening_amounts",
    "outstanding",
    "paper_wealth",
    "pay",
    "payments",
    "post",
    "post_opening",
    "prepayment",
    "prepayment_lost",
    "prepayment_used",
    "protection",
    "purchase_capitalized",
    "purchase_expensed",
    "quantize",
    "recolor",
    "recolor_in_rounds",
    "redemption",
    "repayment",
    "residual",
    "resolve",
    "revaluation",
    "revenue_shares",
    "sale_on_account",
    "settlement",
    "settlement_in_kind",
    "shares_sold",
    "sign",
    "split",
    "statement",
    "warrant_exercised",
    "warrant_vested",
]
