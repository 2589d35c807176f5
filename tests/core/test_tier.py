"""Binding tiers."""

from ouroloop.core import Tier


def test_paid_binds_as_firm_does_but_a_letter_does_not() -> None:
    assert Tier.PAID.binds(Tier.FIRM)
    assert Tier.FIRM.binds(Tier.FIRM)
    assert not Tier.LETTER.binds(Tier.FIRM)
    assert [t.value for t in sorted(Tier, key=lambda t: t.rank)][0::5] == ["paid", "void"]
