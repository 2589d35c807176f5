"""The normal flow types, ready made: who invests, lends, buys, pays, depreciates, revalues and writes off.

Each is a plain `Flow`; nothing but the legs is special about it. `a` and `b` may be members or outside sectors alike.
"""

from __future__ import annotations

from ouroloop.ledger.chart import (
    CASH,
    MEMBER,
    UNEXPLAINED,
    Account,
    AccountClass,
    Flow,
    FlowKind,
    Leg,
    credit,
    debit,
)

_C = AccountClass


def cash(entity: str) -> Account:
    """The entity's cash, in USD."""
    return Account(entity, _C.ASSET, CASH)


def _payment(payer: str, payee: str) -> tuple[Leg, Leg]:
    return credit(cash(payer)), debit(cash(payee))


def equity_investment(investor: str, issuer: str, name: str | None = None, *, paint: str | None = MEMBER) -> Flow:
    """`investor` pays cash for new shares of `issuer`: shares at cost against paid-in capital."""
    shares = f"equity:{issuer}"
    legs = (debit(Account(investor, _C.ASSET, shares)), *_payment(investor, issuer))
    legs += (credit(Account(issuer, _C.EQUITY, shares)),)
    return Flow(name or f"invest:{investor}:{issuer}", FlowKind.TRANSACTION, legs, paint=paint)


def loan(lender: str, borrower: str, name: str | None = None, *, paint: str | None = MEMBER) -> Flow:
    """`lender` pays out a loan or buys a new bond of `borrower`."""
    claim = f"loan:{lender}:{borrower}"
    legs = (debit(Account(lender, _C.ASSET, claim)), *_payment(lender, borrower))
    legs += (credit(Account(borrower, _C.LIABILITY, claim)),)
    return Flow(name or f"lend:{lender}:{borrower}", FlowKind.TRANSACTION, legs, paint=paint)


def repayment(borrower: str, lender: str, name: str | None = None) -> Flow:
    """`borrower` pays principal back; the money keeps the borrower's mix of sponsors."""
    claim = f"loan:{lender}:{borrower}"
    legs = (credit(Account(lender, _C.ASSET, claim)), *_payment(borrower, lender))
    legs += (debit(Account(borrower, _C.LIABILITY, claim)),)
    return Flow(name or f"repay:{borrower}:{lender}", FlowKind.TRANSACTION, legs)


def interest(borrower: str, lender: str, name: str | None = None) -> Flow:
    """`borrower` pays interest, an expense; income of `lender` but not its revenue."""
    legs = (debit(Account(borrower, _C.EXPENSE, "interest")), *_payment(borrower, lender))
    legs += (credit(Account(lender, _C.INCOME, "interest")),)
    return Flow(name or f"interest:{borrower}:{lender}", FlowKind.TRANSACTION, legs)


def purchase_expensed(
    buyer: str, seller: str, name: str | None = None, *, expense: str = "services", revenue: str = "revenue"
) -> Flow:
    """`buyer` pays for something used up at once; `seller` books revenue (and no cost of goods: see `cost_of_sale`)."""
    legs = (debit(Account(buyer, _C.EXPENSE, expense)), *_payment(buyer, seller))
    legs += (credit(Account(seller, _C.INCOME, revenue)),)
    return Flow(name or f"buy:{buyer}:{seller}", FlowKind.TRANSACTION, legs)


def purchase_capitalized(
    buyer: str, seller: str, name: str | None = None, *, asset: str = "equipment", revenue: str = "revenue"
) -> Flow:
    """`buyer` pays for something that lasts and books an asset; `seller` books revenue."""
    legs = (debit(Account(buyer, _C.REAL, asset)), *_payment(buyer, seller))
    legs += (credit(Account(seller, _C.INCOME, revenue)),)
    return Flow(name or f"capex:{buyer}:{seller}", FlowKind.TRANSACTION, legs)


