"""Does a long result stream, never the whole of it in memory, and is a stream that breaks seen by who reads it?"""

import itertools
import os
import subprocess
import time
from dataclasses import replace

import httpx
import pytest

from search import IndexUnavailable, Searcher
from search.client import Broken, Forumwatch
from search.export import FORMATS
from search.web import create_app
from tests.search.web.api.conftest import BASE, served

MANY = 200_000
TITLES = [os.urandom(1000).hex() for _ in range(500)]  # nothing that could be packed much closer


class Endless(Searcher):
    """Finds the same works again and again; counts how many were taken from it, and may break after some."""

    taken = 0
    breaks_after = MANY

    def every(self, *args, **kwargs):
        works = itertools.cycle(super().every(*args, **kwargs))
        return self._again(replace(hit, title=title) for hit, title in zip(works, itertools.cycle(TITLES)))

    def _again(self, works):
        for number, hit in enumerate(works):
            if number == self.breaks_after:
                raise IndexUnavailable(detail="in the middle")
            if number == MANY:
                return
            self.taken = number
            yield hit


@pytest.fixture
def endless(searcher):
    return Endless(searcher.catalog, searcher.engine)


@pytest.fixture
def at(endless, tmp_path):
    with served(create_app(endless.catalog, endless, lambda sha256: tmp_path / sha256, "s" * 20, BASE)) as url:
        yield url


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_who_reads_slowly_makes_the_server_wait(endless, at, coding):
    """What is ahead of the reader is what fits between two machines, however long the result is."""
    headers = {"accept-encoding": coding}
    with httpx.stream("GET", f"{at}/api/v1/export.jsonl", headers=headers, timeout=60) as answer:
        assert answer.headers.get("content-encoding", "identity") == coding
        next(answer.iter_raw(4096))
        seen = -1
        while seen != endless.taken:  # until it goes no further by itself
            seen = endless.taken
            time.sleep(0.5)
    assert 0 < endless.taken * len(TITLES[0]) < 20_000_000 < MANY * len(TITLES[0])


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_a_break_is_an_error_to_who_reads(endless, at, form, coding):
    endless.breaks_after = 300
    with (
        pytest.raises(httpx.RemoteProtocolError, match="incomplete"),
        httpx.stream("GET", f"{at}/api/v1/export.{form.name}", headers={"accept-encoding": coding}) as answer,
    ):
        assert answer.status_code == 200
        for _ in answer.iter_raw():
            pass


def test_curl_sees_a_break(endless, at, tmp_path):
    endless.breaks_after = 300
    command = ["curl", "--silent", "--fail", "-o", str(tmp_path / "x.csv"), f"{at}/api/v1/export.csv"]
    assert subprocess.run(command, timeout=60).returncode == 18  # "partial file"


def test_the_client_sees_a_break(endless, at, tmp_path):
    endless.breaks_after = 300
    with Forumwatch(at) as watch:
        found = watch.every()
        with pytest.raises(Broken):
            list(found)
        with pytest.raises(Broken):
            watch.save(tmp_path / "x.csv")
    assert not (tmp_path / "x.csv").exists()


def test_what_breaks_before_it_begins_is_an_error_in_words(endless, at):
    def every(*args, **kwargs):
        raise IndexUnavailable(detail="at once")

    endless.every = every
    for form in FORMATS:
        answer = httpx.get(f"{at}/api/v1/export.{form.name}")
        assert answer.status_code == 503 and answer.json()["message"] and answer.headers["retry-after"]
