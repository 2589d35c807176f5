"""The records of a dossier: what may stand in its files, field by field.

Every record is frozen and refuses unknown keys. Scalars arrive as strings and are typed here, so a YAML `no`, `1e3` or
`2025-10-06` means exactly what the schema says. Amounts are USD bn unless the unit says otherwise.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError, core_schema

from ouroloop.core import Interval, PartialDate, Place


class Record(BaseModel):
    """The base of every record: frozen, no unknown keys, finite numbers."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True, use_attribute_docstrings=True
    )


def refusal(code: str, message: str) -> PydanticCustomError:
    """What a validator raises: `code` is the name under which the user finds it in docs/errors.md."""
    return PydanticCustomError(code, "{message}", {"message": message})  # pyright: ignore[reportArgumentType]


@lru_cache(maxsize=4096)
def _parse_when(text: str) -> PartialDate:
    return PartialDate.parse(text)


def _when(value: Any) -> PartialDate:
    if isinstance(value, PartialDate):
        return value
    try:
        return _parse_when(str(value))
    except ValueError as error:
        raise refusal("bad-date", str(error)) from None


def _day(value: Any) -> Any:
    """`2025-10-06` and nothing else: pydantic alone would read `0` as the first day of 1970."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise refusal("bad-date", f"'{value}' is not a day (use 2025-10-06)")
    return value


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class _PartialDateType:
    """Teaches pydantic to read a PartialDate from its text."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        read = core_schema.no_info_plain_validator_function(_when, serialization=core_schema.to_string_ser_schema())
        text = core_schema.str_schema(pattern=r"^\d{4}(-?(Q[1-4]|H[12])|-\d{2}(-\d{2})?)?$")
        return core_schema.json_or_python_schema(json_schema=text, python_schema=read)


When = Annotated[PartialDate, _PartialDateType]
Day = Annotated[date, BeforeValidator(_day)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{0,79}$")]
ConceptName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,79}$")]
"""A word of the vocabulary of figures (`operating_cash_flow`, `direct_customer_share.a`), see concepts.py."""
Line = Annotated[str, StringConstraints(min_length=1, max_length=600, strip_whitespace=True)]
Amount = Annotated[float, Field(ge=0, le=1e6)]
Number = Annotated[float, Field(ge=-1e9, le=1e9)]


def _not_before_1600(when: PartialDate) -> PartialDate:
    if when.first.year < 1600:
        raise refusal("bad-date", f"the year of '{when}' is before 1600")
    return when


Known = Annotated[When, AfterValidator(_not_before_1600)]


class Text(Record):
    """One text in the three languages of the product."""

    en: Line
    zh_hans: Line = Field(alias="zh-Hans")
    zh_hant: Line = Field(alias="zh-Hant")

    def for_language(self, language: str) -> str:
        """The text in `en`, `zh-Hans` or `zh-Hant`."""
        return {"en": self.en, "zh-Hans": self.zh_hans, "zh-Hant": self.zh_hant}[language]


class SourceClass(StrEnum):
    """How far from the event the source stands, nearest first."""

    PRIMARY = "primary"
    PRIMARY_QUOTED = "primary-quoted"
    ANALYST_ESTIMATE = "analyst-estimate"
    SECONDARY = "secondary"
    MEMORY = "memory"

    @property
    def rank(self) -> int:
        return list(SourceClass).index(self)