def boundary_receipt(sector: str, entity: str, name: str | None = None, *, revenue: str = "revenue") -> Flow:
    """An outside sector (end customers, say) buys from `entity` and uses up what it bought."""
    return purchase_expensed(sector, entity, name or f"receive:{sector}:{entity}", revenue=revenue)


def boundary_payment(entity: str, sector: str, name: str | None = None, *, expense: str = "costs") -> Flow:
    """`entity` pays an outside sector (wages, power, suppliers outside the loop): an expense here, revenue there."""
    return purchase_expensed(entity, sector, name or f"pay:{entity}:{sector}", expense=expense)


def distribution(entity: str, holder: str, name: str | None = None) -> Flow:
    """`entity` pays a dividend or buys back shares from profits: retained earnings here, income there."""
    legs = (debit(Account(entity, _C.RESERVE, "distributed")), *_payment(entity, holder))
    legs += (credit(Account(holder, _C.INCOME, "dividends")),)
    return Flow(name or f"distribute:{entity}:{holder}", FlowKind.TRANSACTION, legs)


def credits_for_shares(investor: str, issuer: str, name: str | None = None) -> Flow:
    """`investor` pays for new shares of `issuer` in compute credits: a promise to serve, and no cash."""
    shares, promised = f"equity:{issuer}", f"compute_credit:{investor}"
    legs = (debit(Account(investor, _C.ASSET, shares)), credit(Account(investor, _C.LIABILITY, promised)))
    legs += (debit(Account(issuer, _C.ASSET, promised)), credit(Account(issuer, _C.EQUITY, shares)))
    return Flow(name or f"credits:{investor}:{issuer}", FlowKind.TRANSACTION, legs)


def credits_used(holder: str, grantor: str, name: str | None = None) -> Flow:
    """`holder` uses compute credits up; `grantor` books revenue for which no cash comes."""
    promised = f"compute_credit:{grantor}"
    legs = (debit(Account(holder, _C.EXPENSE, "services")), credit(Account(holder, _C.ASSET, promised)))
    legs += (debit(Account(grantor, _C.LIABILITY, promised)), credit(Account(grantor, _C.INCOME, "revenue")))
    return Flow(name or f"use-credits:{holder}:{grantor}", FlowKind.ACCRUAL, legs)


def sale_on_account(
    buyer: str, seller: str, name: str | None = None, *, asset: str | None = None, expense: str = "services"
) -> Flow:
    """`seller` delivers now and is paid later: a receivable here, a payable there. `asset` capitalizes it."""
    bill = f"bill:{buyer}:{seller}"
    kept = Account(buyer, _C.REAL, asset) if asset else Account(buyer, _C.EXPENSE, expense)
    legs = (debit(kept), credit(Account(buyer, _C.LIABILITY, bill)))
    legs += (debit(Account(seller, _C.ASSET, bill)), credit(Account(seller, _C.INCOME, "revenue")))
    return Flow(name or f"bill:{buyer}:{seller}", FlowKind.ACCRUAL, legs)


def settlement(buyer: str, seller: str, name: str | None = None) -> Flow:
    """`buyer` pays what `sale_on_account` left open; its colors count toward the seller's revenue."""
    bill = f"bill:{buyer}:{seller}"
    legs = (debit(Account(buyer, _C.LIABILITY, bill)), *_payment(buyer, seller))
    legs += (credit(Account(seller, _C.ASSET, bill)),)
    return Flow(name or f"settle:{buyer}:{seller}", FlowKind.TRANSACTION, legs, settles_revenue=True)


def cost_of_sale(seller: str, sale: str, name: str | None = None, *, inventory: str = "inventory") -> Flow:
    """What the goods of flow `sale` had cost `seller`: inventory becomes an expense."""
    legs = (debit(Account(seller, _C.EXPENSE, "cost_of_sales")), credit(Account(seller, _C.REAL, inventory)))
    return Flow(name or f"cost:{sale}", FlowKind.ACCRUAL, legs, cost_of=sale)


