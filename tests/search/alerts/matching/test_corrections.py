"""Do those who were told of a passage hear that it changed, once, and nobody else, and nothing else?"""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from catalog import tables
from catalog.tables import captures, corrections, documents, matches, outbox, saved_searches, subscribers, urls
from pipeline.document import Paragraph
from pipeline.store import store
from search.alerts.matching.corrections import MOST_GONE, READER, find_corrections
from search.alerts.members.subscribers import subscribe
from tests.pipeline.made import document

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
REPORT = "A/HRC/59/49"
FEES = "Recruitment fees shall be borne by the employer and never by the migrant worker herself."
TO_STATE = FEES.replace("employer", "State")
OTHER = "The Committee met in Geneva in the first week of its session, in public."
SOURCE = "un-docs"


class Press:
    """Publishes documents as crawl and pipeline leave them, and mails of them."""

    def __init__(self, catalog) -> None:
        self.catalog, self.captured = catalog, 0

    def publish(self, symbol=REPORT, *texts, language="en", url=None, bytes_=None) -> str:
        """A file at an address (of its own, if none is given), read and stored; returns its hash."""
        numbered = [each if isinstance(each, tuple) else (str(n), each) for n, each in enumerate(texts, 1)]
        words = {"symbol": symbol, "title": f"On fees, {symbol}", "language": language}
        sha256 = hashlib.sha256(repr((symbol, texts, language, bytes_)).encode()).hexdigest()
        one = document(words, texts=[text for _, text in numbered], language=language, sha256=sha256)
        rows = tuple(Paragraph(at, 1, number, language, text) for at, (number, text) in enumerate(numbered, 1))
        self.capture(sha256, url or f"https://example.org/{symbol}/{language}")
        store(self.catalog, replace(one, reading=replace(one.reading, paragraphs=rows)))
        return sha256

    def read_anew(self, sha256, *texts, symbol=REPORT, language="en") -> None:
        words = {"symbol": symbol, "title": f"On fees, {symbol}", "language": language}
        one = document(words, texts=texts, language=language, sha256=sha256)
        rows = tuple(Paragraph(at, 1, str(at), language, text) for at, text in enumerate(texts, 1))
        store(self.catalog, replace(one, reading=replace(one.reading, paragraphs=rows)))

    def capture(self, sha256, url, source=SOURCE) -> None:
        row = {"source": source, "publisher": "UN", "url": url, "sha256": sha256, "size": 1, "words": {}}
        with self.catalog.write() as connection:
            connection.execute(sa.insert(captures).values(row | {"captured": NOW}))
            connection.execute(sa.delete(urls).where(urls.c.url == url))
            at = {"url": url, "source": source, "sha256": sha256, "state": "good", "checked": NOW}
            connection.execute(sa.insert(urls).values(at))

    def lose(self, url=f"https://example.org/{REPORT}/en") -> None:
        with self.catalog.write() as connection:
            connection.execute(sa.update(urls).where(urls.c.url == url).values(state="gone"))

    def mail(self, address, sha256, text=FEES, number="1", state="sent", language="en") -> None:
        """This member was sent a mail that quotes this passage; none where `text` is None."""
        subscribe(self.catalog, address, "en", [("fees", "fees")])
        with self.catalog.write() as connection:
            who = connection.execute(sa.select(subscribers.c.id).where(subscribers.c.address == address)).scalar_one()
            own = saved_searches.c.subscriber_id == who
            search = connection.execute(sa.select(saved_searches.c.id).where(own)).scalar_one()
            row = connection.execute(sa.select(documents).where(documents.c.sha256 == sha256)).one()
            mail = {"subscriber_id": who, "kind": "weekly", "period": "2026-W47", "message_id": f"<{who}@x>"}
            mail |= {"message": b"", "state": state, "created": NOW}
            number_of = connection.execute(sa.insert(outbox).values(mail).returning(outbox.c.id)).scalar_one()
            told = {"document_id": row.id, "sha256": sha256, "language": language, "page": 1, "ordinal": 1}
            told |= {"citation": f"{row.symbol}, para. {number}", "text": text}
            match = {"search_id": search, "work_id": row.work_id, "seq": 1, "matched": NOW, "outbox_id": number_of}
            connection.execute(sa.insert(matches).values(match | {"told": told if text else None}))

    def told(self) -> list[tuple[str, str, str]]:
        """(kind, before, after) of every row, in the order of changes."""
        with self.catalog.read() as connection:
            rows = connection.execute(sa.select(corrections).order_by(corrections.c.seq, corrections.c.id))
            return [(row.kind, row.before, row.after) for row in rows]


