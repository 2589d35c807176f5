"""Who keeps books, and where every other name of a dossier goes."""

from functools import cache

from ouroloop.dossier import Dossier, EntityKind, load
from ouroloop.dossier.streams import outside
from ouroloop.scenario.axes import GROUPS, SECTORS, axes, customers_of


@cache
def dossier() -> Dossier:
    return load("ai-loop")


def test_arms_and_vehicles_without_books_of_their_own_go_to_the_entity_that_consolidates_them() -> None:
    fold = axes(dossier()).fold
    assert fold["google-cloud"] == "alphabet"
    assert fold["aws"] == "amazon"
    assert fold["hyperion-jv"] == "beignet-investor"
    assert fold["coreweave-ddtl-meta"] == "coreweave"


def test_holders_go_to_the_sector_of_their_kind() -> None:
    fold = axes(dossier()).fold
    expected = {
        "jpmorgan": "banks",
        "blue-owl": "private-credit-funds",
        "gpu-lenders": "private-credit-funds",
        "six-asset-managers": "private-credit-funds",
        "coreweave-series-b": "equity-investors",
        "ohio-carpenters-pension": "pensions",
        "outside-customers": "core-customers",
        "bond-investors": "bond-investors",
    }
    assert {name: fold[name] for name in expected} == expected


def test_groups_and_published_totals_are_no_members() -> None:
    found = axes(dossier())
    assert "five-hyperscalers" not in found.fold
    assert "hyperscalers-5" not in found.fold
    assert found.booked_at("nvidia-suppliers") == "suppliers"
    assert found.booked_at("stargate-partners") is None
    assert not set(GROUPS) & set(found.members)


def test_every_entity_has_books_or_goes_to_one_that_has_or_is_a_total_or_a_group() -> None:
    found = axes(dossier())
    for entity in dossier().entities.values():
        if entity.kind is EntityKind.AGGREGATE or (entity.id in GROUPS and GROUPS[entity.id].into is None):
            assert entity.id not in found.fold
        else:
            assert found.fold[entity.id] in found.entities
        if outside(entity):
            assert entity.id not in found.members


def test_members_of_the_loop_come_first_and_no_name_is_both_member_and_sector() -> None:
    found = axes(dossier())
    loop = [dossier().entities[member].loop for member in found.members]
    assert loop == sorted(loop, reverse=True)
    assert found.members[0] == "nvidia"
    assert len(set(found.entities)) == len(found.members) + len(SECTORS)


def test_a_dossier_of_three_friends_has_three_members() -> None:
    found = axes(load("three-friends"))
    assert len(found.members) == 3


def test_a_firm_of_known_customers_bills_core_customers_and_others_whom_nobody_names() -> None:
    assert customers_of(dossier(), "alphabet") == "core-customers"
    assert customers_of(dossier(), "nvidia") == "other-customers"