def depreciation(entity: str, name: str | None = None, *, asset: str = "equipment") -> Flow:
    """The part of an asset's life that has passed."""
    legs = (debit(Account(entity, _C.EXPENSE, "depreciation")), credit(Account(entity, _C.REAL, asset)))
    return Flow(name or f"depreciate:{entity}:{asset}", FlowKind.ACCRUAL, legs)


def revaluation(holder: str, instrument: str, name: str | None = None) -> Flow:
    """The price of what `holder` holds rose (or fell, negative) against cost; the issuer's books do not move."""
    legs = (debit(Account(holder, _C.VALUATION, instrument)), credit(Account(holder, _C.INCOME, "revaluation")))
    return Flow(name or f"revalue:{holder}:{instrument}", FlowKind.REVALUATION, legs)


def loan_write_off(lender: str, borrower: str, name: str | None = None) -> Flow:
    """A loan will not be paid: a loss of the lender and a gain of the borrower; no cash moves."""
    claim = f"loan:{lender}:{borrower}"
    legs = (debit(Account(lender, _C.EXPENSE, "write_off")), credit(Account(lender, _C.ASSET, claim)))
    legs += (debit(Account(borrower, _C.LIABILITY, claim)), credit(Account(borrower, _C.INCOME, "debt_forgiven")))
    return Flow(name or f"write-off:{lender}:{borrower}", FlowKind.WRITE_OFF, legs)


def asset_write_off(entity: str, name: str | None = None, *, asset: str = "equipment") -> Flow:
    """A thing is lost or worth nothing."""
    legs = (debit(Account(entity, _C.EXPENSE, "write_off")), credit(Account(entity, _C.REAL, asset)))
    return Flow(name or f"write-off:{entity}:{asset}", FlowKind.WRITE_OFF, legs)


def conversion(entity: str, gives: Account, gets: Account, name: str | None = None) -> tuple[Flow, Flow]:
    """`entity` turns one good into another: one flow per good, each with its own amount and its own balance.

    The conversion accounts keep what went in and what came out; nothing else joins the two ledgers.
    """
    name = name or f"convert:{entity}:{gives.good}:{gets.good}"
    meeting = f"{gives.good}->{gets.good}"
    out = (debit(Account(entity, _C.CONVERSION, meeting, gives.good)), credit(gives))
    into = (debit(gets), credit(Account(entity, _C.CONVERSION, meeting, gets.good)))
    return (
        Flow(f"{name}:out", FlowKind.CONVERSION, out),
        Flow(f"{name}:in", FlowKind.CONVERSION, into),
    )


def closing(account: Account, name: str | None = None) -> Flow:
    """Close an income or expense account at the end of a period: its balance moves to retained earnings."""
    retained = Account(account.entity, _C.RESERVE, "retained", account.good)
    return Flow(name or f"close:{account}", FlowKind.ACCRUAL, (credit(account), debit(retained)))


def is_gap(account: Account) -> bool:
    """Is it one of the accounts in which gaps are kept? They are only ever the other side."""
    own = account.account_class is _C.RESERVE and account.instrument == UNEXPLAINED
    return own or account.entity == UNEXPLAINED


def correction(account: Account, name: str | None = None) -> Flow:
    """Bring in a balance that somebody stated, or a difference to it, with the gap kept in sight.

    Against the entity's own `unexplained` reserve; for a claim, also against the other side at the entity
    `unexplained`. When all balances of an entity are stated and add up, its reserve is back at 0; when both sides of a
    claim are stated and agree, so is the other side. Cash that comes this way is of unknown sponsor.
    """
    assert not is_gap(account), f"{account} is itself a gap"
    own = Account(account.entity, _C.RESERVE, UNEXPLAINED, account.good)
    legs = (debit(account), credit(own))
    if account.account_class.claim:
        side = _C.ASSET if account.is_cash else _C.LIABILITY
        legs += (credit(Account(UNEXPLAINED, side, account.instrument, account.good)),)
        legs += (debit(Account(UNEXPLAINED, _C.RESERVE, UNEXPLAINED, account.good)),)
    return Flow(name or f"correct:{account}", FlowKind.OPENING, legs)
