"""Does a broken search, once mended, go on where it broke, with nothing lost and nothing twice?"""

import pytest
import sqlalchemy as sa

from catalog.tables import matches, saved_searches, works
from search.alerts import match_changes
from search.alerts.errors import Gone, Refused
from search.alerts.members import saved
from search.alerts.members.mending import broken_search, broken_searches, mend
from search.alerts.members.subscribers import subscribe
from search.alerts.members.wanted import Wanted
from tests.search.library import Document, Work, put

FIELD = "the field country has left the lexicon"


def work(name: str, text: str) -> Work:
    return Work("UN", name, [Document("en", f"A/81/{name}", name, [(1, "1", text)])], symbol=f"A/81/{name}")


def found(catalog) -> list[str]:
    query = sa.select(works.c.title).join_from(matches, works).order_by(matches.c.id)
    with catalog.read() as connection:
        return list(connection.execute(query).scalars())


@pytest.fixture
def breaks(monkeypatch):
    """A new version of the lexicon, in which a query with `wages` means nothing."""
    honest = saved.meaning

    def now():
        def meaning(query, *args, **kwargs):
            understood = honest(query, *args, **kwargs)
            return saved.Meaning(saved.NOTHING, saved.NOTHING, (), FIELD) if "wages" in query else understood

        monkeypatch.setattr(saved, "meaning", meaning)
        monkeypatch.setattr(saved, "read_as", lambda: "another")

    return now


def test_what_came_while_it_was_broken_is_looked_back_on_and_nothing_is_told_twice(any_catalog, breaks):
    catalog = any_catalog
    put(catalog, work("0", "Wages of old."))
    subscribe(catalog, "ana@example.net", "en", [("Pay", "wages")])
    put(catalog, work("1", "Wages before it broke."))
    match_changes(catalog)
    breaks()
    put(catalog, work("2", "Wages while it was broken."))
    put(catalog, work("3", "Salaries while it was broken."))
    match_changes(catalog)
    assert found(catalog) == ["1"]
    (broken,) = broken_searches(catalog)
    assert (broken.name, broken.told, broken.stopped_at) == ("Pay", False, 2) and FIELD in broken.reason
    mend(catalog, 1, 1, Wanted("Pay", "salaries OR pay", cadence="daily"))
    put(catalog, work("4", "Salaries afterwards."))
    match_changes(catalog)
    match_changes(catalog)
    assert found(catalog) in (["1", "3", "4"], ["1", "4", "3"]) and broken_searches(catalog) == ()
    with catalog.read() as connection:
        row = connection.execute(sa.select(saved_searches)).one()
    assert (row.query, row.cadence, row.state, row.reason, row.backfill) == (
        "salaries OR pay",
        "daily",
        "running",
        "",
        False,
    )


def test_a_look_back_that_was_still_to_come_is_not_lost(catalog, breaks):
    put(catalog, work("0", "Salaries of old."))
    subscribe(catalog, "ana@example.net", "en", [("Pay", "wages")], backfill=True)
    breaks()
    match_changes(catalog)
    mend(catalog, 1, 1, Wanted("Pay", "salaries"))
    match_changes(catalog)
    assert found(catalog) == ["0"]


def test_only_what_is_broken_is_mended_and_only_by_its_owner(catalog, breaks):
    subscribe(catalog, "ana@example.net", "en", [("Pay", "wages"), ("Else", "passports")])
    with pytest.raises(Refused, match="not broken"):
        mend(catalog, 1, 2, Wanted("x", "remittances"))
    breaks()
    match_changes(catalog)
    assert broken_search(catalog, 2, 1) is None and broken_search(catalog, 1, 2) is None
    with pytest.raises(Gone):
        mend(catalog, 2, 1, Wanted("x", "remittances"))
    with pytest.raises(Refused, match="already, as “Else”"):
        mend(catalog, 1, 1, Wanted("x", "passports"))
    with pytest.raises(Refused, match="excludes it at once"):
        mend(catalog, 1, 1, Wanted("x", "pay NOT pay"))
    assert broken_search(catalog, 1, 1).asking.query == "wages"
