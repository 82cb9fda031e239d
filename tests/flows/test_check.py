"""Does `forumwatch check` say what differs, mend it, end with the right number, and leave its trace for the pages?"""

import json

import pytest
import sqlalchemy as sa

from catalog import Catalog, tables
from flows import steps
from flows.house import House
from flows.settings import Settings
from search import index_changes, open_engine
from search.errors import REBUILD, IndexUnavailable
from search.indexing import OUTDATED
from search.standing import health
from tests.search import drift
from tests.search.many import SOURCES, fill_many


@pytest.fixture
def home(tmp_path):
    """A home with forty works, indexed, of which two have been lost and one rewritten since."""
    home = tmp_path / "home"
    home.mkdir()
    catalog = Catalog(f"sqlite:///{home}/catalog.sqlite")
    catalog.migrate()
    ids = fill_many(catalog, 40)
    engine = open_engine(home / "index")
    index_changes(catalog, engine)
    drift.lose(engine, ids[:2])
    drift.rewrite(catalog, ids[2:3])
    return home


def last_run(home, step="check"):
    with Catalog(f"sqlite:///{home}/catalog.sqlite").read() as connection:
        rows = sa.select(tables.runs).where(tables.runs.c.step == step).order_by(tables.runs.c.id.desc()).limit(1)
        return connection.execute(rows).mappings().one()


def checked(home):
    house = House(Settings(home=home))
    found = health(house.catalog, house.searcher.standing())
    return found.checked.said if found.checked else "", found.status


def test_found_then_mended_then_sound(forumwatch, home):
    assert checked(home)[0] == ""
    found = forumwatch("check", "--no-repair", "--json", home=home)
    assert found.returncode == 1
    assert "3 of 40 works differ between index and catalog, and are not mended" in found.stderr
    report = json.loads(found.stdout)
    assert {name: report[name] for name in ("works", "held", "waiting", "drift", "mended")} == {
        "works": 40, "held": 38, "waiting": 0, "drift": 3, "mended": 0,
    }  # fmt: skip
    assert [line["source"] for line in report["sources"]] == sorted(SOURCES)
    assert sum(line["missing"] for line in report["sources"]) == 2
    assert sum(line["stale"] for line in report["sources"]) == 1
    assert all(len(line["seal"]) == len(line["held_seal"]) == 16 for line in report["sources"])
    assert (last_run(home)["step"], last_run(home)["state"]) == ("check", "failed")
    assert checked(home) == ("3 works differed, 0 mended: run `forumwatch check`", "trouble")

    mended = forumwatch("check", home=home)
    assert mended.returncode == 0, mended.stderr
    assert "40 works, 3 differed, 3 mended" in mended.stdout
    assert last_run(home)["counts"] == {"works": 40, "held": 38, "waiting": 0, "drift": 3, "mended": 3}
    assert checked(home)[0] == "3 works differed, mended"

    sound = forumwatch("check", "--json", home=home)
    assert sound.returncode == 0 and json.loads(sound.stdout)["drift"] == 0
    assert all(line["seal"] == line["held_seal"] for line in json.loads(sound.stdout)["sources"])
    assert checked(home)[0] == "no work differed"


def test_a_check_that_cannot_be_made_says_why(forumwatch, tmp_path):
    home = tmp_path / "empty"
    ran = forumwatch("check", "--no-repair", home=home)
    assert ran.returncode == 0 and "0 works, 0 differed" in ran.stdout, ran.stderr
    fill_many(Catalog(f"sqlite:///{home}/catalog.sqlite"), 3)
    ran = forumwatch("check", "--no-repair", home=home)
    assert ran.returncode == 1 and "the index must be rebuilt: run `forumwatch index`" in ran.stderr
    assert checked(home)[0] == "failed: the index must be rebuilt: run `forumwatch index`"
    assert forumwatch("check", home=home).returncode == 0


def test_the_doctor_says_how_the_index_stands(forumwatch, home, monkeypatch):
    def said() -> tuple[bool, str]:
        ran = forumwatch("doctor", "--json", home=home)
        (check,) = (each for each in json.loads(ran.stdout)["checks"] if each["name"] == "search index")
        return check["ok"], check["found"]

    assert said() == (True, "38 works in the home folder, in step with the catalog")
    shape = next((home / "index").glob("g-*/shape.json"))
    shape.write_text(json.dumps(json.loads(shape.read_text()) | {"analysis": "of old"}))
    assert said() == (False, f"38 works in the home folder, 40 changes behind the catalog; {OUTDATED}")
    assert forumwatch("index", home=home).returncode == 0
    assert said() == (True, "40 works in the home folder, in step with the catalog")
    (home / "index" / "CURRENT").unlink()
    assert said() == (False, f"0 works in the home folder, 40 changes behind the catalog; {REBUILD}")


def test_the_nightly_flow_mends_and_tells(home, prefect_api, monkeypatch):
    monkeypatch.setenv("FORUMWATCH_HOME", str(home))
    from flows.daily import nightly

    nightly()
    assert last_run(home)["counts"]["mended"] == 3
    assert steps.check(House(Settings(home=home))).drift == 0
    assert last_run(home, "audit")["counts"]["missed"] == 0


def test_a_day_on_which_nothing_can_be_indexed_is_matched_all_the_same(home, prefect_api, monkeypatch):
    def away(house):
        raise IndexUnavailable("the search cluster does not answer")

    monkeypatch.setenv("FORUMWATCH_HOME", str(home))
    monkeypatch.setattr(steps, "index", away)
    from flows.daily import daily

    with pytest.raises(steps.StepFailed, match="works indexed: the search cluster does not answer"):
        daily(sources=[])
    with Catalog(f"sqlite:///{home}/catalog.sqlite").read() as connection:
        done = sa.select(tables.runs.c.step).where(tables.runs.c.state == "done")
        assert {"read", "match"} <= set(connection.execute(done).scalars())
