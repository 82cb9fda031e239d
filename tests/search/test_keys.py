"""Is a key kept nowhere, opened only by itself, and dead when it was revoked?"""

import re
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import tables
from search.errors import MistakenRequest
from search.keys import SCOPES, add_key, find_key, keys, note_use, revoke_key

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def test_a_key_opens_and_is_kept_nowhere(any_catalog):
    made, key = add_key(any_catalog, "The analysts", ["export", "read"], NOW, 60)
    assert re.fullmatch(rf"fw_{made.prefix}_[\w-]{{43}}", key)
    assert find_key(any_catalog, key) == made and made.scopes == ("read", "export")
    with any_catalog.read() as connection:
        everything = repr([connection.execute(sa.select(table)).all() for table in tables.metadata.sorted_tables])
    assert key not in everything and key.rpartition("_")[2] not in everything
    assert made.prefix in everything


def test_a_key_is_dead_when_it_was_revoked(any_catalog):
    made, key = add_key(any_catalog, "a", ["read"], NOW)
    _, other = add_key(any_catalog, "a", ["read"], NOW)
    assert revoke_key(any_catalog, f"fw_{made.prefix}", NOW).revoked == NOW
    assert find_key(any_catalog, key) is None and find_key(any_catalog, other) is not None
    assert (
        revoke_key(any_catalog, made.prefix, datetime(2027, 1, 1, tzinfo=UTC)).revoked == NOW
    )  # the first time counts
    with pytest.raises(MistakenRequest, match="key list"):
        revoke_key(any_catalog, "nobody", NOW)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_else_opens(catalog, data):
    if not keys(catalog):
        catalog.key = add_key(catalog, "a", ["read"], NOW)[1]
    key = catalog.key
    place = data.draw(st.integers(0, len(key) - 1))
    letter = data.draw(st.characters(codec="utf-8"))
    changed = data.draw(
        st.sampled_from([key[:place] + letter + key[place + 1 :], key[:place], key + letter, letter + key, letter])
    )
    assert (find_key(catalog, changed) is not None) == (changed == key)


@pytest.mark.parametrize(
    ("name", "scopes", "rate"),
    [("a", ["write"], 1), ("a", [], 1), ("", ["read"], 1), ("a", ["read"], 0), ("a", ["read"], 10**6),
     ("x" * 201, ["read"], 1), ("a\nb", ["read"], 1)],
)  # fmt: skip
def test_what_can_be_no_key_is_refused_in_words(catalog, name, scopes, rate):
    with pytest.raises(MistakenRequest, match=r"\w+ \w+"):
        add_key(catalog, name, scopes, NOW, rate)
    assert keys(catalog) == []


def test_of_its_use_the_day_is_kept(any_catalog):
    made, _ = add_key(any_catalog, "a", list(SCOPES), NOW)
    for day in (date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 1)):
        note_use(any_catalog, made.prefix, day)
    assert keys(any_catalog)[0].last_used == date(2026, 11, 25)
