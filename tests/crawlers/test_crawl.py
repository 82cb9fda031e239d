"""Does a crawl bring what a site offers, once, ask politely, and say what went wrong?"""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from crawlers_test_site import HOST, PDF, SOURCE, Answer, host_entry, listing
from crawlers_test_support import Papers

from catalog.tables import captures, frontier, sources
from crawlers import CrawlError, Manners, SourceError, crawl
from crawlers.turns import JITTER


def test_a_first_crawl_brings_everything_with_the_publishers_words(any_catalog, site, tmp_path):
    papers = Papers(site, any_catalog, tmp_path)
    listing(site, pages=3, files=4)
    seen = []
    report = papers.crawl(progress=lambda found, fetched: seen.append((found, fetched)))
    assert (report.state, report.found, report.fetched, report.unchanged, report.failed) == ("done", 12, 12, 0, 0)
    assert set(site.count().values()) == {1}
    row = papers.rows(captures)[0]
    assert row.words == {"title": "Paper 0-0"} and row.publisher == "UN" and row.media_type == "application/pdf"
    assert (papers.home / "archive" / row.sha256[:2] / row.sha256[2:]).read_bytes() == PDF + b"0-0"
    assert seen and seen == sorted(seen)


def test_a_round_that_is_done_asks_nothing_more_and_is_no_newer_good_run(papers, site):
    listing(site, pages=2, files=2)
    papers.crawl()
    asked, before = len(site.asked), papers.rows(sources)
    report = papers.crawl()
    assert len(site.asked) == asked and papers.rows(sources) == before
    assert (report.state, report.found, report.fetched, report.unchanged) == ("done", 4, 0, 4)


def test_a_new_round_asks_the_pages_again_and_files_only_conditionally(papers, site):
    listing(site, pages=2, files=2)

    def conditional(asked):
        if asked.headers.get("If-None-Match") == '"v1"' and asked.headers.get("If-Modified-Since"):
            return Answer(status=304)
        return Answer(PDF, headers={"ETag": '"v1"', "Last-Modified": "Mon, 05 Oct 2026 08:00:00 GMT"})

    site.put("/files/0-0.pdf", conditional)
    papers.crawl(round="1")
    before = papers.captured
    listing_again = '<li class="doc"><a href="/files/new.pdf">New</a></li>'
    site.put("/list?page=1", f"<ul>{listing_again}</ul>".encode())
    site.put("/files/new.pdf", PDF + b"new")
    report = papers.crawl(round="2")
    assert (report.found, report.fetched, report.unchanged) == (3, 1, 2)
    assert papers.captured - before == {(f"https://{HOST}/files/new.pdf", report_sha(papers, "new.pdf"))}
    answers = [asked for asked in site.asked if asked.path == "/files/0-0.pdf"]
    assert [bool(asked.headers.get("If-None-Match")) for asked in answers] == [False, True]
    assert {row.round for row in papers.rows(frontier)} == {"2"}  # the older round is forgotten


def report_sha(papers, name):
    return next(row.sha256 for row in papers.rows(captures) if row.url.endswith(name))


def test_changed_bytes_at_the_same_address_are_a_second_capture(papers, site):
    listing(site, pages=1, files=1)
    papers.crawl(round="1")
    site.put("/files/0-0.pdf", PDF + b"second edition")
    report = papers.crawl(round="2")
    assert report.fetched == 1 and len(papers.captured) == 2


def test_no_bytes_are_asked_for_conditionally_that_the_archive_has_lost(papers, site):
    listing(site, pages=1, files=1)
    site.put("/files/0-0.pdf", Answer(PDF, headers={"ETag": '"v1"', "Content-Type": "application/pdf"}))
    papers.crawl(round="1")
    sha256 = papers.rows(captures)[0].sha256
    (papers.home / "archive" / sha256[:2] / sha256[2:]).unlink()
    papers.crawl(round="2")
    assert "If-None-Match" not in [a for a in site.asked if a.path == "/files/0-0.pdf"][-1].headers
    assert (papers.home / "archive" / sha256[:2] / sha256[2:]).is_file()