class Grade(StrEnum):
    """How sure we are of the row."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        return list(Grade).index(self)


class Source(Record):
    """Where a fact was read: producer, title, address; never its sentences."""

    id: Id
    title: Line
    producer: Line | None = None
    address: Line | None = None
    """A web address, or absent when none is usable."""
    locator: Line | None = None
    """Page, note, file or accession number inside the address."""
    published: When | None = None
    accessed: When | None = None
    source_class: SourceClass = Field(alias="class")
    license: Line | None = None

    @property
    def needs_primary(self) -> bool:
        """Is there no address that a reader could open? Then every use of it says "needs a primary source"."""
        return self.source_class is SourceClass.MEMORY or not (self.address or "").startswith(("https://", "http://"))


class Cite(Record):
    """A source and the place in it. Written `source-id` or `source-id#locator`."""

    source: Id
    locator: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if isinstance(value, str):
            source, _, locator = value.partition("#")
            return {"source": source, "locator": locator or None}
        return value

    def __str__(self) -> str:
        return f"{self.source}#{self.locator}" if self.locator else self.source


Cites = Annotated[tuple[Cite, ...], Field(min_length=1)]


class EntityKind(StrEnum):
    """What the entity does. The kinds after `person` are outside holders and payers of money, by class."""

    CHIP_MAKER = "chip_maker"
    CLOUD = "cloud"
    NEOCLOUD = "neocloud"
    LAB = "lab"
    SOFTWARE = "software"
    SUPPLIER = "supplier"
    SITE_OWNER = "site_owner"
    SPV = "spv"
    INVESTOR = "investor"
    AGGREGATE = "aggregate"  # a published total over several firms; never a party to a flow
    PERSON = "person"
    CUSTOMERS = "customers"
    BANK = "bank"
    BOND_MARKET = "bond_market"
    PRIVATE_CREDIT = "private_credit"
    SOVEREIGN_FUND = "sovereign_fund"
    PENSION = "pension"
    INSURER = "insurer"
    HEDGE_FUND = "hedge_fund"
    MUTUAL_FUND = "mutual_fund"
    EQUITY_INVESTORS = "equity_investors"
    HOUSEHOLD = "household"
    GOVERNMENT = "government"


class Entity(Record):
    """A firm, vehicle, group of holders or published aggregate."""

    id: Id
    names: Text
    aliases: tuple[Line, ...] = ()
    """Other names in any language. An alias may belong to two entities: asking by it then asks back."""
    kind: EntityKind
    loop: bool = False
    """Is it a member of the loop that the dossier is about?"""
    part_of: Id | None = None
    """The entity whose accounts consolidate this one (a cloud arm, say)."""
    fiscal_year_end: Annotated[str, StringConstraints(pattern=r"^\d{2}-\d{2}$")] | None = None
    ticker: Line | None = None
    cik: Annotated[str, StringConstraints(pattern=r"^\d{10}$")] | None = None
    core_business_pays: bool | None = None
    """Does a profitable core business pay for the AI build-out? Absent where nobody has said."""
    unexplained_revenue: Literal["customers", "unknown"] = "unknown"
    """Who is taken to pay the revenue that no deal or figure explains. `customers` needs `unexplained_why`."""
    unexplained_why: Line | None = None
    note: Line | None = None

    @model_validator(mode="after")
    def _reason_given(self) -> Self:
        if self.unexplained_revenue == "customers" and not self.unexplained_why:
            raise refusal(
                "missing-reason", "'unexplained_revenue: customers' is an assumption; say why in unexplained_why"
            )
        return self


class Instrument(StrEnum):
    """What kind of bargain it is."""

    EQUITY = "equity"
    BOND = "bond"
    LOAN = "loan"
    VENDOR_LOAN = "vendor_loan"
    CONVERTIBLE = "convertible"
    COMPUTE_CREDIT = "compute_credit"
    WARRANT = "warrant"
    ACQUISITION = "acquisition"
    PURCHASE = "purchase"
    LEASE = "lease"
    CAPEX = "capex"
    PAYMENT = "payment"
    GUARANTEE = "guarantee"
    AMENDMENT = "amendment"
    OTHER = "other"

    @property
    def side(self) -> Literal["funding", "trade", "contingent", "none"]:
        """Does it fund the payee, buy from the payee, promise money only in a bad state, or move none?"""
        if self in _FUNDING:
            return "funding"
        if self in _TRADE:
            return "trade"
        return "contingent" if self in (Instrument.GUARANTEE, Instrument.WARRANT) else "none"


_FUNDING = frozenset(
    {
        Instrument.EQUITY,
        Instrument.BOND,
        Instrument.LOAN,
        Instrument.VENDOR_LOAN,
        Instrument.CONVERTIBLE,
        Instrument.COMPUTE_CREDIT,
    }
)
_TRADE = frozenset({Instrument.PURCHASE, Instrument.LEASE, Instrument.CAPEX, Instrument.PAYMENT})


class Status(StrEnum):
    """The steps of a deal's life."""

    RUMORED = "rumored"
    REPORTED = "reported"
    ANNOUNCED = "announced"
    LETTER = "letter"
    SIGNED = "signed"
    FUNDED = "funded"
    AMENDED = "amended"  # terms changed; binding as before
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class StatusStep(Record):
    """One step: what the deal became, when that took effect, and when it became known."""

    status: Status = Field(alias="is")
    effective: Known | None = None
    known: Known
    why: Line | None = None
    sources: tuple[Cite, ...] = ()


class Schedule(Record):
    """When the money moves. Evenly over the days from the first day of `start` to the last day of `end`."""

    start: When
    end: When | None = None
    basis: Literal["reported", "assumed"] = "assumed"

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.last < self.first:
            raise refusal("bad-order", f"the schedule ends ({self.end}) before it starts ({self.start})")
        if (self.last - self.first).days > 366 * 60:
            raise refusal("bad-order", "a schedule may last at most 60 years")
        return self

    @property
    def first(self) -> date:
        return self.start.first

    @property
    def last(self) -> date:
        return (self.end or self.start).last


