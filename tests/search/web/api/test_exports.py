"""Is a whole result taken away whole, in each format, readable by others, and safe whatever documents say?"""

import csv
import io
import json
import re
from datetime import date, datetime
from xml.etree import ElementTree as Tree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.export import FORMATS, About, Citable
from search.export.citable import printable
from search.export.table import FORMULA, cell
from search.results import Hit, Passage
from search.web.urls import Urls
from tests.search.library import WORKS
from tests.search.web.little_library import HOSTILE, NOW

KEYS = sorted(work.key for work in WORKS)
ATOM = "{http://www.w3.org/2005/Atom}"


def entries_of_bibtex(text):
    """key -> fields, by counting braces, as BibTeX does."""
    found = {}
    for start in re.finditer(r"^@(\w+)\{([^,\s]+),$", text, re.M):
        fields, at = {"": start[1]}, start.end()
        while name := re.compile(r"\s*(\w+) = ").match(text, at):
            at = name.end()
            if text[at] == "{":
                begin, depth = at, 0
                while True:
                    depth += {"{": 1, "}": -1}.get(text[at], 0) if text[at - 1] != "\\" else 0
                    at += 1
                    if not depth:
                        break
                value = text[begin + 1 : at - 1]
            else:
                value = re.compile(r"\w+").match(text, at)[0]
                at += len(value)
            fields[name[1]] = value
            at += text[at] == ","
        assert text[at : at + 2] == "\n}", text[start.start() : at + 20]
        assert start[2] not in found
        found[start[2]] = fields
    return found


def entries_of_ris(text):
    assert text.endswith("ER  - \r\n\r\n") or not text
    found = []
    for entry in text.split("ER  - \r\n\r\n")[:-1]:
        lines = [re.fullmatch(r"([A-Z][A-Z0-9])  - (.+)", line) for line in entry.removesuffix("\r\n").split("\r\n")]
        assert all(lines) and lines[0][1] == "TY"
        found.append({line[1]: line[2] for line in lines})
    return found


