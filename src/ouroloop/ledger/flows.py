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


def loan(
    lender: str, borrower: str, name: str | None = None, *, paint: str | None = MEMBER, claim: str | None = None
) -> Flow:
    """`lender` pays out a loan or buys a new bond of `borrower`. `claim` tells one of its loans from another."""
    claim = claim or f"loan:{lender}:{borrower}"
    legs = (debit(Account(lender, _C.ASSET, claim)), *_payment(lender, borrower))
    legs += (credit(Account(borrower, _C.LIABILITY, claim)),)
    return Flow(name or f"lend:{lender}:{borrower}", FlowKind.TRANSACTION, legs, paint=paint)


def repayment(borrower: str, lender: str, name: str | None = None, *, claim: str | None = None) -> Flow:
    """`borrower` pays principal back; the money keeps the borrower's mix of sponsors. `claim` as in `loan`."""
    claim = claim or f"loan:{lender}:{borrower}"
    legs = (credit(Account(lender, _C.ASSET, claim)), *_payment(borrower, lender))
    legs += (debit(Account(borrower, _C.LIABILITY, claim)),)
    return Flow(name or f"repay:{borrower}:{lender}", FlowKind.TRANSACTION, legs)


def interest(borrower: str, lender: str, name: str | None = None) -> Flow:
    """`borrower` pays interest, an expense; income of `lender` but not its revenue."""
    legs = (debit(Account(borrower, _C.EXPENSE, "interest")), *_payment(borrower, lender))
    legs += (credit(Account(lender, _C.INCOME, "interest")),)
    return Flow(name or f"interest:{borrower}:{lender}", FlowKind.TRANSACTION, legs)


def deposit(payer: str, holder: str, name: str | None = None) -> Flow:
    """`payer` leaves cash with `holder` as security: its claim, the holder's debt."""
    claim = f"deposit:{payer}:{holder}"
    legs = (debit(Account(payer, _C.ASSET, claim)), *_payment(payer, holder))
    legs += (credit(Account(holder, _C.LIABILITY, claim)),)
    return Flow(name or f"deposit:{payer}:{holder}", FlowKind.TRANSACTION, legs)


def deposit_returned(holder: str, payer: str, name: str | None = None) -> Flow:
    """`holder` gives the cash back."""
    claim = f"deposit:{payer}:{holder}"
    legs = (credit(Account(payer, _C.ASSET, claim)), *_payment(holder, payer))
    legs += (debit(Account(holder, _C.LIABILITY, claim)),)
    return Flow(name or f"deposit-back:{holder}:{payer}", FlowKind.TRANSACTION, legs)


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


def _bill(buyer: str, seller: str, claim: str | None) -> str:
    return claim or f"bill:{buyer}:{seller}"


def _kept(buyer: str, asset: str | None, expense: str) -> Account:
    """Where `buyer` books what it got: a thing that lasts, or an expense."""
    return Account(buyer, _C.REAL, asset) if asset else Account(buyer, _C.EXPENSE, expense)


def sale_on_account(
    buyer: str,
    seller: str,
    name: str | None = None,
    *,
    asset: str | None = None,
    expense: str = "services",
    revenue: str = "revenue",
    claim: str | None = None,
) -> Flow:
    """`seller` delivers now and is paid later: a receivable here, a payable there. `asset` capitalizes it.

    All open bills of the two stand in one claim, unless `claim` names another.
    """
    bill = _bill(buyer, seller, claim)
    legs = (debit(_kept(buyer, asset, expense)), credit(Account(buyer, _C.LIABILITY, bill)))
    legs += (debit(Account(seller, _C.ASSET, bill)), credit(Account(seller, _C.INCOME, revenue)))
    return Flow(name or f"bill:{buyer}:{seller}", FlowKind.ACCRUAL, legs)


def settlement(buyer: str, seller: str, name: str | None = None, *, claim: str | None = None) -> Flow:
    """`buyer` pays what `sale_on_account` left open; its colors count toward the seller's revenue."""
    bill = _bill(buyer, seller, claim)
    legs = (debit(Account(buyer, _C.LIABILITY, bill)), *_payment(buyer, seller))
    legs += (credit(Account(seller, _C.ASSET, bill)),)
    return Flow(name or f"settle:{buyer}:{seller}", FlowKind.TRANSACTION, legs, settles_revenue=True)


