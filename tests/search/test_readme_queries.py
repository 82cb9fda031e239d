"""Do README's examples of the query language say, find and complain as they are shown?"""

import re
from datetime import date
from pathlib import Path

import pytest

from search.fields import FIELDS
from search.query import parse, say, widen

TODAY = date(2026, 11, 24)
SECTION = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SECTION = SECTION.partition("### The query language")[2].partition("\n## ")[0]
GOOD, BAD = (
    re.findall(r"^\| `(.+?)` \| (.+) \|$", table, re.M) for table in SECTION.partition("What cannot be taken")[::2]
)


@pytest.mark.parametrize(("query", "said"), GOOD)
def test_an_example_is_said_and_finds_something(searcher, query, said):
    assert say(parse(query, today=TODAY).tree) == said
    found = searcher.search(query)
    assert found.total > 0 and not found.complaints


@pytest.mark.parametrize(("query", "complaints"), BAD)
def test_what_cannot_be_taken_as_written_is_complained_of(searcher, query, complaints):
    assert "; ".join(each.message for each in searcher.search(query).complaints) == complaints


def test_both_tables_were_read():
    assert len(GOOD) >= 20 and len(BAD) >= 8


def test_what_is_said_of_widening_is_true():
    (family,) = widen(parse("domestic workers").tree).families
    assert {"trabajo del hogar", "家政工人"} <= {variant.text for variant in family.variants}


def test_every_field_is_in_an_example():
    shown = {name for query, _ in (*GOOD, *BAD) for name in re.findall(r"([a-z-]+):", query)}
    assert {spec.name for spec in FIELDS} - shown <= {"organisation"}
