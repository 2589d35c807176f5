"""The vocabulary of figures: what each concept means, how it is measured and which taxonomy elements report it.

A figure names one of these concepts. A name with a dot is a member of a family, `direct_customer_share.a` of
`direct_customer_share.*`. Elements of us-gaap are listed broadest use first; two elements under one concept may differ
in scope, so a figure keeps the one that it was filed under as its `tag`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["stock", "flow", "ratio"]
Statement = Literal["balance", "income", "cash_flow", "commitment", "market", "operating"]
Role = Literal["assets", "liabilities", "equity", "total"]

_MONEY = ("usd_bn", "jpy_bn", "twd_bn")


@dataclass(frozen=True, slots=True)
class Concept:
    """One word of the vocabulary.

    `kind`: a stock is a value at a date, a flow belongs to a period, a ratio may be either. `role`: the side of the
    balance sheet that the line is part of, `total` for the totals themselves, None for anything else and for lines that
    repeat or subdivide another (`goodwill` is inside `goodwill_intangibles`). The lines of a side, with the residual
    `other_assets` or `other_liabilities`, add up to its total; the note of the residual names the lines that were on
    file, and a stand-in where one was not (`ppe_net_incl_rou`). `family` is true for a name with members after a dot.
    """

    name: str
    title: str
    kind: Kind
    statement: Statement
    units: tuple[str, ...] = _MONEY
    us_gaap: tuple[str, ...] = ()
    role: Role | None = None
    family: bool = False

    @property
    def unit(self) -> str:
        """The unit to write where the source leaves a choice."""
        return self.units[0]


def _stocks() -> Iterator[Concept]:
    def line(name: str, title: str, *us_gaap: str, role: Role | None = None) -> Concept:
        return Concept(name, title, "stock", "balance", us_gaap=us_gaap, role=role)

    yield line("total_assets", "Total assets", "Assets", role="total")
    yield line("total_current_assets", "Total current assets", "AssetsCurrent")
    yield line("cash", "Cash and cash equivalents", "CashAndCashEquivalentsAtCarryingValue", role="assets")
    yield line("restricted_cash", "Restricted cash", "RestrictedCash")
    yield line("restricted_cash_current", "Restricted cash, current part", "RestrictedCashCurrent")
    yield line("cash_vendor", "Cash as a data vendor shows it, at times with restricted cash")
    yield line("cash_equivalents_part", "Cash equivalents in the fair-value table, part of cash")
    yield line("cash_and_short_term_investments", "Cash and short-term investments")
    yield line("cash_and_marketable_securities_fair_value", "Cash and marketable securities at fair value")
    yield line("bank_deposits", "Bank deposits")
    yield line(
        "short_term_investments",
        "Short-term investments and current marketable securities",
        "MarketableSecuritiesCurrent",
        "ShortTermInvestments",
        "DebtSecuritiesCurrent",
        "AvailableForSaleSecuritiesDebtSecuritiesCurrent",
        role="assets",
    )
    yield line("marketable_securities_total", "Marketable securities, current and non-current")
    yield line("receivables", "Accounts receivable", "AccountsReceivableNetCurrent", role="assets")
    yield line("inventory", "Inventories", "InventoryNet", role="assets")
    yield line("prepaid_and_other_current", "Prepaid expenses and other current assets")
    yield line("contract_costs", "Costs of obtaining and fulfilling contracts")
    yield line(
        "ppe_net",
        "Property, plant and equipment, net",
        "PropertyPlantAndEquipmentNet",
        "PropertyPlantAndEquipmentAndFinanceLeaseRightOfUseAssetAfterAccumulatedDepreciationAndAmortization",
        role="assets",
    )
    yield line("ppe_net_incl_rou", "Property and equipment with operating-lease right-of-use assets")
    yield line("ppe_net_incl_rou_vendor", "Property and equipment with right-of-use assets, as a data vendor shows it")
    yield line(
        "accumulated_depreciation",
        "Accumulated depreciation of property and equipment",
        "AccumulatedDepreciationDepletionAndAmortizationPropertyPlantAndEquipment",
        "PropertyPlantAndEquipmentAndFinanceLeaseRightOfUseAssetAccumulatedDepreciationAndAmortization",
    )
    yield line(
        "operating_lease_rou", "Operating-lease right-of-use assets", "OperatingLeaseRightOfUseAsset", role="assets"
    )
    yield line(
        "equity_and_other_investments", "Equity and other long-term investments", "LongTermInvestments", role="assets"
    )
    yield line("equity_method_investments", "Investments under the equity method", "EquityMethodInvestments")
    yield line("marketable_equity_securities", "Marketable equity securities", "EquitySecuritiesFvNi")
    yield line(
        "non_marketable_equity_securities",
        "Non-marketable equity securities",
        "EquitySecuritiesWithoutReadilyDeterminableFairValueAmount",
    )
    yield line(
        "non_marketable_securities_line", "Balance-sheet line of non-marketable securities", "OtherLongTermInvestments"
    )
    yield line("investment_securities", "Investment securities")
    yield line("svf_investments_fvtpl", "Investments of the SoftBank Vision Funds at fair value")
    yield line("goodwill_intangibles", "Goodwill and intangible assets", role="assets")
    yield line("goodwill", "Goodwill", "Goodwill")
    yield line(
        "intangibles",
        "Intangible assets other than goodwill",
        "IntangibleAssetsNetExcludingGoodwill",
        "FiniteLivedIntangibleAssetsNet",
    )
    yield line("deferred_tax_assets", "Deferred tax assets", "DeferredIncomeTaxAssetsNet")
    yield line("derivative_assets_current", "Derivative assets, current")
    yield line("derivative_assets_noncurrent", "Derivative assets, non-current")
    yield line("other_financial_assets_current", "Other financial assets, current")
    yield line("other_financial_assets_noncurrent", "Other financial assets, non-current")
    yield line("other_current_assets_line", "Other current assets, the line as reported")
    yield line("other_noncurrent_assets_line", "Other non-current assets, the line as reported")
    yield line("other_assets_line", "Other assets, the line as reported")
    yield line("other_assets", "Other assets, the residual over the lines on file", role="assets")

    yield line("total_liabilities", "Total liabilities", "Liabilities", role="total")
    yield line("total_current_liabilities", "Total current liabilities", "LiabilitiesCurrent")
    yield line(
        "accounts_payable",
        "Accounts payable",
        "AccountsPayableCurrent",
        "AccountsPayableTradeCurrent",
        role="liabilities",
    )
    yield line("accrued_and_other_current", "Accrued and other current liabilities", "AccruedLiabilitiesCurrent")
    yield line("short_term_debt", "Debt due within a year, with commercial paper", "DebtCurrent", role="liabilities")
    yield line("short_term_borrowings", "Short-term borrowings other than the current part of long-term debt")
    yield line("commercial_paper", "Commercial paper", "CommercialPaper")
    yield line(
        "long_term_debt_current_portion",
        "Long-term debt due within a year",
        "LongTermDebtCurrent",
        "NotesPayableCurrent",
        "ShortTermBorrowings",
    )
    yield line(
        "long_term_debt",
        "Long-term debt, non-current part",
        "LongTermDebtNoncurrent",
        "LongTermNotesAndLoans",
        role="liabilities",
    )
    yield line(
        "long_term_debt_total",
        "Long-term debt with its current part",
        "LongTermDebt",
        "DebtInstrumentCarryingAmount",
    )
    yield line("debt_total_carrying", "Notes payable and other borrowings, carrying amount in total")
    yield line("debt_principal", "Debt principal outstanding")
    yield line("total_debt", "Total debt, definition not recorded")
    yield line("total_debt_vendor", "Total debt as a data vendor shows it, in some years with leases")
    yield line("total_debt_incl_leases", "Total debt with leases")
    yield line("debt_plus_finance_leases", "Debt with finance leases")
    yield line(
        "operating_lease_liabilities", "Operating-lease liabilities", "OperatingLeaseLiability", role="liabilities"
    )
    yield line(
        "operating_lease_liabilities_current", "Operating-lease liabilities, current", "OperatingLeaseLiabilityCurrent"
    )
    yield line(
        "operating_lease_liabilities_noncurrent",
        "Operating-lease liabilities, non-current",
        "OperatingLeaseLiabilityNoncurrent",
    )
    yield line("finance_lease_liabilities", "Finance-lease liabilities", "FinanceLeaseLiability", role="liabilities")
    yield line(
        "finance_lease_liabilities_current", "Finance-lease liabilities, current", "FinanceLeaseLiabilityCurrent"
    )
    yield line("lease_liabilities_current", "Lease liabilities of both kinds, current")
    yield line("lease_liabilities_upper_bound", "Lease liabilities, an upper bound")
    yield line("operating_lease_undiscounted", "Operating-lease payments, undiscounted")
    yield line("deferred_revenue", "Deferred revenue", "ContractWithCustomerLiability", role="liabilities")
    yield line("deferred_revenue_current", "Deferred revenue, current", "ContractWithCustomerLiabilityCurrent")
    yield line(
        "deferred_revenue_noncurrent", "Deferred revenue, non-current", "ContractWithCustomerLiabilityNoncurrent"
    )
    yield line("income_taxes_payable_noncurrent", "Income taxes payable, non-current", "AccruedIncomeTaxesNoncurrent")
    yield line("deferred_tax_liabilities", "Deferred tax liabilities", "DeferredIncomeTaxLiabilitiesNet")
    yield line("derivative_liabilities_current", "Derivative liabilities, current")
    yield line("other_current_liabilities_line", "Other current liabilities, the line as reported")
    yield line("other_noncurrent_liabilities_line", "Other non-current liabilities, the line as reported")
    yield line("other_liabilities", "Other liabilities, the residual over the lines on file", role="liabilities")

    yield line("stockholders_equity", "Equity of the stockholders", "StockholdersEquity", role="equity")
    yield line("noncontrolling_interest", "Non-controlling interests", "MinorityInterest", role="equity")
    yield line(
        "total_equity_incl_nci",
        "Equity with non-controlling interests",
        "StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest",
        role="total",
    )
    yield line("preferred_stock_mandatory_convertible", "Mandatory convertible preferred stock, inside equity")


def _flows() -> Iterator[Concept]:
    def income(name: str, title: str, *us_gaap: str) -> Concept:
        return Concept(name, title, "flow", "income", us_gaap=us_gaap)

    def cash(name: str, title: str, *us_gaap: str, family: bool = False) -> Concept:
        return Concept(name, title, "flow", "cash_flow", us_gaap=us_gaap, family=family)

    yield income("revenue", "Revenue", "Revenues", "RevenueFromContractWithCustomerExcludingAssessedTax")
    yield income("cost_of_revenue", "Cost of revenue", "CostOfRevenue", "CostOfGoodsAndServicesSold")
    yield income("r_and_d", "Research and development expense", "ResearchAndDevelopmentExpense")
    yield income("sales_and_marketing", "Sales and marketing expense", "SellingAndMarketingExpense")
    yield income("total_costs", "Total costs and expenses", "CostsAndExpenses")
    yield income("operating_income", "Operating income, negative for a loss", "OperatingIncomeLoss")
    yield income(
        "interest_expense", "Interest expense", "InterestExpense", "InterestExpenseNonoperating", "InterestExpenseDebt"
    )
    yield income("net_interest_expense", "Interest expense less interest income")
    yield income("gains_on_equity_securities", "Gains on equity securities", "EquitySecuritiesFvNiGainLoss")
    yield income("unrealized_gain_on_stake", "Unrealized gain on the stake in a counterparty")
    yield income("fair_value_charge", "Non-cash charge from a change of fair value")
    yield income("other_income_net", "Other income, net", "OtherNonoperatingIncomeExpense")
    yield income("net_income", "Net income attributable to the stockholders, negative for a loss", "NetIncomeLoss")
    yield income("depreciation", "Depreciation of property and equipment", "Depreciation")
    yield income("depreciation_amortization", "Depreciation and amortization", "DepreciationDepletionAndAmortization")
    yield income("amortization_intangibles", "Amortization of intangible assets", "AmortizationOfIntangibleAssets")
    yield income("stock_comp", "Stock-based compensation", "ShareBasedCompensation")

    yield cash(
        "operating_cash_flow", "Net cash from operating activities", "NetCashProvidedByUsedInOperatingActivities"
    )
    yield cash("customer_prepayments_financing", "Customer prepayments with a financing component")
    yield cash(
        "capex_cash_ppe",
        "Cash paid for property and equipment",
        "PaymentsToAcquirePropertyPlantAndEquipment",
        "PaymentsToAcquireProductiveAssets",
    )
    yield cash("capex", "Capital expenditure, definition not recorded")
    yield cash("capex_incl_finance_leases", "Capital expenditure with assets under finance leases")
    yield cash("capex_guidance", "Guidance for capital expenditure, a point or its low and high end", family=True)
    yield cash(
        "unpaid_capex_noncash",
        "Property and equipment bought and not yet paid",
        "CapitalExpendituresIncurredButNotYetPaid",
    )
    yield cash("free_cash_flow", "Operating cash flow less capital expenditure")
    yield cash("free_operating_cash_flow", "Free operating cash flow on the definition of a rating agency")
    yield cash("cash_burn", "Cash used up, a positive number")
    yield cash(
        "debt_issued",
        "Proceeds of debt issued",
        "ProceedsFromIssuanceOfLongTermDebt",
        "ProceedsFromDebtNetOfIssuanceCosts",
    )
    yield cash(
        "debt_repaid",
        "Repayments of debt, a positive number",
        "RepaymentsOfDebt",
        "RepaymentsOfLongTermDebt",
        "RepaymentsOfDebtAndCapitalLeaseObligations",
    )
    yield cash("net_debt_issuance", "Debt issued less debt repaid, as a data vendor shows it")
    yield cash("bond_issuance", "Bonds issued")
    yield cash("equity_issued_atm", "Proceeds of shares sold at the market")
    yield cash("equity_investments_purchased", "Purchases of equity investments")
    yield cash("equity_investments_sold", "Proceeds of equity investments sold")
    yield cash("acquisition_outflow", "Cash paid for one acquisition", family=True)
    yield cash("buybacks", "Shares bought back, a positive number", "PaymentsForRepurchaseOfCommonStock")
    yield cash(
        "dividends", "Dividends paid, a positive number", "PaymentsOfDividends", "PaymentsOfDividendsCommonStock"
    )
    yield cash("debt_maturing_in_year", "Debt principal that falls due in the period")


def _the_rest() -> Iterator[Concept]:
    def promise(name: str, title: str, *us_gaap: str, family: bool = False) -> Concept:
        return Concept(name, title, "stock", "commitment", us_gaap=us_gaap, family=family)

    def operating(
        name: str, title: str, kind: Kind = "flow", units: tuple[str, ...] = _MONEY, family: bool = False
    ) -> Concept:
        return Concept(name, title, kind, "operating", units=units, family=family)

    yield promise(
        "purchase_commitments",
        "Purchase and supply commitments",
        "PurchaseObligation",
        "UnrecordedUnconditionalPurchaseObligationBalanceSheetAmount",
        "OtherCommitment",
    )
    yield promise("stated_compute_commitments", "Compute commitments as the company states them, binding or not")
    yield promise("uncommenced_leases", "Leases signed and not commenced, undiscounted")
    yield promise("future_lease_commitments", "Future lease commitments in total")
    yield promise("guarantee_max_exposure", "Guarantees given, maximum exposure", "GuaranteeObligationsMaximumExposure")
    yield promise("residual_value_guarantee", "Residual value guaranteed to a lessor")
    yield promise("vie_max_exposure", "Maximum exposure to loss from an entity not consolidated")
    yield promise(
        "remaining_performance_obligations",
        "Contracted revenue not yet recognized, in total or of one segment",
        "RevenueRemainingPerformanceObligation",
        family=True,
    )
    yield promise("revenue_backlog", "Revenue backlog on the company's own definition")

    yield operating("annualized_revenue", "Revenue run rate for a year", "stock")
    yield operating("end_user_ai_sales", "Sales of AI to end users, counted once")
    yield operating("data_center_revenue", "Revenue from data centers")
    yield operating("data_center_hyperscale_revenue", "Revenue from data centers of hyperscale customers")
    yield operating("data_center_other_revenue", "Revenue from data centers of AI clouds, industry and enterprises")
    yield operating("compute_spend", "Spending on compute and infrastructure")
    yield operating("paid_to_counterparty", "Paid to a counterparty")
    yield operating("revenue_from_counterparty", "Revenue from a counterparty")
    yield operating("share_of_revenue", "Share of revenue from a counterparty", "ratio", ("pct",))
    yield operating(
        "direct_customer_share", "Share of revenue from one unnamed direct customer", "ratio", ("pct",), True
    )
    yield operating(
        "related_party_share_of_cost_of_revenue", "Share of the cost of revenue with related parties", "ratio", ("pct",)
    )
    yield operating("top2_share_of_revenue", "Share of revenue from the two largest customers", "ratio", ("pct",))
    yield operating(
        "top5_share_of_receivables", "Share of receivables from the five largest customers", "ratio", ("pct",)
    )
    yield operating("equity_investments_announced", "Equity investments announced")
    yield operating("equity_investment", "Carrying value of one equity investment", "stock", family=True)
    yield operating("debt_to_equity", "Debt divided by equity", "ratio", ("x",))
    yield operating("debt_issuance_over_capex", "Debt issued as a share of capital expenditure", "ratio", ("pct",))

    yield Concept(
        "insider_sales", "Shares sold by founders, executives and first backers, as far as told", "flow", "market"
    )
    yield Concept("market_cap", "Market value of the shares", "stock", "market")
    yield Concept("valuation", "Valuation in a funding round or sale of shares", "stock", "market")
    yield Concept("net_asset_value", "Net asset value on the company's own definition", "stock", "market")
    yield Concept("securities_outstanding", "Securities outstanding", "stock", "market")
    yield Concept(
        "shares_outstanding",
        "Shares outstanding",
        "stock",
        "market",
        ("shares_bn",),
        ("CommonStockSharesOutstanding",),
    )


class Vocabulary(Mapping[str, Concept]):
    """Concepts by name. A member of a family finds its family; only the defined names are listed and counted.

    >>> CONCEPTS["direct_customer_share.a"].name
    'direct_customer_share'
    >>> "revenue.a" in CONCEPTS
    False
    """

    def __init__(self, concepts: Iterable[Concept]) -> None:
        listed = tuple(concepts)
        self._by_name = {concept.name: concept for concept in listed}
        assert len(self._by_name) == len(listed), "a concept is defined twice"

    def __getitem__(self, name: str) -> Concept:
        found = self._by_name.get(name)
        if found is not None:
            return found
        stem, _, member = name.partition(".")
        family = self._by_name.get(stem)
        if family is None or not family.family or not member:
            raise KeyError(name)
        return family

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)


CONCEPTS: Mapping[str, Concept] = Vocabulary([*_stocks(), *_flows(), *_the_rest()])
"""Every concept by its name."""


def concept(name: str) -> Concept | None:
    """Which concept does a figure's name stand for? None for a word outside the vocabulary."""
    return CONCEPTS.get(name)
