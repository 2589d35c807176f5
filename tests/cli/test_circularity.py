"""What `ouroloop circularity` says beside its numbers."""

from __future__ import annotations

import pytest

from ouroloop.cli.app import main


def test_customers_that_are_only_assumed_are_called_so(capsys: pytest.CaptureFixture[str]) -> None:
    # Nobody named the payers of OpenAI's revenue of 2025: all of it is assumed to be customers' money.
    with pytest.raises(SystemExit):
        main(["circularity", "openai", "--year", "2025"])
    assert "100% of the revenue is only assumed" in capsys.readouterr().out