@pytest.fixture
def press(catalog):
    return Press(catalog)


@pytest.fixture
def mailed(press):
    """Ana was mailed the paragraph on fees of the report; Ben has a search and was mailed nothing."""
    sha256 = press.publish(REPORT, FEES, OTHER)
    subscribe(press.catalog, "ben@example.net", "en", [("fees", "fees")])
    press.mail("ana@example.net", sha256)
    find_corrections(press.catalog)
    return sha256


def test_the_same_address_with_a_changed_passage_is_told_once_to_those_who_were_mailed(press, mailed):
    press.publish(REPORT, TO_STATE, OTHER, bytes_="new")
    assert find_corrections(press.catalog) == 1
    assert press.told() == [("changed", FEES, TO_STATE)]
    assert find_corrections(press.catalog) == 0
    with press.catalog.read() as connection:
        row = connection.execute(sa.select(corrections, subscribers.c.address).join(subscribers)).one()
    assert (row.address, row.citation, row.outbox_id) == ("ana@example.net", f"{REPORT}, para. 1", None)


@pytest.mark.parametrize(("state", "rows"), [("held", 1), ("failed", 0), ("suppressed", 0)])
def test_what_a_held_mail_says_may_be_read_yet(press, mailed, state, rows):
    with press.catalog.write() as connection:
        connection.execute(sa.update(outbox).values(state=state))
    press.publish(REPORT, TO_STATE, OTHER, bytes_="new")
    assert find_corrections(press.catalog) == rows


def test_changed_corrected_and_withdrawn_on_each_database(any_catalog):
    press = Press(any_catalog)
    sha256 = press.publish(REPORT, FEES, OTHER)
    press.mail("ana@example.net", sha256)
    said = "Paragraph 1: for employer read State"
    for happens in (
        lambda: press.publish(f"{REPORT}/Corr.1", ("1", said)),
        lambda: press.read_anew(sha256, TO_STATE, OTHER),
        press.lose,
    ):
        happens()
        assert find_corrections(any_catalog) == 1
        assert find_corrections(any_catalog) == 0
        press.publish("A/HRC/1/1", str(len(press.told())))  # the world goes on
    assert press.told() == [("corrected", FEES, said), ("changed", FEES, TO_STATE), ("withdrawn", TO_STATE, "")]


def test_new_bytes_with_the_same_text_are_nothing(press, mailed):
    press.publish(REPORT, FEES, OTHER, bytes_="new")
    assert find_corrections(press.catalog) == 0


def test_a_change_elsewhere_in_the_document_is_nothing(press, mailed):
    press.publish(REPORT, FEES, OTHER.replace("first", "second"), bytes_="new")
    press.read_anew(mailed, f"{FEES[:40]}\n{FEES[40:]}", OTHER.replace("public", "private"))
    assert find_corrections(press.catalog) == 0


def test_what_was_read_anew_is_told(press, mailed):
    press.read_anew(mailed, TO_STATE, OTHER)
    find_corrections(press.catalog)
    assert press.told() == [("changed", FEES, TO_STATE)]


def test_a_passage_that_is_gone_is_told_as_gone(press, mailed):
    press.read_anew(mailed, OTHER)
    find_corrections(press.catalog)
    assert press.told() == [("changed", FEES, "")]
    press.read_anew(mailed, OTHER, "Nothing more.")
    assert find_corrections(press.catalog) == 0


