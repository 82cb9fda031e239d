"""Does the client give an analyst what the API has, over real HTTP, with the patience it is asked for?"""

import ast
import json
import subprocess
import sys
from pathlib import Path

import httpx
import pandas
import pytest

import search.client
from search.client import Broken, Forumwatch, ForumwatchError, Refused
from tests.search.library import WORKS

KEY = "UN:A/HRC/47/30"


@pytest.fixture
def watch(address):
    with Forumwatch(address) as watch:
        yield watch


def test_everything_comes_once_and_is_what_the_pages_have(watch):
    found = list(watch.every())
    assert sorted(hit["work"] for hit in found) == sorted(work.key for work in WORKS)
    pages, after = [], None
    while True:
        page = watch.search(limit=3, after=after)
        pages += page["hits"]
        after = page["after"]
        if after is None:
            break
    assert [hit["work"] for hit in found] == [hit["work"] for hit in pages]
    assert found[0]["title"] == pages[0]["title"]


def test_facets_narrow_and_paragraphs_come_one_by_one(watch):
    hits = list(watch.every("migrants OR domestic", country=["PHL", "IDN"], unit="paragraphs"))
    total = watch.search("migrants OR domestic", country=["PHL", "IDN"], unit="paragraphs", limit=1)["total"]
    assert len(hits) == total > 0
    assert all(len(hit["passages"]) == 1 for hit in hits)


def test_a_table_for_pandas(watch):
    table = watch.frame(sort="-date")
    assert list(table.columns) == list(search.client.COLUMNS)
    assert len(table) == len(WORKS)
    assert pandas.api.types.is_datetime64_any_dtype(table["date"])
    assert table["date"].dropna().is_monotonic_decreasing
    row = watch.frame("confiscated passports", country="PHL").iloc[0]
    assert (row["citation"], row["kind"], row["date"].year) == ("A/HRC/47/30, para. 45", "report", 2021)
    assert len(watch.frame("zzz")) == 0 and list(watch.frame("zzz").columns) == list(table.columns)


def test_works_documents_places_and_vocabularies(watch):
    work = watch.work("A/HRC/47/30", q="passports")
    assert work["work"] == KEY and work["passages"]
    assert [each["work"] for each in watch.works()] == [work.key for work in reversed(WORKS)]
    document = watch.document(work["documents"][0]["sha256"])
    assert document["work"] == KEY
    pages = watch.pages(document["sha256"])
    assert watch.text(document["sha256"]).split("\f") == [page["text"] for page in pages]
    assert watch.original(document["sha256"]).startswith(b"%PDF")
    assert {each["work"] for each in watch.mentions("country", "PHL")} >= {KEY}
    assert {each["work"] for each in watch.citations("A/RES/45/158")} >= {KEY}
    assert "PHL" in {term["code"] for term in watch.vocabulary("countries")["terms"]}


def test_changes_go_on_where_they_ended(watch):
    found = list(watch.changes())
    assert [change["seq"] for change in found] == sorted({change["seq"] for change in found})
    assert {change["work"] for change in found} == {work.key for work in WORKS}
    assert list(watch.changes(found[2]["seq"])) == found[3:]
    assert list(watch.changes(found[-1]["seq"])) == []


@pytest.mark.parametrize("ending", ["csv", "jsonl", "bib", "ris", "atom"])
def test_a_file_is_there_when_it_is_whole(watch, tmp_path, ending):
    path = tmp_path / f"migrants.{ending}"
    assert watch.save(path, "migrants") == watch.search("migrants")["total"]
    assert path.stat().st_size > 500 and list(tmp_path.iterdir()) == [path]


def test_a_refusal_is_said_in_the_servers_words(watch):
    with pytest.raises(Refused, match="limit") as refused:
        watch.search(limit=1000)
    assert refused.value.status == 400
    with pytest.raises(Refused, match="no work"):
        watch.work("A/NOWHERE/1")
    with pytest.raises(Refused, match="countrry"):
        list(watch.every(countrry="PHL"))


class Server(httpx.BaseTransport):
    """Gives these answers, one after the other, and remembers what it was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def handle_request(self, request):
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


GOOD = httpx.Response(200, json={"hits": [], "total": 0})


def asking(*answers, **more):
    waited = []
    server = Server(*answers)
    return Forumwatch("https://x.example/fw/", transport=server, sleep=waited.append, **more), server, waited


def test_it_waits_as_long_as_it_is_told():
    busy = httpx.Response(429, headers={"retry-after": "7"}, json={"message": "too many"})
    away = httpx.Response(503, headers={"retry-after": "120"}, json={"message": "not now"})
    watch, server, waited = asking(busy, away, GOOD, key="fw_secret")
    assert watch.search("x", country=["PHL", "MEX"], widen=True)["total"] == 0
    assert waited == [7.0, 120.0]
    assert str(server.asked[2].url) == "https://x.example/fw/api/v1/search?q=x&country=PHL&country=MEX&widen=true"
    assert server.asked[0].headers["authorization"] == "Bearer fw_secret"


def test_without_a_word_it_waits_longer_each_time_and_not_for_ever():
    watch, server, waited = asking(*(httpx.ConnectError("no") for _ in range(6)))
    with pytest.raises(ForumwatchError, match="cannot be reached"):
        watch.search("x")
    assert len(server.asked) == 6 and len(waited) == 5
    assert waited == sorted(waited) and sum(waited) < 60
    late = httpx.Response(429, headers={"retry-after": "86400"}, json={"message": "tomorrow"})
    watch, _, waited = asking(late)
    with pytest.raises(Refused, match="tomorrow"):
        watch.search("x")
    assert waited == []


def test_a_date_to_wait_for_and_one_that_is_past():
    past = httpx.Response(429, headers={"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, json={"message": "x"})
    odd = httpx.Response(429, headers={"retry-after": "soon"}, json={"message": "x"})
    watch, _, waited = asking(past, odd, GOOD)
    watch.search("x")
    assert waited[0] == 0.0 and 0 < waited[1] <= 2.0


@pytest.mark.parametrize("text", ['{"work":1}\n', '{"work":1}\n{"end":2}\n', '{"work":1}\n{"wor', ""])
def test_lines_without_their_end_are_no_result(text):
    watch, _, _ = asking(httpx.Response(200, text=text))
    with pytest.raises(Broken):
        list(watch.every("x"))


def test_what_is_no_answer_of_ours_is_refused():
    watch, _, _ = asking(httpx.Response(404, text="<h1>nothing</h1>"))
    with pytest.raises(Refused, match="Not Found"):
        watch.search("x")


def test_it_is_one_file_that_can_be_copied(address, tmp_path):
    """It imports httpx and the standard library; pandas where a table is asked for; ours only for the types."""
    source = Path(search.client.__file__).read_text(encoding="utf-8")
    tree = ast.parse(source)
    names = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= {*sys.stdlib_module_names, "httpx"}
    (tmp_path / "forumwatch_client.py").write_text(source, encoding="utf-8")
    program = f"from forumwatch_client import Forumwatch as F; print(F({address!r}).search('migrants')['total'])"
    ran = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {program}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(ran.stdout) > 0
