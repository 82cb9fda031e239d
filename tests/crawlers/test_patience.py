"""Is "not now" obeyed within bounds, and is a wall reported, never climbed?"""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from crawlers_test_site import HOST, PDF, Answer, host_entry, listing
from scrapy.http import Response

from crawlers.patience import challenge, retry_after


class Once:
    """Answers `first` to the first `times` requests, then as usual."""

    def __init__(self, first: Answer, times: int = 1) -> None:
        self.first, self.times = first, times

    def __call__(self, asked):
        self.times -= 1
        return self.first if self.times >= 0 else Answer(PDF, headers={"Content-Type": "application/pdf"})


def test_a_wait_longer_than_our_patience_ends_the_run_and_keeps_the_rest(papers, site):
    papers.hosts(host_entry(patience=5))
    listing(site, pages=1, files=3)
    busy = Answer(status=429, headers={"Retry-After": "3600"})
    site.put("/files/0-1.pdf", Once(busy, times=1))
    report = papers.crawl()
    assert report.state == "failed" and "asks to wait 3600 s, longer than the 5 s of hosts.toml" in report.reason
    assert site.count() == {"/list?page=0": 1, "/files/0-0.pdf": 1, "/files/0-1.pdf": 1}
    report = papers.crawl()
    assert (report.state, report.found) == ("done", 3)
    assert max(site.count().values()) == 2 and site.count()["/files/0-0.pdf"] == 1


def test_a_host_without_patience_is_left_at_the_first_429(papers, site):
    papers.hosts(host_entry(patience=0))
    listing(site, pages=1, files=1)
    site.put("/list?page=0", Answer(status=429))
    report = papers.crawl()
    assert report.state == "failed" and "stop at once" in report.reason and len(site.count()) == 1


@pytest.mark.parametrize(
    "wall",
    [
        Answer(b"<title>Just a moment...</title>", 403, {"cf-mitigated": "challenge"}),
        Answer(b"", 202, {"x-amzn-waf-action": "challenge", "Server": "awselb/2.0"}),
    ],
)
def test_a_challenge_ends_the_run_at_once_and_what_waits_is_kept(papers, site, wall):
    listing(site, pages=2, files=2)
    site.put("/files/0-1.pdf", wall)
    report = papers.crawl()
    assert report.state == "failed" and "browser challenge" in report.reason and HOST in report.reason
    assert sum(site.count().values()) == 3
    site.put("/files/0-1.pdf", PDF)
    assert papers.crawl().state == "done"


def test_many_wrong_answers_in_a_row_end_the_run(papers, site):
    listing(site, pages=1, files=20)
    for n in range(3, 20):
        site.put(f"/files/0-{n}.pdf", b"<html><body>There is no document matching your request.</body></html>")
    report = papers.crawl()
    assert report.state == "failed" and "8 wrong answers in a row" in report.reason
    assert sum(site.count().values()) == 1 + 3 + 8


def test_a_host_that_cannot_be_reached_ends_the_run(papers, site):
    site.close()
    report = papers.crawl()
    assert report.state == "failed" and "cannot be reached" in report.reason


def test_retry_after_reads_seconds_and_dates_and_nothing_else():
    def read(value):
        return retry_after(Response("https://a.example/", headers={"Retry-After": value} if value else {}))

    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    past = "Wed, 21 Oct 2015 07:28:00 GMT"
    assert read("120") == 120 and 85 < read(soon) <= 90 and read(past) == 0
    assert [read(value) for value in ("", "soon", "-5", "1e9", "9" * 40)] == [None] * 5


def test_a_plain_403_is_no_challenge():
    assert challenge(Response("https://a.example/", status=403, body=b"<h1>Forbidden</h1>")) == ""
