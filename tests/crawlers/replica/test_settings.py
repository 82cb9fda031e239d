"""Weeks, sizes, folders of one's own, and the server itself: does the replica publish what was asked of it?"""

import subprocess
import sys
import time

import httpx
import pytest
from crawlers_replica_grid import GRID, all_rows

from crawlers.replica import create_replica, serve
from crawlers.replica.settings import WEEK_ENDS, ReplicaError


def test_week_2_is_week_1_and_more(week_1, week_2):
    first = {edition.name for edition in week_1.exhibit.library.all_editions()}
    second = {edition.name for edition in week_2.exhibit.library.all_editions()}
    assert first < second
    assert 10 <= sum(work.week == 2 for work in week_2.exhibit.library.works) <= 18
    new = {name for name in second - first if "CMW_C_PHL_CO_3" in name}
    assert new == {"CMW_C_PHL_CO_3-fr.pdf"} | {f"CMW_C_PHL_CO_3_Corr1-{code}.pdf" for code in ("en", "fr", "es")}


def test_dates_fit_the_weeks(week_2):
    starts = {week: end.toordinal() - 6 for week, end in WEEK_ENDS.items()}
    for work in week_2.exhibit.library.works:
        if work.week:
            assert starts[work.week] <= work.date.toordinal() <= WEEK_ENDS[work.week].toordinal(), work.name
        else:
            assert work.date.toordinal() < starts[1], work.name


def test_the_small_replica_is_small_and_soon_made(visit, tmp_path):
    small = visit(size="small", cache=tmp_path)
    started = time.process_time()
    editions = small.exhibit.library.all_editions()
    for edition in editions:
        small.exhibit.shelf.read(edition)
    assert time.process_time() - started < 8
    assert 20 <= len(small.exhibit.library.works) <= 25
    assert all(sum(e.work.publisher == name for e in editions) >= 5 for name in ("UN", "ILO", "IOM", "GCIM", "WTO"))


def test_a_folder_of_ones_own_is_published_on_the_grid_without_symbols(visit, tmp_path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    for place in ("a b.pdf", "B.PDF", "deep/c.pdf", "deep/B.pdf", "deep/er/too-deep.pdf", "notes.txt"):
        (tmp_path / place).write_bytes(b"%PDF-1.4 " + place.encode())
    visitor = visit(docs=tmp_path)
    rows = all_rows(visitor)
    cells = [row.split("<td>")[1:6] for row in rows]
    assert sorted(cell[0].removesuffix("</td>") for cell in cells) == ["B.PDF", "B.pdf", "a b.pdf", "c.pdf"]
    assert all(cell[3] == "\u00a0</td>" for cell in cells)
    page = visitor.ask(GRID.replace("TBSearch.aspx?Lang=en&TreatyID=7", "Download.aspx?symbolno=a%20b&Lang=en")).text
    link = page.split('title="Other pdf" href="')[1].split('"')[0]
    link = link if link.startswith("https") else f"https://tbinternet.ohchr.org{link}"
    assert visitor.ask(link).content == b"%PDF-1.4 a b.pdf"


def test_with_a_folder_of_ones_own_the_other_publishers_list_nothing_validly(visit, tmp_path):
    visitor = visit(docs=tmp_path)
    assert "No records to display" in visitor.ask(GRID).text
    assert "No results found" in visitor.ask("https://www.ilo.org/all-gb-documents?page=0").text
    page = visitor.ask("https://governingbodies.iom.int/117th-session-council-2026")
    assert page.status_code == 200 and "<li>" not in page.text
    assert visitor.ask("https://web.archive.org/cdx/search/cdx?url=gcim.org&output=json").json() == []
    url = "https://docs.wto.org/dol2fe/Pages/SS/GetXMLResults.aspx?query=@Symbol=S/*&Language=English"
    assert "<autn:numhits>0</autn:numhits>" in visitor.ask(url).text


@pytest.mark.parametrize(
    "asked, word", [({"week": 3}, "week"), ({"size": "huge"}, "sizes"), ({"docs": "/no/such/folder"}, "folder")]
)
def test_what_is_not_there_is_refused_in_one_sentence(asked, word):
    from pathlib import Path

    with pytest.raises(ReplicaError, match=word):
        create_replica(**{name: Path(value) if name == "docs" else value for name, value in asked.items()})


def test_it_listens_on_a_free_port_and_stops(tmp_path):
    with serve(cache=tmp_path, size="small") as replica:
        answer = httpx.get(f"{replica.url}/all-gb-documents?page=0", headers={"Host": "www.ilo.org"})
        assert answer.status_code == 200
        with pytest.raises(ReplicaError, match="cannot be used"):
            serve(port=replica.port).start()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{replica.url}/")


def test_the_door_opens_nothing_heavy():
    code = (
        "import sys, crawlers.replica\n"
        "heavy = {'typst', 'PIL', 'starlette', 'uvicorn', 'fastapi', 'scrapy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