def test_two_sources_with_one_address_both_have_their_capture_and_then_ask_conditionally(papers, site):
    listing(site, pages=1, files=1)

    def conditional(asked):
        headers = {"ETag": '"v1"', "Content-Type": "application/pdf"}
        return Answer(status=304) if asked.headers.get("If-None-Match") else Answer(PDF, headers=headers)

    site.put("/files/0-0.pdf", conditional)
    (papers.folder / "letters.py").write_text(SOURCE.replace('name = "papers"', 'name = "letters"'))
    for round in ("1", "2"):
        for source in ("papers", "letters"):
            report = crawl(source, papers.catalog, papers.home / "archive", papers.manners(), round)
            assert (report.state, report.found, report.fetched) == ("done", 1, 1 if round == "1" else 0)
    assert [row.source for row in papers.rows(captures)] == ["papers", "letters"]
    asked = [a for a in site.asked if a.path == "/files/0-0.pdf"]
    assert [bool(a.headers.get("If-None-Match")) for a in asked] == [False, False, True, True]


def test_zero_is_never_success(papers, site):
    site.put("/list?page=0", b"<html><body><p>We have a new design!</p></body></html>")
    report = papers.crawl()
    assert report.state == "failed" and "no row that matches 'li.doc'" in report.reason
    row = papers.rows(sources)[0]
    assert (row.last_state, row.last_good) == ("failed", None) and row.last_reason == report.reason


def test_a_failed_round_is_taken_up_again_from_its_pages_without_fetching_its_files_twice(papers, site):
    listing(site, pages=3, files=2)
    broken = site.pages.pop((HOST, "/list?page=1"))
    report = papers.crawl()
    assert report.state == "failed" and "answered 404" in report.reason and report.fetched == 2
    site.pages[HOST, "/list?page=1"] = broken
    report = papers.crawl()
    assert (report.state, report.found, report.fetched, report.unchanged) == ("done", 6, 4, 2)
    assert site.count()["/files/0-0.pdf"] == 1 and site.count()["/list?page=0"] == 2


def test_a_crawl_that_takes_too_long_is_ended_and_goes_on_the_next_time(papers, site):
    listing(site, pages=4, files=4)
    for answer in site.pages.values():
        answer.seconds = 0.4
    report = papers.crawl(timeout=3.0)
    assert report.state == "failed" and "wait for another run" in report.reason
    for answer in site.pages.values():
        answer.seconds = 0.0
    report = papers.crawl()
    assert (report.state, report.found) == ("done", 16)
    assert max(site.count().values()) == 1


def test_a_crawl_process_that_dies_is_a_report_with_its_reason(papers, site):
    listing(site, pages=1, files=1)
    dying = papers.folder / "papers.py"
    text = dying.read_text()
    dying.write_text(text + "\nimport os, sys\nif 'crawlers.run' in ' '.join(sys.orig_argv):\n    os._exit(7)\n")
    report = papers.crawl()
    assert report.state == "failed" and "ended with code 7" in report.reason
    dying.write_text(text)
    assert papers.crawl().state == "done"


def test_two_crawls_of_one_source_at_once_do_not_ask_twice(papers, site):
    listing(site, pages=3, files=3)
    with ThreadPoolExecutor(2) as both:
        reports = list(both.map(lambda _: papers.crawl(), range(2)))
    assert [report.state for report in reports] == ["done", "done"]
    assert sorted(report.fetched for report in reports) == [0, 9]
    assert set(site.count().values()) == {1}


def test_the_pace_of_the_host_is_kept(papers, site):
    papers.hosts(host_entry(pace=0.3))
    listing(site, pages=1, files=3)
    papers.crawl(pace=1.0)
    times = sorted(asked.began for asked in site.asked)
    assert len(times) == 5
    assert all(later - earlier >= 0.3 * (1 - JITTER) - 0.05 for earlier, later in pairwise(times))


def test_a_source_that_nobody_knows_and_manners_without_a_contact(papers):
    with pytest.raises(SourceError, match="there is no source 'paper'; there are: gcim"):
        crawl("paper", papers.catalog, papers.home / "archive", papers.manners(), "1")
    with pytest.raises(CrawlError, match="must name a contact"):
        Manners("Forumwatch/1")
    with pytest.raises(CrawlError, match="lives on this machine"):
        Manners("Forumwatch/1 (a@b.example)", replica="http://198.51.100.7:80")
