"""Who holds whose shares: what they are carried at, who may have to sell them, and on whose credit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ouroloop.economy.numbering import Numbering, Rows
from ouroloop.instruments.margin_loan import margin_claim
from ouroloop.ledger import Account, AccountClass, Books
from ouroloop.ledger.incidence import Incidence


@dataclass(frozen=True, eq=False)
class Holdings(Numbering):
    """Rows and sums over shares held, by pairs of `closing.revalued` and of `share_sales`."""

    @cached_property
    def revalued_issuer(self) -> Rows:
        return self.rows(issuer for _, issuer in self.closing.revalued)

    @cached_property
    def share_issuer(self) -> Rows:
        return self.rows(issuer for _, issuer in self.receipts.shares)

    @cached_property
    def funds(self) -> tuple[str, ...]:
        """Who holds shares on credit or for investors who may leave: the axis `fund`."""
        return tuple(dict.fromkeys(fund for fund, _ in self.share_sales.pairs))

    @cached_property
    def sale_fund(self) -> Rows:
        """The fund of each pair of `share_sales`, on the axis `fund`."""
        return self._on(self.funds, (fund for fund, _ in self.share_sales.pairs))

    @cached_property
    def sale_issuer(self) -> Rows:
        return self.rows(issuer for _, issuer in self.share_sales.pairs)

    @cached_property
    def margin_fund(self) -> Rows:
        return self._on(self.funds, (fund for fund, _ in self.margin.pairs))

    @cached_property
    def redemption_fund(self) -> Rows:
        return self._on(self.funds, (fund for fund, _ in self.redemptions.pairs))

    @cached_property
    def levered(self) -> np.ndarray:
        """[fund]: does it owe a broker?"""
        return np.isin(np.arange(len(self.funds)), self.margin_fund)

    @cached_property
    def sales_by_fund(self) -> Incidence:
        return self._adding(self.sale_fund, len(self.funds))

    @cached_property
    def sales_by_issuer(self) -> Incidence:
        return self._adding(self.sale_issuer)

    def quoted(self, values: Float[Array, "member path"]) -> Float[Array, " path"]:
        """What stands by member, summed over those whose shares are quoted."""
        return jnp.where(jnp.asarray(self.listed)[:, None], values, 0.0).sum(axis=0)

    def _carried(self, pairs: Sequence[tuple[str, str]], *kinds: AccountClass) -> Incidence:
        """What stands on these kinds of accounts for shares, by pair (holder, issuer)."""
        accounts, number = self.ledger.accounts, self.ledger.chart.account_number
        matrix = np.zeros((len(pairs), len(accounts)), np.int64)
        for row, (holder, issuer) in enumerate(pairs):
            for kind in kinds:
                account = Account(holder, kind, f"equity:{issuer}")
                if account in number:
                    matrix[row, number[account]] = 1
        return Incidence(matrix)

    @cached_property
    def _held(self) -> Incidence:
        """What each pair of `closing.revalued` carries, cost and change of value, by pair."""
        return self._carried(self.closing.revalued, AccountClass.ASSET, AccountClass.VALUATION)

    def held(self, books: Books) -> Float[Array, "pair path"]:
        """At what does each holder carry each issuer's shares, by pairs of `closing.revalued`? USD bn."""
        return self._held @ books.balances

    @cached_property
    def _traded(self) -> Incidence:
        """What the two sides of each pair of `share_sales` carry: funds' cost and gain, then the investor's."""
        other = [(self.share_sales.investor, issuer) for _, issuer in self.share_sales.pairs]
        kinds = AccountClass.ASSET, AccountClass.VALUATION
        parts = [self._carried(side, kind).matrix for side in (self.share_sales.pairs, other) for kind in kinds]
        return Incidence(np.concatenate(parts))

    def traded(self, books: Books) -> tuple[Array, Array, Array, Array]:
        """Shares by pair of `share_sales`, USD bn: cost and gain in the fund's books, then in the investor's."""
        cost, gain, other_cost, other_gain = jnp.split(self._traded @ books.balances, 4)
        return cost, gain, other_cost, other_gain

    @cached_property
    def _margin(self) -> Incidence:
        number = self.ledger.chart.account_number
        matrix = np.zeros((len(self.funds), len(self.ledger.accounts)), np.int64)
        for fund, row in zip((fund for fund, _ in self.margin.pairs), self.margin_fund, strict=True):
            matrix[row, number[Account(fund, AccountClass.LIABILITY, margin_claim(fund))]] = -1
        return Incidence(matrix)

    def margin_debt(self, books: Books) -> Float[Array, "fund path"]:
        """What does each fund owe its broker? USD bn."""
        return self._margin @ books.balances

    @cached_property
    def _valuations(self) -> Incidence:
        all_of_them = [[int(a.account_class is AccountClass.VALUATION) for a in self.ledger.accounts]]
        return Incidence(np.array(all_of_them, np.int64))

    def paper_wealth(self, books: Books) -> Float[Array, " path"]:
        """How far above cost does everybody carry shares, outside holders included? USD bn."""
        return (self._valuations @ books.balances)[0]
