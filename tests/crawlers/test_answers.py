"""What becomes of each kind of answer? One crawl of a listing that holds them all; then each is looked at by itself."""

from itertools import pairwise, zip_longest

import pytest
from crawlers_test_site import HOST, PDF, Answer

from catalog import Catalog
from catalog.tables import captures

BYTES = {"Content-Type": "application/pdf"}
PAGE = {"Content-Type": "text/html"}


class Sometimes:
    """Answers `first` to the first `times` requests, then with a PDF."""

    def __init__(self, first: Answer, times: int = 1) -> None:
        self.first, self.times = first, times

    def __call__(self, asked):
        self.times -= 1
        return self.first if self.times >= 0 else Answer(PDF + b"at last", headers=BYTES)


def moved(where):
    return Answer(status=302, headers={"Location": where})


TAKEN = {
    "/files/good.pdf": Answer(PDF, headers=BYTES),
    "/files/word.pdf": Answer(b"PK\x03\x04 a Word file after all", headers=BYTES),
    "/files/unknown.pdf": Answer(b"error", headers=BYTES),  # the server calls it a document: the pipeline will judge
    "/files/mislabelled.pdf": Answer(PDF + b"mislabelled", headers=PAGE),
    "/files/late-start.pdf": Answer(b"\n" * 500 + PDF, headers=BYTES),
    "/files/old-word.pdf": Answer(b"\xd0\xcf\x11\xe0 before 2007", headers=BYTES),
    "/files/wordperfect.pdf": Answer(b"\xffWPC before that", headers=BYTES),
    "/files/nameless.pdf": Answer(PDF + b"no type", headers={}),
    "/files/upper.PDF": Answer(PDF + b"upper", headers={"Content-Type": "APPLICATION/PDF; name=x"}),
    "/files/query.pdf?v=1&w=%20": Answer(PDF + b"query", headers=BYTES),
    "/files/moved.pdf": moved("/files/here.pdf"),
    "/files/passing.pdf": Sometimes(Answer(status=502), times=2),
    "/files/busy.pdf": Sometimes(Answer(status=429, headers={"Retry-After": "1"})),
    "/files/resting.pdf": Sometimes(Answer(status=503, headers={"Retry-After": "1"})),
}
REFUSED = {
    "/files/sign-in.pdf": (Answer(b"<html><body>Sign in</body></html>", headers=PAGE), "PDF, got an HTML page of 33"),
    "/files/utf16.pdf": (Answer("<html>\n".encode("utf-16"), headers=BYTES), "PDF, got an HTML page"),
    "/files/text.pdf": (Answer(b"no such file", headers={"Content-Type": "text/plain"}), "12 bytes of text/plain"),
    "/files/empty.pdf": (Answer(b"", headers=BYTES), "got nothing (0 bytes)"),
    "/files/blank.pdf": (Answer(b"\0" * 900, headers=BYTES), "got nothing (900 bytes)"),
    "/files/gone.pdf": (Answer(b"gone", 404), "gone: the publisher answers 404"),
    "/files/login.pdf": (Answer(b"no", 401), "answered 401"),
    "/files/large.pdf": (Answer(PDF + b"x" * 20_000, headers=BYTES), "DownloadCancelledError"),
    "/files/lasting.pdf": (Answer(status=500), "answered 500"),
    "/files/round.pdf": (moved("/files/round.pdf"), "max redirections reached"),
    "/files/away.pdf": (moved("https://other.example/files/b.pdf"), "other.example has no entry in hosts.toml"),
    "/private/x.pdf": (Answer(PDF, headers=BYTES), "Forbidden by robots.txt"),
    "/login/x.pdf": (Answer(PDF, headers=BYTES), "hosts.toml does not say that /login/x.pdf may be fetched"),
    "https://other.example/b.pdf": (Answer(PDF, headers=BYTES), "other.example has no entry in hosts.toml"),
}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    from crawlers_test_site import Site
    from crawlers_test_support import Papers

    home = tmp_path_factory.mktemp("answers")
    catalog = Catalog(f"sqlite:///{home}/catalog.sqlite")
    catalog.migrate()
    site = Site()
    papers = Papers(site, catalog, home)
    answers = TAKEN | {path: answer for path, (answer, _) in REFUSED.items()}
    links = "".join(f'<li class="doc"><a href="{path}">{path}</a></li>' for path in _mixed())
    site.put("/list?page=0", f"<ul>{links}</ul>".encode())
    site.put("/files/here.pdf", PDF + b"here")
    for path, answer in answers.items():
        site.put(path, answer)
    papers.report = papers.crawl(most_bytes=10_000)
    yield papers
    site.close()