def settlement_in_kind(
    buyer: str,
    seller: str,
    name: str | None = None,
    *,
    asset: str | None = None,
    expense: str = "services",
    claim: str | None = None,
) -> Flow:
    """`buyer` clears its bill with goods or services of its own: revenue there too, and no cash."""
    bill = _bill(buyer, seller, claim)
    legs = (debit(Account(buyer, _C.LIABILITY, bill)), credit(Account(buyer, _C.INCOME, "revenue")))
    legs += (debit(_kept(seller, asset, expense)), credit(Account(seller, _C.ASSET, bill)))
    return Flow(name or f"settle-in-kind:{buyer}:{seller}", FlowKind.ACCRUAL, legs)


def bill_write_off(seller: str, buyer: str, name: str | None = None, *, claim: str | None = None) -> Flow:
    """A bill will not be paid: a loss of `seller` and a gain of `buyer`; the revenue stays where it was booked."""
    bill = _bill(buyer, seller, claim)
    legs = (debit(Account(seller, _C.EXPENSE, "write_off")), credit(Account(seller, _C.ASSET, bill)))
    legs += (debit(Account(buyer, _C.LIABILITY, bill)), credit(Account(buyer, _C.INCOME, "debt_forgiven")))
    return Flow(name or f"write-off:bill:{buyer}:{seller}", FlowKind.WRITE_OFF, legs)


def _prepaid(customer: str, provider: str, claim: str | None) -> str:
    return claim or f"prepaid:{customer}:{provider}"


def prepayment(customer: str, provider: str, name: str | None = None, *, claim: str | None = None) -> Flow:
    """`customer` pays ahead: its asset, the contract liability of `provider`, revenue only when `prepayment_used`.

    The colors count toward revenue now, because no cash comes later. A negative amount pays back.
    """
    prepaid = _prepaid(customer, provider, claim)
    legs = (debit(Account(customer, _C.ASSET, prepaid)), *_payment(customer, provider))
    legs += (credit(Account(provider, _C.LIABILITY, prepaid)),)
    return Flow(name or f"prepay:{customer}:{provider}", FlowKind.TRANSACTION, legs, settles_revenue=True)


def prepayment_used(
    customer: str,
    provider: str,
    name: str | None = None,
    *,
    asset: str | None = None,
    expense: str = "services",
    claim: str | None = None,
) -> Flow:
    """`provider` delivers what was paid for ahead and books the revenue. `asset` capitalizes it."""
    prepaid = _prepaid(customer, provider, claim)
    legs = (debit(_kept(customer, asset, expense)), credit(Account(customer, _C.ASSET, prepaid)))
    legs += (debit(Account(provider, _C.LIABILITY, prepaid)), credit(Account(provider, _C.INCOME, "revenue")))
    return Flow(name or f"use-prepaid:{customer}:{provider}", FlowKind.ACCRUAL, legs)


def prepayment_lost(customer: str, provider: str, name: str | None = None, *, claim: str | None = None) -> Flow:
    """What was paid ahead is neither delivered nor paid back: a loss of `customer`, a gain of `provider`."""
    prepaid = _prepaid(customer, provider, claim)
    legs = (debit(Account(customer, _C.EXPENSE, "write_off")), credit(Account(customer, _C.ASSET, prepaid)))
    legs += (debit(Account(provider, _C.LIABILITY, prepaid)), credit(Account(provider, _C.INCOME, "prepayments_kept")))
    return Flow(name or f"write-off:prepaid:{customer}:{provider}", FlowKind.WRITE_OFF, legs)


def credits_lost(holder: str, grantor: str, name: str | None = None) -> Flow:
    """Compute credits expire unused: a loss of `holder`, a gain of `grantor` that is not revenue."""
    promised = f"compute_credit:{grantor}"
    legs = (debit(Account(holder, _C.EXPENSE, "write_off")), credit(Account(holder, _C.ASSET, promised)))
    legs += (debit(Account(grantor, _C.LIABILITY, promised)), credit(Account(grantor, _C.INCOME, "credits_expired")))
    return Flow(name or f"expire-credits:{holder}:{grantor}", FlowKind.WRITE_OFF, legs)


