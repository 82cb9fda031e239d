"""A work is told of because a better reader read it again: does the mail quote what is news, not what stood there?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from catalog import tables
from crawlers import Archive
from pipeline import ask_again, read_waiting, understand
from pipeline.limits import Limits
from pipeline.process import files
from pipeline.store import store
from search.alerts.matching.matching import match_changes
from search.alerts.members.subscribers import subscribe
from tests.pipeline.test_process import capture, page
from tests.search.alerts.mails.test_digests import ANA, mails, make, text_of

STOOD = "1. Wages: the wages, and again the wages, of domestic workers."
MISREAD = "2. It was said in the afternoon, at some length, that the wages of seafarers have not been paid for a year."
AT = datetime.now(UTC)


@pytest.fixture
def worse(catalog, tmp_path):
    """A document whose second paragraph was read by a reader that took e for c."""
    archive = Archive(tmp_path / "archive")
    sha256 = capture(catalog, archive, page("A/HRC/61/47", STOOD, MISREAD), "https://docs.example.org/1")
    (item,) = files(catalog, archive, [sha256], Limits())
    document = understand(item)
    assert any("seafarers" in each.text for each in document.reading.paragraphs)
    texts = [
        replace(each, text=each.text.replace("wages", "wagcs").replace("seafarers", "scafarers"))
        if "seafarers" in each.text
        else each
        for each in document.reading.paragraphs
    ]
    store(catalog, replace(document, reading=replace(document.reading, paragraphs=tuple(texts))), item.seen)
    match_changes(catalog)
    return archive


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_digest_quotes_the_passage_that_is_news(catalog, worse, language):
    subscribe(catalog, ANA, language, [("Wages", "wages")])
    make(catalog, AT)
    ask_again(catalog, ["all"])
    assert read_waiting(catalog, worse, ocr=False, processes=1).changed == 1
    match_changes(catalog)
    make(catalog, AT + timedelta(days=7))
    said = " ".join(text_of(mails(catalog)[ANA][-1]).split())
    assert "wages of seafarers" in said.replace("*", "")
    assert "again the wages" not in said.replace("*", "")


def test_whoever_is_told_of_the_whole_work_gets_its_best_passage(catalog, worse):
    """The same readings, but the search was there before all of it, and its work is new."""
    with catalog.write() as connection:
        connection.execute(sa.delete(tables.watermarks))
    subscribe(catalog, ANA, "en", [("Wages", "wages")])
    with catalog.write() as connection:
        connection.execute(sa.update(tables.saved_searches).values(start_seq=0))
    ask_again(catalog, ["all"])
    read_waiting(catalog, worse, ocr=False, processes=1)
    match_changes(catalog)
    make(catalog, AT + timedelta(days=1))
    assert "again the wages" in " ".join(text_of(mails(catalog)[ANA][-1]).split()).replace("*", "")
