"""Do the tables hold together: works, themes, frames, and the same choices in every language?"""

import re
from collections import Counter

import pytest

from crawlers.replica.compose import compose
from crawlers.replica.prose import frame, themes
from crawlers.replica.works import LANGUAGES, PUBLISHERS, Edition, own_works

CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
FAULTS = {"", "soft 404", "busy once", "zero bytes", "truncated", "locked", "restricted"}
UNITS = [unit for theme in themes().values() for units in theme.voices.values() for unit in units]


def test_there_are_a_few_dozen_works_a_publisher_and_no_name_is_used_twice():
    works = own_works()
    assert all(20 <= count <= 45 for count in Counter(work.publisher for work in works).values())
    assert {work.publisher for work in works} == set(PUBLISHERS)
    assert len({work.name for work in works}) == len(works)
    assert {work.fault for work in works} == FAULTS
    assert sum(work.scan for work in works) >= 3


@pytest.mark.parametrize("work", own_works(), ids=lambda work: work.name)
def test_a_work_is_whole(work):
    assert set(work.languages) <= set(LANGUAGES)
    assert work.original in work.languages
    assert set(work.themes) <= set(themes())
    assert set(work.late) <= set(work.languages)
    titles = work.titles or frame(work.kind)["titles"]
    assert set(work.languages) <= set(titles), "a language without a title"
    assert not work.leads or set(work.languages) <= set(work.leads), "a language without the lead of the others"


@pytest.mark.parametrize("work", own_works(), ids=lambda work: work.name)
def test_every_language_version_says_the_same_paragraph_by_paragraph(work):
    sheets = [compose(Edition(work, language), seed=1) for language in work.languages]
    shapes = {tuple((block["t"], block.get("mark", "")) for block in sheet.data["body"]) for sheet in sheets}
    assert len(shapes) == 1
    for sheet in sheets:
        text = "\n".join(sheet.lines())
        assert not re.search(r"[{}\[\]|]", text), "something was not filled in"
        assert len(sheet.data["body"]) >= 2


def test_the_stock_is_large_and_parallel():
    paragraphs = [unit for unit in UNITS if not unit.key.rpartition(" ")[0].endswith("call")]
    assert sum({"en", "fr", "es"} <= set(unit.texts) for unit in paragraphs) >= 60
    assert sum(set(unit.texts) == set(LANGUAGES) for unit in UNITS) >= 20
    assert len({unit.texts["en"] for unit in UNITS}) == len(UNITS)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.key)
def test_a_paragraph_offers_as_many_choices_in_each_language(unit):
    counts = {
        language: [len(found.split("|")) for found in CHOICE.findall(text)] for language, text in unit.texts.items()
    }
    assert len({str(count) for count in counts.values()}) == 1, counts


def test_the_seed_changes_the_figures_and_not_the_works():
    work = next(work for work in own_works() if work.symbol == "CMW/C/PHL/CO/3")
    first, second = (compose(Edition(work, "en"), seed).text_lines() for seed in (1, 2))
    assert first != second
    assert compose(Edition(work, "en"), 1).text_lines() == first