def warrant_vested(issuer: str, holder: str, name: str | None = None, *, asset: str = "equipment") -> Flow:
    """A customer earns a warrant with its orders: less revenue for `issuer`, cheaper goods for `holder`.

    Consideration payable to a customer (ASC 606-10-32-25), and received from a vendor (ASC 705-20).
    """
    warrant = f"warrant:{issuer}"
    legs = (debit(Account(issuer, _C.INCOME, "revenue:warrants")), credit(Account(issuer, _C.EQUITY, warrant)))
    legs += (debit(Account(holder, _C.ASSET, warrant)), credit(Account(holder, _C.REAL, asset)))
    return Flow(name or f"vest:{issuer}:{holder}", FlowKind.ACCRUAL, legs)


def discount_beyond_cost(holder: str, name: str | None = None, *, asset: str = "equipment") -> Flow:
    """What a vendor's warrant is worth above what the goods cost: they are not cheaper than nothing, so it is income.

    Consideration received from a vendor (ASC 705-20).
    """
    legs = (debit(Account(holder, _C.REAL, asset)), credit(Account(holder, _C.INCOME, "vendor_consideration")))
    return Flow(name or f"beyond-cost:{holder}", FlowKind.ACCRUAL, legs)


def warrant_exercised(holder: str, issuer: str, name: str | None = None) -> Flow:
    """What a warrant stood at becomes cost of shares; the strike is an `equity_investment` beside it."""
    warrant, shares = f"warrant:{issuer}", f"equity:{issuer}"
    legs = (debit(Account(holder, _C.ASSET, shares)), credit(Account(holder, _C.ASSET, warrant)))
    legs += (debit(Account(issuer, _C.EQUITY, warrant)), credit(Account(issuer, _C.EQUITY, shares)))
    return Flow(name or f"exercise:{holder}:{issuer}", FlowKind.ACCRUAL, legs)


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


def loan_write_off(lender: str, borrower: str, name: str | None = None, *, claim: str | None = None) -> Flow:
    """A loan will not be paid: a loss of the lender and a gain of the borrower; no cash moves. `claim` as in `loan`."""
    claim = claim or f"loan:{lender}:{borrower}"
    legs = (debit(Account(lender, _C.EXPENSE, "write_off")), credit(Account(lender, _C.ASSET, claim)))
    legs += (debit(Account(borrower, _C.LIABILITY, claim)), credit(Account(borrower, _C.INCOME, "debt_forgiven")))
    return Flow(name or f"write-off:{lender}:{borrower}", FlowKind.WRITE_OFF, legs)


def interest_accrued(borrower: str, lender: str, name: str | None = None, *, claim: str | None = None) -> Flow:
    """Interest falls due and is not paid: it is added to what `borrower` owes (`claim` as in `loan`); no cash moves."""
    claim = claim or f"loan:{lender}:{borrower}"
    legs = (debit(Account(borrower, _C.EXPENSE, "interest")), credit(Account(borrower, _C.LIABILITY, claim)))
    legs += (debit(Account(lender, _C.ASSET, claim)), credit(Account(lender, _C.INCOME, "interest")))
    return Flow(name or f"accrue:{borrower}:{lender}", FlowKind.ACCRUAL, legs)


def loan_for_shares(lender: str, borrower: str, name: str | None = None) -> Flow:
    """`lender` takes new shares of `borrower` for a loan, at the loan's amount: no cash, no gain and no loss."""
    claim, shares = f"loan:{lender}:{borrower}", f"equity:{borrower}"
    legs = (debit(Account(lender, _C.ASSET, shares)), credit(Account(lender, _C.ASSET, claim)))
    legs += (debit(Account(borrower, _C.LIABILITY, claim)), credit(Account(borrower, _C.EQUITY, shares)))
    return Flow(name or f"loan-for-shares:{lender}:{borrower}", FlowKind.TRANSACTION, legs)


def guarantee_called(
    guarantor: str, debtor: str, creditor: str, name: str | None = None, *, claim: str | None = None
) -> Flow:
    """`guarantor` pays `creditor` what `debtor` owes, and `debtor` owes it to `guarantor` from now on.

    `claim` is what the creditor holds: its loan, unless another instrument is named (a bill, say).
    """
    claim, owed = claim or f"loan:{creditor}:{debtor}", f"loan:{guarantor}:{debtor}"
    legs = (*_payment(guarantor, creditor), credit(Account(creditor, _C.ASSET, claim)))
    legs += (debit(Account(debtor, _C.LIABILITY, claim)), credit(Account(debtor, _C.LIABILITY, owed)))
    legs += (debit(Account(guarantor, _C.ASSET, owed)),)
    return Flow(name or f"guarantee:{guarantor}:{debtor}:{creditor}", FlowKind.TRANSACTION, legs)