class Tranche(Record):
    """A part of a deal with its own amount, milestone, schedule and status path."""

    id: Id
    low: Amount | None = None
    """What binds or was paid (USD bn); absent with `high` when nothing was disclosed."""
    high: Amount | None = None
    """The headline (USD bn); absent with `low` given means "at least"."""
    condition: Line | None = None
    """The milestone, option or right that stands between signature and money."""
    schedule: Schedule | None = None
    status: tuple[StatusStep, ...] = ()
    """Its own path; without one the deal's path holds."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low is None and self.high is not None:
            raise refusal("bad-amount", "high without low: write low: 0 when nothing binds")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise refusal("bad-amount", f"low {self.low:g} is above high {self.high:g}")
        return self

    @property
    def amount(self) -> Interval | None:
        """The amount in USD bn, open above for "at least"; None when not disclosed."""
        if self.low is None:
            return None
        return Interval(self.low, float("inf") if self.high is None else self.high)


class Overlap(Record):
    """This deal shares money with others of the group: count the group once.

    `total` contains the parts; `part` is inside the total; `alternative` is another account of the same money, of
    which one is picked.
    """

    group: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$", max_length=60)]
    role: Literal["total", "part", "alternative"]


class Deal(Record):
    """A bargain between two parties. `from` pays, lends, leases in or guarantees; `to` receives."""

    id: Id
    payer: Id = Field(alias="from")
    payee: Id = Field(alias="to")
    instrument: Instrument
    in_kind: Literal["compute_credit", "shares", "chips", "capacity", "rights"] | None = None
    """What moves instead of cash; absent for cash."""
    payer_books: Literal["expense", "asset"] | None = None
    """How the payer of a trade books it; absent: an asset for capex, else an expense."""
    known: Known
    status: Annotated[tuple[StatusStep, ...], Field(min_length=1)]
    tranches: Annotated[tuple[Tranche, ...], Field(min_length=1)]
    terms: Line | None = None
    overlap: Overlap | None = None
    link: Id | None = None
    """The circular bargain that this deal is one leg of."""
    amends: Id | None = None
    """The earlier deal that this one replaces or changes."""
    disputed: Line | None = None
    """What the sources disagree about, where they do."""
    confidence: Grade
    sources: Cites
    place: Annotated[Place, Field(exclude=True, repr=False)]

    @model_validator(mode="before")
    @classmethod
    def _one_tranche(cls, value: Any) -> Any:
        """A deal in one piece may write its tranche's fields directly."""
        if isinstance(value, dict) and "tranches" not in value:
            own = ("low", "high", "condition", "schedule")
            whole = {key: value[key] for key in own if key in value}
            rest = {key: item for key, item in value.items() if key not in own}
            return rest | {"tranches": ({"id": "whole"} | whole,)}
        return value


Unit = Literal["usd_bn", "jpy_bn", "twd_bn", "shares_bn", "pct", "x", "years", "gw"]
Basis = Literal["reported", "quoted", "derived", "estimated", "guidance", "forecast"]