def keys_of(name, content):
    """The keys of works in an export, read as other programs read it."""
    text = content.decode()
    if name == "csv":
        return [row["work"] for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))]
    if name == "jsonl":
        *lines, end = map(json.loads, text.splitlines())
        assert end["end"] == len(lines)
        return [line["work"] for line in lines]
    if name == "bib":
        return list(entries_of_bibtex(text))
    if name == "ris":
        return [entry["ID"] for entry in entries_of_ris(text)]
    return [
        entry.find(f"{ATOM}id").text.partition("/works/")[2] for entry in Tree.fromstring(text).iter(f"{ATOM}entry")
    ]


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_everything_is_there_once(api, form):
    answer = api.get(f"/api/v1/export.{form.name}")
    assert answer.status_code == 200
    assert sorted(keys_of(form.name, answer.content)) == KEYS
    assert answer.headers["x-total-count"] == str(len(KEYS))
    assert answer.headers["content-type"] == form.media_type
    if form.name != "atom":
        day = answer.headers["content-disposition"].removeprefix('attachment; filename="forumwatch-')
        assert date.fromisoformat(day.removesuffix(f'.{form.name}"'))


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize(
    "params", [{"q": "migrants", "sort": "-date"}, {"q": "", "country": ["PHL", "IDN"], "sort": "date"}, {"q": "zzz"}]
)
def test_an_export_is_the_search_in_its_order(api, form, params):
    pages = api.get("/api/v1/search", params={**params, "limit": 100}).json()
    answer = api.get(f"/api/v1/export.{form.name}", params=params)
    assert keys_of(form.name, answer.content) == [hit["work"] for hit in pages["hits"]]
    beside = api.get(f"/search.{form.name}", params={**params, "limit": "3", "junk": "1"})
    assert keys_of(form.name, beside.content) == keys_of(form.name, answer.content)
    few = api.get(f"/api/v1/export.{form.name}", params={**params, "limit": 2})
    assert keys_of(form.name, few.content) == [hit["work"] for hit in pages["hits"][:2]]
    assert few.headers["x-total-count"] == str(len(pages["hits"][:2]))


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_paragraphs_are_taken_away_too(api, form):
    params = {"q": "migrants", "unit": "paragraphs"}
    total = api.get("/api/v1/passages", params={"q": "migrants"}).json()["total"]
    answer = api.get(f"/api/v1/export.{form.name}", params=params)
    assert len(keys_of(form.name, answer.content)) == total > 0


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_what_is_wrong_is_said_before_anything_goes_out(api, form):
    for path in ("/api/v1/export", "/search"):
        answer = api.get(f"{path}.{form.name}", params={"sort": "best"})
        assert answer.status_code == 400 and "sort" in answer.text
    assert api.get(f"/api/v1/export.{form.name}?after=x").status_code == 400


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_an_unchanged_export_is_not_sent_again(api, form):
    first = api.get(f"/api/v1/export.{form.name}?q=migrants")
    again = api.get(f"/api/v1/export.{form.name}?q=migrants", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert api.get(f"/api/v1/export.{form.name}?q=other").headers["etag"] != first.headers["etag"]
    head = api.head(f"/api/v1/export.{form.name}?q=migrants")
    assert head.headers["x-total-count"] == first.headers["x-total-count"] and not head.content


def test_a_table_has_the_citation_to_paste_and_opens_in_excel(api):
    answer = api.get("/api/v1/export.csv", params={"q": "confiscated passports", "country": "PHL"})
    assert answer.content.startswith(b"\xef\xbb\xbfwork,")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert (row["citation"], row["page"], row["paragraph"]) == ("A/HRC/47/30, para. 45", "3", "45")
    assert (row["symbol"], row["kind"], row["session"], row["date"]) == ("A/HRC/47/30", "report", "47", "2021-05-12")
    assert "confiscated passports" in row["passage"]


def test_a_reference_says_who_what_and_when(api):
    params = {"q": "confiscated passports", "country": "PHL"}
    (fields,) = entries_of_bibtex(api.get("/api/v1/export.bib", params=params).text).values()
    assert fields[""] == "techreport"
    assert fields["author"] == "{Human Rights Council}"
    assert (fields["number"], fields["year"], fields["month"]) == ("A/HRC/47/30", "2021", "may")
    assert fields["annote"].startswith("A/HRC/47/30, para. 45: ")
    (entry,) = entries_of_ris(api.get("/api/v1/export.ris", params=params).text)
    assert (entry["TY"], entry["M1"], entry["DA"], entry["AU"]) == (
        *("RPRT", "A/HRC/47/30", "2021/05/12", "Human Rights Council"),
    )


def test_a_feed_is_an_atom_feed_newest_first(api):
    answer = api.get("/api/v1/export.atom", params={"q": "migrants"})
    feed = Tree.fromstring(answer.content)
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated", "author"):
        assert len(feed.findall(f"{ATOM}{name}")) == 1
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == "http://localhost:8700/api/v1/export.atom?q=migrants"
    assert links["alternate"] == "http://localhost:8700/search?q=migrants" == feed.find(f"{ATOM}id").text
    entries = feed.findall(f"{ATOM}entry")
    published = [entry.findtext(f"{ATOM}published") for entry in entries]
    dated = [moment for moment in published if moment]
    assert len(entries) > 2 and dated == sorted(dated, reverse=True) and published[: len(dated)] == dated
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)
    for entry in entries:
        assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated")).tzinfo
        assert entry.findtext(f"{ATOM}title") and entry.find(f"{ATOM}author/{ATOM}name").text
        assert entry.findtext(f"{ATOM}content").startswith("<p>")
    assert any("<mark>migrants</mark>" in entry.findtext(f"{ATOM}content") for entry in entries)
    assert api.get("/api/v1/export.atom", params={"q": "migrants"}).content == answer.content


anything = st.text(max_size=60) | st.sampled_from(
    [HOSTILE, "=1+1", "-x", "}{", "\\", "%\n", "\x00\ufffe\uffff", "ER  - "]
)


@st.composite
def found(draw):
    text = draw(anything)
    passage = Passage(
        "a" * 64, draw(st.sampled_from([None, "en", "xx"])), 1, draw(anything), 1, text, ((0, 2),), text, 0.5
    )
    work = draw(st.text(min_size=1, max_size=30))
    hit = Hit(1, work, (draw(anything),), draw(anything), None, draw(anything), draw(anything), ("en",), (passage,))
    return Citable(hit, draw(anything), draw(anything), draw(anything), draw(anything), NOW)


def written(form, items, unit="works"):
    urls = Urls("https://watch.example.org")
    said = "what was “asked”\n% } \\"
    about = About("q", said, unit, len(items), (), urls.search(), f"{urls.base}/x", NOW, urls)
    return "".join(form.write(iter(items), about)).encode()


@given(items=st.lists(found(), max_size=3, unique_by=lambda each: each.hit.work))
def test_nothing_in_a_document_breaks_a_format(items):
    for form in FORMATS:
        content = written(form, items)
        if form.name == "jsonl":
            assert len([*map(json.loads, content.decode().split("\n")[:-1])]) == len(items) + 1
        elif form.name == "atom":
            assert len(Tree.fromstring(content).findall(f"{ATOM}entry")) == len(items)
        else:
            assert len(keys_of(form.name, content)) == len(items)


@given(text=anything)
def test_no_cell_is_a_formula(text):
    made = cell(text)
    assert not made.startswith(tuple(FORMULA))
    assert made.removeprefix("'") == printable(text).removeprefix("'")


def test_numbers_stay_numbers_and_nothing_is_empty():
    assert [cell(each) for each in (-1, 0.5, None, "x", "=x")] == [-1, 0.5, "", "x", "'=x"]
