"""Does a new source take one file, and does a misdeclared one die as it is imported?"""

import re

import pytest
from crawlers_test_site import SOURCE, host_entry

import crawlers
from catalog.tables import sources as table
from crawlers import SourceError, register_sources, sources


def test_the_five_sources_are_found_without_a_list():
    found = sources()
    assert {each.publisher for each in found.values()} == {"UN", "ILO", "IOM", "GCIM", "WTO"}
    for name, each in found.items():
        assert each.name == name and each.title and each.terms.startswith("https://") and each.module.endswith(name)
    assert found["gcim"].cadence == "once"


def test_the_door_has_its_function_sources_even_after_the_sources_were_imported():
    sources()
    assert crawlers.sources is sources


def write(folder, text, name="papers"):
    (folder / f"{name}.py").write_text(text)
    (folder / "hosts.toml").write_text(host_entry())


def test_a_source_of_a_further_folder_is_one_of_them(tmp_path):
    write(tmp_path, SOURCE)
    assert sources(tmp_path)["papers"].title == "Papers" and len(sources(tmp_path)) == len(sources()) + 1


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("", '    publisher = "UN"\n', "Papers must declare publisher"),
        ("", '    title = "Papers"\n', "Papers must declare title"),
        ("", "    expect = Expect(at_least=1, at_most=500)\n", "Papers must declare expect"),
        ("", '    rows = "li.doc"\n', "Papers must declare rows"),
        ('publisher = "UNX"', 'publisher = "UN"', "the lexicon knows no publisher 'UNX'"),
        ('publisher = "un"', 'publisher = "UN"', "the lexicon knows no publisher 'un'"),
        (
            'cadence = "often"',
            'cadence = "weekly"',
            "cadence is one of daily, weekly, monthly, quarterly, yearly, once",
        ),
        ("expect = 12", "expect = Expect(at_least=1, at_most=500)", "expect is an Expect"),
        ('rows = "li..doc"', 'rows = "li.doc"', "rows is not a CSS selector"),
        ('terms = "see their site"', 'terms = "https://site.example/terms"', "not a whole address"),
        ('name = "paper"', 'name = "papers"', "its name must be that of its file"),
        ('start_urls = ["/list"]', 'start_urls = ["https://site.example/list?page=0"]', "not a whole address"),
        ('"https://un.example/list"', '"https://site.example/list?page=0"', "has no entry in hosts.toml"),
    ],
)
def test_a_misdeclared_source_dies_as_it_is_imported(tmp_path, wrong, right, said):
    assert right in SOURCE
    write(tmp_path, SOURCE.replace(right, wrong))
    with pytest.raises(SourceError, match=re.escape(said)):
        sources(tmp_path)


def test_a_name_that_is_taken_and_a_file_without_a_source_are_refused(tmp_path):
    write(tmp_path, "x = 1\n")
    with pytest.raises(SourceError, match="must hold one source, not 0"):
        sources(tmp_path)
    (tmp_path / "papers.py").unlink()
    write(tmp_path, SOURCE, "gcim")
    with pytest.raises(SourceError, match="a name that is taken: gcim"):
        sources(tmp_path)


def test_every_declared_source_gets_its_row_and_keeps_how_its_last_run_went(any_catalog, monkeypatch):
    register_sources(any_catalog)
    with any_catalog.write() as connection:
        rows = {row.name: row for row in connection.execute(table.select())}
        assert rows.keys() == sources().keys()
        assert all(row.last_state is None and row.last_good is None and row.last_counts == {} for row in rows.values())
        ran = {"title": "an older title", "last_state": "done", "last_counts": {"found": 3}}
        connection.execute(table.update().where(table.c.name == "gcim").values(ran))
    register_sources(any_catalog)
    with any_catalog.read() as connection:
        gcim = connection.execute(table.select().where(table.c.name == "gcim")).one()
    assert (gcim.title, gcim.last_state, gcim.last_counts) == (sources()["gcim"].title, "done", {"found": 3})
    monkeypatch.setattr(type(any_catalog), "write", lambda catalog: pytest.fail("nothing differs"))
    register_sources(any_catalog)