def compensation(guarantor: str, holder: str, name: str | None = None) -> Flow:
    """`guarantor` makes good what an asset of `holder` is worth less than promised: a loss here, no revenue there."""
    legs = (debit(Account(guarantor, _C.EXPENSE, "guarantees")), *_payment(guarantor, holder))
    legs += (credit(Account(holder, _C.INCOME, "guarantees")),)
    return Flow(name or f"compensate:{guarantor}:{holder}", FlowKind.TRANSACTION, legs)


def protection(payer: str, payee: str, name: str | None = None) -> Flow:
    """One leg of a default swap, premium or payout: an expense of who pays, income but no revenue of who is paid."""
    legs = (debit(Account(payer, _C.EXPENSE, "protection")), *_payment(payer, payee))
    legs += (credit(Account(payee, _C.INCOME, "protection")),)
    return Flow(name or f"protection:{payer}:{payee}", FlowKind.TRANSACTION, legs)


def claim_sold(
    seller: str, buyer: str, debtor: str, name: str | None = None, *, claim: str, becomes: str | None = None
) -> Flow:
    """`seller` sells what `debtor` owes it to `buyer`, at its amount; `discount_granted` is what it gets less.

    `claim` is what was sold, and `becomes` what the buyer holds: its loan to the debtor unless named otherwise.
    """
    becomes = becomes or f"loan:{buyer}:{debtor}"
    legs = (credit(Account(seller, _C.ASSET, claim)), *_payment(buyer, seller))
    legs += (debit(Account(buyer, _C.ASSET, becomes)),)
    legs += (debit(Account(debtor, _C.LIABILITY, claim)), credit(Account(debtor, _C.LIABILITY, becomes)))
    return Flow(name or f"sell:{seller}:{buyer}:{claim}", FlowKind.TRANSACTION, legs)


def discount_granted(seller: str, buyer: str, name: str | None = None) -> Flow:
    """`seller` lets `buyer` have a claim for less than its amount: a loss here, a gain there, and neither is revenue.

    Debt stands in the books at what is owed, whoever holds it: a buyer below par has its gain at once.
    """
    legs = (debit(Account(seller, _C.EXPENSE, "discounts")), *_payment(seller, buyer))
    legs += (credit(Account(buyer, _C.INCOME, "discounts")),)
    return Flow(name or f"discount:{seller}:{buyer}", FlowKind.TRANSACTION, legs)


def shares_sold(seller: str, buyer: str, issuer: str, name: str | None = None) -> Flow:
    """`seller` sells shares of `issuer` to `buyer`, at what was once paid in for them; `gain_sold` is the rest."""
    shares = f"equity:{issuer}"
    legs = (credit(Account(seller, _C.ASSET, shares)), *_payment(buyer, seller))
    legs += (debit(Account(buyer, _C.ASSET, shares)),)
    return Flow(name or f"sell-shares:{seller}:{buyer}:{issuer}", FlowKind.TRANSACTION, legs)


def gain_sold(seller: str, buyer: str, issuer: str, name: str | None = None) -> Flow:
    """What `buyer` pays above the cost of shares: it now carries the gain that `seller` had booked. No new gain."""
    shares = f"equity:{issuer}"
    legs = (credit(Account(seller, _C.VALUATION, shares)), *_payment(buyer, seller))
    legs += (debit(Account(buyer, _C.VALUATION, shares)),)
    return Flow(name or f"sell-gain:{seller}:{buyer}:{issuer}", FlowKind.TRANSACTION, legs)


def redemption(fund: str, investor: str, name: str | None = None) -> Flow:
    """`fund` pays its `investor` out (negative: takes money in): capital goes back to whom it belongs, no income."""
    legs = (debit(Account(fund, _C.RESERVE, "redeemed")), *_payment(fund, investor))
    legs += (credit(Account(investor, _C.RESERVE, "redeemed")),)
    return Flow(name or f"redeem:{fund}:{investor}", FlowKind.TRANSACTION, legs)


def equity_method(investor: str, investee: str, name: str | None = None, *, income: str = "equity_method") -> Flow:
    """`investor` picks up its share of the profit of `investee` (negative: of its loss); `investee` books nothing."""
    carried = Account(investor, _C.VALUATION, f"equity:{investee}")
    legs = (debit(carried), credit(Account(investor, _C.INCOME, income)))
    return Flow(name or f"pick-up:{investor}:{investee}", FlowKind.ACCRUAL, legs)


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