def test_a_revision_is_told_where_the_passage_changed(press, mailed):
    press.publish(f"{REPORT}/Rev.1", FEES, OTHER, "Added.")
    assert find_corrections(press.catalog) == 0
    press.publish(f"{REPORT}/Rev.2", TO_STATE, OTHER)
    find_corrections(press.catalog)
    assert press.told() == [("changed", FEES, TO_STATE)]


def test_an_addendum_another_language_and_another_report_are_no_revision(press, mailed):
    press.publish(f"{REPORT}/Add.1", "Quite another text.")
    press.publish(f"{REPORT}/Add.1/Rev.1", "Quite another text, revised.")
    press.publish(f"{REPORT}/Rev.1", "Les frais sont à la charge de l'État.", language="fr")
    press.publish("A/HRC/59/50/Rev.1", TO_STATE)
    assert find_corrections(press.catalog) == 0


def test_what_changed_may_change_again(press, mailed):
    third = FEES.replace("employer", "recruiter")
    for text in (TO_STATE, TO_STATE, third, FEES):
        press.read_anew(mailed, text, OTHER)
        find_corrections(press.catalog)
    assert press.told() == [("changed", FEES, TO_STATE), ("changed", TO_STATE, third), ("changed", third, FEES)]


def test_a_corrigendum_to_the_quoted_paragraph_is_told(press, mailed):
    said = "Paragraph 1: for employer read State"
    press.publish(f"{REPORT}/Corr.1", ("1", said), ("2", "Paragraph 9: delete"))
    find_corrections(press.catalog)
    assert press.told() == [("corrected", FEES, said)]
    press.publish(f"{REPORT}/Corr.1", ("1", said), ("2", "Paragraph 8: delete"), bytes_="again")
    assert find_corrections(press.catalog) == 0  # it says of this passage what it said


def test_a_corrigendum_to_something_else_is_nothing(press, mailed):
    press.publish(f"{REPORT}/Corr.1", ("1", "Paragraph 2: for first read second"))
    press.publish(f"{REPORT}/Add.1/Corr.1", ("1", "Paragraph 1: delete"))
    press.publish(f"{REPORT}/Corr.2", ("1", "Paragraphe 1 : supprimer"), language="fr")
    assert find_corrections(press.catalog) == 0


def test_what_the_publisher_took_away_is_withdrawn(press, mailed):
    press.lose()
    find_corrections(press.catalog)
    assert press.told() == [("withdrawn", FEES, "")]
    assert find_corrections(press.catalog) == 0
    press.read_anew(mailed, TO_STATE)
    assert find_corrections(press.catalog) == 0  # of what is withdrawn nothing more is said


def test_what_is_still_to_be_had_elsewhere_is_not_withdrawn(press, mailed):
    press.capture(mailed, "https://elsewhere.example.org/1")
    press.lose()
    assert find_corrections(press.catalog) == 0


def test_what_moved_to_another_address_is_not_withdrawn(press, mailed):
    press.publish(REPORT, FEES, OTHER, url="https://example.org/moved", bytes_="new")
    press.lose()
    assert find_corrections(press.catalog) == 0


def test_a_site_that_was_built_anew_has_withdrawn_nothing(press, mailed):
    for each in range(MOST_GONE):
        url = f"https://example.org/old/{each}"
        press.capture(hashlib.sha256(url.encode()).hexdigest(), url)
        press.lose(url)
    press.lose()
    assert find_corrections(press.catalog) == 0


def test_a_document_that_is_recognised_as_part_of_another_work_is_not_withdrawn(press):
    sha256 = press.publish("", FEES, OTHER)
    press.mail("ana@example.net", sha256)
    press.mail("eva@example.net", sha256, text=None)
    press.read_anew(sha256, FEES, OTHER)  # now with its symbol
    with press.catalog.read() as connection:
        kinds = connection.execute(sa.select(tables.changes.c.kind)).scalars().all()
    assert "withdrawn" in kinds
    assert find_corrections(press.catalog) == 0