def _mixed() -> list[str]:
    """In turns: many bad ones in a row would be another matter, see test_patience.py."""
    return [path for pair in zip_longest(TAKEN, REFUSED) for path in pair if path]


def url(path: str) -> str:
    return path if "://" in path else f"https://{HOST}{path}"


def test_the_report_counts_them_all(crawled):
    report = crawled.report
    assert (report.state, report.found) == ("done", len(TAKEN) + len(REFUSED))
    assert (report.fetched, report.unchanged, report.failed) == (len(TAKEN), 0, len(REFUSED))
    assert report.reason.startswith(
        f"{len(REFUSED)} of {report.found} files failed, the first: {url(next(iter(REFUSED)))}"
    )


@pytest.mark.parametrize("path", TAKEN)
def test_taken(crawled, path):
    row = next(row for row in crawled.rows(captures) if row.url == url(path))
    kept = (crawled.home / "archive" / row.sha256[:2] / row.sha256[2:]).read_bytes()
    assert len(kept) == row.size and crawled.known[url(path)].state == "good"
    assert row.words == {"title": path} and row.publisher == "UN"


@pytest.mark.parametrize("path", REFUSED)
def test_refused_with_the_reason(crawled, path):
    assert REFUSED[path][1] in crawled.reasons[url(path)]
    assert url(path) not in {row.url for row in crawled.rows(captures)}


def test_a_bad_answer_is_remembered_with_the_address(crawled):
    states = {
        path: crawled.known[url(path)].state for path in ("/files/gone.pdf", "/files/login.pdf", "/files/empty.pdf")
    }
    assert states == {"/files/gone.pdf": "gone", "/files/login.pdf": "failed", "/files/empty.pdf": "refused"}


def test_what_may_not_be_asked_was_not_asked(crawled):
    assert {asked.host for asked in crawled.site.asked} == {HOST}
    assert not crawled.site.count().keys() & {"/private/x.pdf", "/login/x.pdf"}


def test_passing_errors_are_tried_again_within_bounds(crawled):
    count = crawled.site.count()
    assert count["/files/passing.pdf"] == 3 and count["/files/lasting.pdf"] == 4 and count["/files/round.pdf"] == 6
    assert count["/files/good.pdf"] == count["/files/sign-in.pdf"] == count["/files/gone.pdf"] == 1


@pytest.mark.parametrize("path", ["/files/busy.pdf", "/files/resting.pdf"])
def test_retry_after_is_waited_for_and_nobody_else_is_asked_meanwhile(crawled, path):
    first, second = (asked for asked in crawled.site.asked if asked.path == path)
    assert second.began - first.ended >= 1.0
    assert not [asked for asked in crawled.site.asked if first.began < asked.began < second.began]


def test_one_request_at_a_time_and_robots_txt_first(crawled):
    times = sorted((asked.began, asked.ended) for asked in crawled.site.asked)
    assert all(later[0] >= earlier[1] for earlier, later in pairwise(times))
    assert [asked.path for asked in crawled.site.asked[:2]] == ["/robots.txt", "/list?page=0"]


def test_who_asks_is_said_and_the_replica_knows_whom_was_meant(crawled):
    assert {a.headers["User-Agent"] for a in crawled.site.asked} == {"Forumwatch-test/1 (ops@forumwatch.example)"}
    assert {asked.headers["X-Forwarded-Proto"] for asked in crawled.site.asked} == {"https"}