class Figure(Record):
    """A published number of one entity for one period or date.

    In the files figures stand in series that share concept, unit and source; reading flattens them to this record.
    """

    entity: Id
    concept: ConceptName
    counterparty: Id | None = None
    start: Day | None = None
    """First day of the period; absent for a value at a date."""
    end: Day
    value: Number
    unit: Unit = "usd_bn"
    known: Known
    known_basis: Literal["reported", "assumed"] = "reported"
    """`assumed`: the publication day was not recorded, a cautious late date stands in."""
    cite: Cite
    basis: Basis = "reported"
    grade: Grade = Grade.MEDIUM
    tag: Line | None = None
    """The us-gaap or other taxonomy element, where known."""
    note: Line | None = None
    place: Annotated[Place, Field(exclude=True, repr=False)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start and self.start > self.end:
            raise refusal("bad-order", f"the period ends ({self.end}) before it starts ({self.start})")
        return self

    @property
    def days(self) -> int:
        """Length of the period in days; 0 at a date."""
        return (self.end - self.start + timedelta(days=1)).days if self.start else 0


def _period(value: Any) -> Any:
    """`2025-01-01/2025-12-31` as a pair of days."""
    if isinstance(value, str):
        start, slash, end = value.partition("/")
        if not slash:
            raise refusal("bad-date", f"'{value}' is not a period (use 2025-01-01/2025-12-31)")
        return (start, end)
    return value


class SeriesValue(Record):
    """One row of a series. Exactly one of `at` and `period`; other fields override the series'."""

    at: Day | None = None
    period: Annotated[tuple[Day, Day], BeforeValidator(_period)] | None = None
    value: Number
    known: Known
    known_basis: Literal["reported", "assumed"] = "reported"
    cite: Cite | None = None
    basis: Basis | None = None
    grade: Grade | None = None
    tag: Line | None = None
    note: Line | None = None

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        if (self.at is None) == (self.period is None):
            raise refusal("one-of", "give exactly one of 'at' (a date) and 'period' (start/end)")
        return self


class Series(Record):
    """Figures of one concept that share what is written here once."""

    concept: ConceptName
    counterparty: Id | None = None
    unit: Unit = "usd_bn"
    cite: Cite | None = None
    basis: Basis = "reported"
    grade: Grade = Grade.MEDIUM
    tag: Line | None = None
    note: Line | None = None
    values: Annotated[tuple[SeriesValue, ...], Field(min_length=1)]


class FigureFile(Record):
    """A file of `figures/`: the series of one entity."""

    entity: Id
    series: Annotated[tuple[Series, ...], Field(min_length=1)]


class Quote(Record):
    """A credit default swap spread as quoted on a day."""

    entity: Id
    on: When
    known: Known
    tenor_years: Annotated[float, Field(gt=0, le=30)]
    spread_bp: Annotated[float, Field(ge=0, le=100_000)]
    grade: Grade
    cite: Cite
    note: Line | None = None


class UsefulLife(Record):
    """A change of the life over which an asset is depreciated."""

    entity: Id | None = None
    """Absent when the row is an outside estimate of economic life; then `estimate_by` names whose."""
    estimate_by: Line | None = None
    asset: Line
    effective: When | None = None
    known: Known
    known_basis: Literal["reported", "assumed"] = "reported"
    from_years: Annotated[float, Field(gt=0, le=60)] | None = None
    to_years: Annotated[float, Field(gt=0, le=60)]
    to_years_high: Annotated[float, Field(gt=0, le=60)] | None = None
    """Upper end where the source gives a range."""
    profit_effect_usd_bn: Number | None = None
    grade: Grade
    cite: Cite
    note: Line | None = None

    @model_validator(mode="after")
    def _someone(self) -> Self:
        if (self.entity is None) == (self.estimate_by is None):
            raise refusal("one-of", "give exactly one of 'entity' and 'estimate_by'")
        return self


class Event(Record):
    """A dated turning point."""

    on: When
    known: Known
    title: Text
    entities: tuple[Id, ...] = ()
    grade: Grade
    sources: Cites


class Article(Record):
    """One of the articles whose claims the dossier examines."""

    id: Id
    title: Text
    address: Line | None = None
    published: When | None = None

    @property
    def needs_primary(self) -> bool:
        return not (self.address or "").startswith(("https://", "http://"))


class Verdict(StrEnum):
    """What was found. `untested`: a mechanism, forecast or opinion that no published fact can confirm."""

    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    UNSUPPORTED = "unsupported"
    UNTESTED = "untested"


class Claim(Record):
    """What an article says, in our words, beside what was found."""

    id: Id
    article: Id
    says: Text
    found: Verdict
    finding: Text | None = None
    """Absent only for `untested`."""
    known: Known
    """When the finding could have been made."""
    entities: tuple[Id, ...] = ()
    deals: tuple[Id, ...] = ()
    sources: tuple[Cite, ...] = ()

    @model_validator(mode="after")
    def _finding_given(self) -> Self:
        if self.found is not Verdict.UNTESTED and self.finding is None:
            raise refusal("missing-reason", f"a claim found {self.found} needs a finding")
        return self


class Basket(Record):
    """A named set of deals whose headline is followed down to what is firm and what was paid."""

    id: Id
    title: Text
    deals: Annotated[tuple[Id, ...], Field(min_length=1)]
    note: Line | None = None


class Header(Record):
    """The file `dossier.yaml`: what this dossier is about."""

    id: Id
    title: Text
    about: Text
    as_of: Day
    """The last day whose facts were collected."""
    first_quarter: Annotated[str, StringConstraints(pattern=r"^\d{4}-Q[1-4]$")]
    """Where the books start."""
    stylized: bool = False
    """True for a thought experiment: its amounts are units, not facts."""
    articles: tuple[Article, ...] = ()
    baskets: tuple[Basket, ...] = ()
    license: Line
