"""The forms of questions that are understood: one table, each form with its verb and an example."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Keys = dict[str, Any]

_PERCENT = r"(?P<share>\d+(?:\.\d+)?)\s*(?:%|percent|per\s+cent)"
_PERCENT_ZH = r"(?P<share>\d+(?:\.\d+)?)\s*%"
_NUMBER = r"\d+(?:\.\d+)?"
_NOT_PAY = (
    r"(?:stops?\s+paying|(?:can\s?not|can't|could\s+not|does\s+not|doesn't|will\s+not|won't|no\s+longer)\s+pays?)"
)
_FALL = r"(?:falls?|drops?|declines?|shrinks?|sinks?|(?:is|are)\s+cut)(?:\s+by)?"

_CUSTOMERS = {"consumer": "consumers", "business": "businesses", "advertiser": "advertisers"}
"""Customers by the word that stands before demand; in the plural the word is theirs already."""
_LENDERS = {
    "banks": "bank",
    "bond market": "bond_market",
    "bond markets": "bond_market",
    "bond investors": "bond_market",
    "private credit": "private_credit",
    "private lenders": "private_credit",
    "sovereign funds": "sovereign_fund",
    "insurers": "insurer",
    "银行": "bank",
    "銀行": "bank",
    "债券市场": "bond_market",
    "債券市場": "bond_market",
    "私人信贷": "private_credit",
    "私人信貸": "private_credit",
    "保险公司": "insurer",
    "保險公司": "insurer",
}
_TIMES = {"doubles": "2", "triples": "3"}


@dataclass(frozen=True, slots=True)
class Form:
    """A way to ask for a shock. `make`: from what stands in the named places to the keys of the verb."""

    verb: str
    example: str
    pattern: re.Pattern[str]
    make: Callable[[Mapping[str, str]], Keys]

    def keys(self, text: str) -> Keys | None:
        """The keys that a clause without its time says, or None when it has another form."""
        match = self.pattern.fullmatch(text)
        return None if match is None else self.make({k: v.strip() for k, v in match.groupdict().items() if v})


def _plain(said: Mapping[str, str]) -> Keys:
    """Names as they stand; a percentage as a share."""
    keys: Keys = dict(said)
    if "share" in keys:
        keys["share"] = str(float(said["share"]) / 100)
    return {"from" if key == "payer" else "to" if key == "payee" else key: value for key, value in keys.items()}


def _of_customers(said: Mapping[str, str]) -> Keys:
    keys = _plain(said)
    if "sector" in keys:
        word = said["sector"].casefold()
        keys["sector"] = _CUSTOMERS.get(word, word)
    return keys


def _of_lenders(said: Mapping[str, str]) -> Keys:
    return {"lenders": [_LENDERS[said["lenders"].casefold()]]} if "lenders" in said else {}


def _of_debtors(said: Mapping[str, str]) -> Keys:
    keys = _plain(said)
    keys["guarantor"] = "us-government"
    keys["debtors"] = [
        name.strip() for name in re.split(r"\s+and\s+|[,，、]|和|与|與", said["debtors"]) if name.strip()
    ]
    return keys


def _of_delay(said: Mapping[str, str]) -> Keys:
    years = said["unit"].casefold().startswith("year") or said["unit"] == "年"
    return {"quarters": str(float(said["count"]) * (4 if years else 1))}


def _of_times(said: Mapping[str, str]) -> Keys:
    return {"factor": said.get("factor") or _TIMES[said["word"].casefold()]}


def _form(verb: str, example: str, pattern: str, make: Callable[[Mapping[str, str]], Keys] = _plain) -> Form:
    return Form(verb, example, re.compile(pattern, re.IGNORECASE), make)


_WHO_LENDS = "|".join(sorted(map(re.escape, _LENDERS), key=len, reverse=True))

FORMS: tuple[Form, ...] = (
    _form("stop_paying", "openai stops paying oracle from 2027-Q1", rf"(?P<payer>.+?)\s+{_NOT_PAY}\s+(?P<payee>.+)"),
    _form(
        "stop_paying",
        "OpenAI 从 2027-Q1 起停止向甲骨文付款",
        r"(?P<payer>.+?)\s*(?:停止向|不再向|无法向|無法向)\s*(?P<payee>.+?)\s*(?:付款|付钱|付錢|支付)",
    ),
    _form(
        "stop_paying",
        "如果 OpenAI 付不出甲骨文的账单",
        r"(?P<payer>.+?)\s*(?:付不出|付不起|还不起|還不起|无法支付|無法支付)\s*(?P<payee>.+?)\s*(?:的(?:钱|錢|账单|帳單|账|帳|款))?",
    ),
    _form(
        "default",
        "coreweave defaults in 2028-Q2",
        r"(?P<entity>.+?)\s+(?:defaults?|goes\s+(?:bankrupt|under|bust)|fails|collapses)",
    ),
    _form("default", "CoreWeave 在 2028-Q2 违约", r"(?P<entity>.+?)\s*(?:违约|違約|破产|破產|倒闭|倒閉)"),
    _form(
        "reprice_equity",
        "amd shares fall 30% in 2027-Q3",
        rf"(?:the\s+)?(?:(?P<entity>.+?)(?:'s)?\s+)?(?:shares?|stocks?)(?:\s+prices?)?\s+{_FALL}\s+{_PERCENT}",
    ),
    _form(
        "reprice_equity",
        "AMD 股价 2027-Q3 下跌 30%",
        rf"(?P<entity>.*?)\s*(?:的)?(?:股价|股價)\s*(?:下跌|跌|下降)\s*{_PERCENT_ZH}",
    ),
    _form(
        "downgrade",
        "oracle is downgraded by 2 letters in 2027-Q3",
        rf"(?P<entity>.+?)\s+(?:is\s+)?(?:downgraded|lowered)\s+(?:by\s+)?(?P<letters>{_NUMBER})\s+(?:letters?|grades?)",
    ),
    _form(
        "downgrade",
        "甲骨文评级在 2027-Q3 下调 2 级",
        rf"(?P<entity>.+?)\s*(?:的)?(?:评级|評等|評級)\s*(?:被)?(?:下调|調降|下調)\s*(?P<letters>{_NUMBER})\s*(?:级|級|等)",
    ),
    _form(
        "sell_down",
        "funds sell 25% of their nvidia shares in 2027-Q3",
        rf"funds\s+(?:sell|dump)\s+{_PERCENT}\s+of\s+(?:their|the)\s+(?:(?P<entity>.+?)\s+)?(?:shares|stocks?)",
    ),
    _form(
        "sell_down",
        "基金在 2027-Q3 卖出英伟达股票的 25%",
        rf"(?:各)?基金\s*(?:被迫)?(?:卖出|抛售|賣出|拋售)\s*(?P<entity>.*?)\s*(?:的)?(?:股票|股份)\s*(?:的)?\s*{_PERCENT_ZH}",
    ),
    _form(
        "cut_demand",
        "demand falls 30% from 2028-Q1",
        rf"(?:the\s+|outside\s+|ai\s+)*(?:(?P<sector>consumers?|business(?:es)?|advertisers?)\s+)?demand\s+{_FALL}\s+{_PERCENT}",
        _of_customers,
    ),
    _form(
        "cut_demand",
        "consumers spend 30% less from 2028-Q1",
        rf"(?:(?:outside\s+)?customers|(?P<sector>consumers|businesses|advertisers))\s+spend\s+{_PERCENT}\s+less",
        _of_customers,
    ),
    _form(
        "cut_demand",
        "需求从 2028-Q1 起下降 30%",
        rf"(?:外部|客户|客戶)?需求\s*(?:下降|下跌|减少|減少)\s*{_PERCENT_ZH}",
    ),
    _form(
        "close_credit",
        "credit closes in 2027-Q2 for 4 quarters",
        r"credit\s+(?:closes|dries\s+up|shuts(?:\s+down)?|freezes|stops)",
        _of_lenders,
    ),
    _form(
        "close_credit",
        "banks stop lending in 2027-Q3",
        rf"(?:the\s+)?(?P<lenders>{_WHO_LENDS})\s+(?:stops?\s+lending|closes?|shuts?)",
        _of_lenders,
    ),
    _form(
        "close_credit",
        "信贷在 2027-Q2 关闭，持续 4 个季度",
        r"(?:信贷|信貸)\s*(?:先崩|关闭|關閉|冻结|凍結|枯竭|收紧|收緊)",
        _of_lenders,
    ),
    _form(
        "close_credit",
        "银行从 2027-Q3 起停止放贷",
        rf"(?P<lenders>{_WHO_LENDS})\s*停止(?:放贷|放貸|放款|贷款|貸款)",
        _of_lenders,
    ),
    _form(
        "raise_spread",
        "oracle's spread rises 300 bp from 2027-Q4",
        r"(?:the\s+)?(?:(?P<entity>.+?)(?:'s)?\s+)?spreads?\s+(?:rises?|widens?|jumps?|goes\s+up|go\s+up)(?:\s+by)?\s+"
        rf"(?P<bp>{_NUMBER})\s*(?:bp|bps|basis\s+points?)",
    ),
    _form(
        "raise_spread",
        "甲骨文的利差从 2027-Q4 起上升 300 个基点",
        rf"(?:(?P<entity>.+?)\s*的?)?利差\s*(?:上升|扩大|擴大|走阔)\s*(?P<bp>{_NUMBER})\s*(?:个|個)?(?:基点|基點)",
    ),
    _form(
        "shorten_life",
        "chips last 3 years from 2027-Q1",
        rf"(?:the\s+)?(?:(?P<entity>.+?)(?:'s)?\s+)?chips\s+(?:only\s+)?last(?:\s+(?:only|for))?\s+(?P<years>{_NUMBER})\s+years?",
    ),
    _form(
        "shorten_life",
        "芯片只能用 3 年",
        rf"(?:(?P<entity>.+?)\s*的)?(?:芯片|晶片)\s*(?:只能用|只用|能用|寿命|壽命)\s*(?P<years>{_NUMBER})\s*年",
    ),
    _form(
        "void_deal",
        "deal amd-openai-warrant is called off in 2027-Q2",
        r"(?:the\s+)?deal\s+(?P<deal>\S+)\s+(?:is\s+)?(?:void(?:ed)?|called\s+off|cancell?ed|torn\s+up|falls\s+apart|unwinds)",
    ),
    _form("void_deal", "交易 amd-openai-warrant 在 2027-Q2 作废", r"交易\s*(?P<deal>\S+?)\s*(?:作废|作廢|取消|解除)"),
    _form(
        "withdraw_equity",
        "softbank withdraws its equity from openai in 2027-Q1",
        r"(?P<investor>.+?)\s+withdraws?\s+(?:its\s+|their\s+)?(?:equity|money|investment|shares)"
        r"(?:\s+(?:from|in)\s+(?P<issuer>.+))?",
    ),
    _form(
        "withdraw_equity",
        "软银在 2027-Q1 撤回对 OpenAI 的出资",
        r"(?P<investor>.+?)\s*撤回\s*(?:对|對)\s*(?P<issuer>.+?)\s*的?(?:出资|出資|投资|投資)",
    ),
    _form(
        "delay_power",
        "power is delayed by 4 quarters from 2027-Q3",
        rf"(?:new\s+)?power\s+(?:is\s+|comes\s+)?(?:delayed|late)(?:\s+(?:by|for))?\s+(?P<count>{_NUMBER})\s+"
        r"(?P<unit>quarters?|years?)",
        _of_delay,
    ),
    _form(
        "delay_power",
        "电力推迟 4 个季度",
        rf"(?:电力|電力|供电|供電)\s*(?:推迟|推遲|延迟|延遲|晚)\s*(?P<count>{_NUMBER})\s*(?:个|個)?(?P<unit>季度?|年)",
        _of_delay,
    ),
    _form(
        "improve_efficiency",
        "chips become 10 times as efficient in 2029-Q1",
        rf"(?:chips|models|compute)\s+(?:become|becomes|get|gets)\s+(?P<factor>{_NUMBER})\s*(?:times|x)\s+"
        r"(?:as|more)\s+efficient",
        _of_times,
    ),
    _form(
        "improve_efficiency",
        "efficiency doubles in 2029-Q1",
        r"(?:the\s+)?efficiency\s+(?P<word>doubles|triples)",
        _of_times,
    ),
    _form(
        "improve_efficiency",
        "效率在 2029-Q1 提高到 10 倍",
        rf"(?:芯片|晶片|算力|模型)?\s*的?效率\s*(?:提高到|提升到|变成|變成|达到|達到)\s*(?P<factor>{_NUMBER})\s*倍",
        _of_times,
    ),
    _form("arrive_payoff", "the payoff arrives in 2031-Q1", r"(?:the\s+)?payoff\s+(?:arrives|comes)"),
    _form(
        "arrive_payoff",
        "回报在 2031-Q1 到来",
        r"(?:回报|回報)\s*(?:到来|到來|出现|出現)|(?:迎来|迎來)\s*(?:回报|回報)",
    ),
    _form(
        "guarantee",
        "the government guarantees openai's debt from 2027-Q1",
        r"(?:the\s+)?(?:us[- ]|federal\s+)?government\s+guarantees\s+(?:the\s+debts?\s+of\s+)?"
        r"(?P<debtors>.+?)(?:'s?\s+(?:debts?|loans?))?",
        _of_debtors,
    ),
    _form(
        "guarantee",
        "政府从 2027-Q1 起为 OpenAI 的债务担保",
        r"(?:联邦|聯邦|美国|美國)?政府\s*(?:为|為|替)\s*(?P<debtors>.+?)\s*(?:的(?:债务|債務|贷款|貸款))?\s*(?:提供)?(?:担保|擔保|兜底)",
        _of_debtors,
    ),
    _form(
        "stop_investing",
        "nvidia stops investing from 2027-Q1",
        r"(?P<vendor>.+?)\s+(?:stops?\s+investing|no\s+longer\s+invests)(?:\s+in\s+(?:its\s+)?customers)?",
    ),
    _form(
        "stop_investing",
        "英伟达从 2027-Q1 起停止投资客户",
        r"(?P<vendor>.+?)\s*(?:停止|不再)(?:投资|投資)\s*(?:客户|客戶)?",
    ),
    _form(
        "honest_books",
        "books report economic lives from 2027-Q1",
        r"(?:the\s+)?books\s+(?:report\s+economic\s+lives|(?:are|become|turn)\s+honest)",
    ),
    _form(
        "honest_books",
        "从 2027-Q1 起如实记账",
        r"(?:所有公司)?\s*(?:老老实实|老老實實|如实|如實)(?:记账|記帳|折旧|折舊)",
    ),
    _form(
        "renegotiate_leases",
        "openai cuts its rents by 30% in 2028-Q1",
        rf"(?P<tenant>.+?)\s+(?:cuts|renegotiates)\s+(?:its|their)\s+(?:rents?|leases?)(?:\s+by)?\s+{_PERCENT}",
    ),
    _form("renegotiate_leases", "rents fall 30% in 2028-Q1", rf"rents?\s+{_FALL}\s+{_PERCENT}"),
    _form("renegotiate_leases", "租金在 2028-Q1 下降 30%", rf"租金\s*(?:下降|下跌|减少|減少)\s*{_PERCENT_ZH}"),
)
"""Every form, by verb; the first that fits is meant."""
