"""Names in three languages, forgiving where that is safe and asking where it is not."""

from __future__ import annotations

import pytest

from ouroloop.core import BadInput
from ouroloop.dossier.models import Entity, EntityKind, Text
from ouroloop.dossier.names import Names, fold


def entity(id: str, en: str, hans: str, hant: str, *aliases: str) -> Entity:
    names = Text(en=en, **{"zh-Hans": hans, "zh-Hant": hant})
    return Entity(id=id, names=names, aliases=aliases, kind=EntityKind.CHIP_MAKER)


NAMES = Names(
    [
        entity("amd", "AMD", "超威半导体", "超微", "Advanced Micro Devices"),
        entity("super-micro", "Super Micro Computer", "超微电脑", "美超微", "Supermicro", "超微"),
        entity("nvidia", "NVIDIA", "英伟达", "輝達", "NVDA"),
        entity("openai", "OpenAI", "OpenAI", "OpenAI"),
        entity("crusoe", "Crusoe Energy (Abilene)", "克鲁索", "克魯索", "Straße AG"),
    ]
)


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("nvidia", "nvidia"),
        ("英伟达", "nvidia"),
        ("輝達", "nvidia"),
        ("ＮＶＩＤＩＡ", "nvidia"),
        ("  Nvidia ", "nvidia"),
        ("SUPERMICRO", "super-micro"),
        ("super micro", "super-micro"),
        ("Super-Micro", "super-micro"),
        ("Open AI", "openai"),
        ("超威半导体", "amd"),
        ("STRASSE ag", "crusoe"),
        ("crusoe energy abilene", "crusoe"),
    ],
)
def test_a_name_in_any_language_width_or_case_finds_its_entity(name: str, id: str) -> None:
    assert NAMES.entity(name).id == id


def refused(name: str) -> tuple[str, str, str]:
    with pytest.raises(BadInput) as raised:
        NAMES.entity(name)
    (problem,) = raised.value.problems
    return problem.code, problem.message, problem.hint


def test_a_name_of_two_entities_asks_back_with_both() -> None:
    code, message, hint = refused("超微")
    assert code == "ambiguous-name"
    assert message == "'超微' may mean AMD (amd) and Super Micro Computer (super-micro)."
    assert hint == "ask by id: amd or super-micro"


def test_a_near_miss_is_answered_with_did_you_mean() -> None:
    assert refused("Nvidea")[0] == "unknown-entity"
    assert "'NVIDIA'" in refused("Nvidea")[2] or "'nvidia'" in refused("Nvidea")[2]
    assert "英伟达" in refused("英伟")[2]


@pytest.mark.parametrize("name", ["", " ", "-", "\0", "zzzzqq", "💥", "a" * 10_000])
def test_a_name_of_nobody_is_refused_without_a_suggestion(name: str) -> None:
    assert refused(name)[::2] == ("unknown-entity", "")


def test_an_id_wins_over_another_entity_s_name() -> None:
    names = Names([entity("amd", "Advanced", "甲", "甲"), entity("other", "AMD", "乙", "乙")])
    assert names.entity("amd").id == "amd"
    with pytest.raises(BadInput, match="ambiguous-name"):
        names.entity("Amd")


def test_folding_twice_changes_nothing() -> None:
    for name in ("Super Micro", "ＡＭＤ", "Straße", "ﬁgure", "İstanbul", "超 微", "A&B-C.D", "ǰ", "½"):
        assert fold(fold(name)) == fold(name)
