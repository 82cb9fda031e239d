"""Is a source late after two of its periods, whatever its cadence?"""

from datetime import UTC, datetime, timedelta

import pytest

from catalog.cadence import CADENCES, PERIODS, is_late

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cadence", "days"), [("daily", 2), ("weekly", 14), ("monthly", 62), ("quarterly", 184), ("yearly", 732)]
)
def test_late_is_after_two_periods(cadence, days):
    assert not is_late(cadence, NOW - timedelta(days=days), NOW)
    assert is_late(cadence, NOW - timedelta(days=days, seconds=1), NOW)
    assert not is_late(cadence, None, NOW)


def test_once_is_a_cadence_and_never_late():
    assert set(CADENCES) - set(PERIODS) == {"once"}
    assert not is_late("once", NOW - timedelta(days=4000), NOW)
