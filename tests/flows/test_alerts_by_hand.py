"""Do the commands about alerts find what was missed, and let go what was held?"""

import json

import pytest
import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import matches, runs
from search.alerts.matching.floods import list_holds
from search.alerts.matching.matching import match_changes
from search.alerts.members.subscribers import subscribe
from search.standing import IndexStanding, health
from tests.search.alerts.matching.test_matching import work
from tests.search.library import put


@pytest.fixture
def home(tmp_path):
    """A home in which the matcher lost 101 of 102 matches."""
    home = tmp_path / "home"
    home.mkdir()
    catalog = Catalog(f"sqlite:///{home}/catalog.sqlite")
    catalog.migrate()
    subscribe(catalog, "ana@example.net", "en", [("Wages", "wages")])
    for each in range(102):
        put(catalog, work(str(each), "wages are due"))
    match_changes(catalog)
    with catalog.write() as connection:
        connection.execute(sa.delete(matches).where(matches.c.seq > 1))
    return home


def test_what_was_missed_is_said_by_hand_and_on_the_page_of_health(forumwatch, home):
    catalog = Catalog(f"sqlite:///{home}/catalog.sqlite")
    ran = forumwatch("audit", "--json", home=home)
    assert ran.returncode == 0, ran.stderr
    report = json.loads(ran.stdout)
    assert (report["pairs"], report["missed"], round(report["rate"], 2)) == (102, 101, 0.99)
    with catalog.read() as connection:
        (counts,) = connection.execute(sa.select(runs.c.counts).where(runs.c.step == "audit")).scalars()
    assert (counts["pairs"], counts["missed"]) == (102, 101)
    found = health(catalog, IndexStanding(0))
    assert found.audited and found.audited.said == "101 of 102 matches were missed (99.02%) and are told late"
    assert found.status == "trouble"

    again = forumwatch("audit", "--since", "2026-01-01", home=home)
    assert "102 matches should be there\n0 were missed" in again.stdout, again.stderr
    assert health(catalog, IndexStanding(0)).audited.said == "nothing missed in 102 matches"

    (hold,) = list_holds(catalog)
    listed = forumwatch("floods", home=home)
    assert listed.stdout.startswith(f"{hold.id}  by-hand  102 works, 0 in a usual week  held since ")
    assert "102 matches of 1 members are not told" in listed.stdout
    released = forumwatch("floods", "--release", str(hold.id), "--json", home=home)
    assert json.loads(released.stdout)["state"] == "released"
    refused = forumwatch("floods", "--drop", str(hold.id), home=home)
    assert refused.returncode == 2 and "was released already" in refused.stderr


def test_where_an_alert_is(forumwatch, home):
    told = forumwatch("trace", "wages", "A/81/0", "--address", "ana@example.net", "--json", home=home)
    assert told.returncode == 2 and "there is no saved search 'wages'" in told.stderr  # names are as they were given
    told = forumwatch("trace", "Wages", "A/81/0", "--address", "ana@example.net", "--json", home=home)
    assert json.loads(told.stdout)["state"] == "flood", told.stderr
    told = forumwatch("trace", "1", "A/81/5", home=home)
    assert told.stdout.startswith("Wages: A/81/5 (About 5)\n  seen: Seen at by-hand on ")
    assert told.stdout.endswith("  matched: It should have matched. The next audit finds it, and tells it late.\n")