def test_where_nothing_was_quoted_only_a_withdrawal_is_told(press):
    sha256 = press.publish(REPORT, FEES, OTHER)
    press.mail("ana@example.net", sha256, text=None)
    press.read_anew(sha256, TO_STATE, OTHER)
    assert find_corrections(press.catalog) == 0
    press.lose()
    find_corrections(press.catalog)
    assert press.told() == [("withdrawn", "", "")]


@pytest.mark.parametrize("state", ["failed", "withheld", "suppressed", "bounced"])
def test_who_did_not_get_the_mail_is_not_told(catalog, state):
    press = Press(catalog)
    sha256 = press.publish(REPORT, FEES, OTHER)
    press.mail("ana@example.net", sha256, state=state)
    press.read_anew(sha256, TO_STATE, OTHER)
    assert find_corrections(catalog) == 0


def test_who_left_is_not_told(press, mailed):
    press.mail("eva@example.net", mailed)
    with press.catalog.write() as connection:
        connection.execute(
            sa.update(subscribers).where(subscribers.c.address.like("ana%")).values(state="unsubscribed")
        )
        eva = sa.select(subscribers.c.id).where(subscribers.c.address.like("eva%"))
        own = saved_searches.c.subscriber_id.in_(eva)
        connection.execute(sa.update(saved_searches).where(own).values(state="ended"))
    press.read_anew(mailed, TO_STATE, OTHER)
    assert find_corrections(press.catalog) == 0


def test_two_passages_of_one_document_are_told_in_one_row(press, mailed):
    with press.catalog.write() as connection:
        who = connection.execute(sa.select(subscribers.c.id).where(subscribers.c.address.like("ana%"))).scalar_one()
        row = connection.execute(sa.select(matches)).mappings().one()
        search = {"subscriber_id": who, "name": "Geneva", "query": "geneva", "identity": "g", "start_seq": 0}
        second = connection.execute(sa.insert(saved_searches).values(search).returning(saved_searches.c.id)).scalar()
        told = row["told"] | {"text": OTHER, "citation": f"{REPORT}, para. 2"}
        again = {name: row[name] for name in ("work_id", "seq", "matched", "outbox_id")}
        connection.execute(sa.insert(matches).values(again | {"search_id": second, "told": told}))
    moved = OTHER.replace("Geneva", "Vienna")
    press.read_anew(mailed, TO_STATE, moved)
    find_corrections(press.catalog)
    assert press.told() == [("changed", f"{FEES}\n\n{OTHER}", f"{TO_STATE}\n\n{moved}")]
    press.read_anew(mailed, TO_STATE, OTHER)
    find_corrections(press.catalog)
    assert press.told()[1:] == [("changed", moved, OTHER)]


def test_a_mail_that_was_written_before_the_change_and_kept_after_it_is_put_right(press):
    sha256 = press.publish(REPORT, FEES, OTHER)
    press.read_anew(sha256, TO_STATE, OTHER)
    assert find_corrections(press.catalog) == 0
    press.mail("ana@example.net", sha256)  # it was set before the change
    assert find_corrections(press.catalog, datetime.now(UTC)) == 1


def test_killed_before_the_end_it_is_done_again(press, mailed, monkeypatch):
    press.read_anew(mailed, TO_STATE, OTHER)
    sound = press.catalog.move_watermark

    def dies(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(press.catalog, "move_watermark", dies)
    with pytest.raises(KeyboardInterrupt):
        find_corrections(press.catalog)
    assert press.told() == []
    monkeypatch.setattr(press.catalog, "move_watermark", sound)
    assert find_corrections(press.catalog) == 1
    with press.catalog.read() as connection:
        assert press.catalog.watermark(connection, READER) == press.catalog.last_seq(connection)
