"""Is a member told once, and in short, that a search broke or that something told before has changed?"""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from catalog.tables import corrections, outbox, saved_searches, subscribers
from search.alerts.mails.comparing import compared
from search.alerts.mails.notices import make_corrections, make_notices
from search.alerts.wording import Wording
from tests.search.alerts.letters import LETTERHEAD, LINKS
from tests.search.alerts.mails.test_due import MONDAY, join, make, publish

BEFORE = "The Committee recommends that the fees for recruitment be borne by the employer within two years."
AFTER = "The Committee recommends that the fees for recruitment be borne by the State within two years."


def mails(catalog, kind: str) -> list:
    with catalog.read() as connection:
        rows = connection.execute(sa.select(outbox).where(outbox.c.kind == kind).order_by(outbox.c.id)).all()
    return [message_from_bytes(row.message, policy=policy.default) for row in rows]


def part(mail, kind: str = "plain") -> str:
    return " ".join(mail.get_body((kind,)).get_content().split())


def correct(catalog, member: int, work: int, seq: int = 9, **other) -> None:
    row = {"subscriber_id": member, "work_id": work, "seq": seq, "kind": "changed", "citation": "A/81/1, para. 7"}
    row |= {"before": BEFORE, "after": AFTER, "found": MONDAY} | other
    with catalog.write() as connection:
        connection.execute(sa.insert(corrections).values(row))


def break_searches(catalog, told: bool = False) -> None:
    with catalog.write() as connection:
        broken = {"state": "broken", "reason": "there is no country Atlantis", "told": told}
        connection.execute(sa.update(saved_searches).values(broken))


def test_a_search_that_broke_is_told_to_its_owner_once(catalog):
    join(catalog)
    break_searches(catalog)
    assert [make(catalog, MONDAY + timedelta(hours=hours)) for hours in (-2, -1, 0, 24, 24 * 8)] == [1, 0, 0, 0, 0]
    (mail,) = mails(catalog, "notice")
    assert mail["Subject"] == "Forumwatch: a search of yours no longer runs"
    assert "weekly: there is no country Atlantis" in part(mail) and LINKS.manage(1) in part(mail)
    with catalog.write() as connection:
        connection.execute(sa.update(saved_searches).values(state="running", reason=""))
    break_searches(catalog)
    assert make(catalog, MONDAY + timedelta(days=9)) == 1  # mended, and broken anew: that is told again
    assert len({mail["Message-ID"] for mail in mails(catalog, "notice")}) == 2


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_a_search_that_runs_on_in_part_is_told_to_its_owner_once(catalog, language):
    join(catalog, language=language)
    with catalog.write() as connection:
        odd = {"state": "running", "reason": "there is no country Atlantis", "told": False}
        connection.execute(sa.update(saved_searches).values(odd))
    assert [make(catalog, MONDAY + timedelta(hours=hours)) for hours in (-2, -1, 0, 24)] == [1, 0, 0, 0]
    (mail,) = mails(catalog, "notice")
    subject = "Forumwatch: a search of yours is not understood as it was"
    assert mail["Subject"] == Wording(language)(subject, "Forumwatch: {n} searches of yours", n=1)
    assert "weekly: there is no country Atlantis" in part(mail) and LINKS.manage(1) in part(mail)


def test_the_notice_and_its_mark_are_one_transaction(catalog, monkeypatch):
    """A kill between the two would mail again, or never: here the mail's row fails, and nothing is marked."""
    join(catalog)
    break_searches(catalog)

    def fail(*_):
        raise OSError("killed")

    with monkeypatch.context() as patch:
        patch.setattr("search.alerts.mails.notices.post", fail)
        with pytest.raises(OSError, match="killed"):
            make(catalog)
    with catalog.read() as connection:
        assert not connection.execute(sa.select(saved_searches.c.told)).scalar_one()
    assert make(catalog) == 1


def test_who_has_left_is_told_of_nothing(catalog):
    member = join(catalog)
    work = publish(catalog)
    make(catalog)
    break_searches(catalog)
    correct(catalog, member, work)
    with catalog.write() as connection:
        connection.execute(sa.update(subscribers).values(state="unsubscribed"))
    assert make(catalog) == 0


def test_a_passage_that_changed_is_told_with_the_words_that_went_and_came(catalog):
    member = join(catalog)
    work = publish(catalog)
    make(catalog)
    correct(catalog, member, work)
    assert [make(catalog), make(catalog)] == [1, 0]
    (mail,) = mails(catalog, "changed")
    assert mail["Subject"] == "Forumwatch: a document that you were told of has changed"
    assert "borne by the [employer] within" in part(mail) and "borne by the *State* within" in part(mail)
    html = mail.get_body(("html",)).get_content()
    assert '<del class="gone">employer</del>' in html and '<ins class="mark">State</ins>' in html
    assert "A/81/1, para. 7" in part(mail) and LINKS.work("UN:A/81/1") in part(mail)
    lines = mail.get_body(("plain",)).get_content().splitlines()
    assert all(len(line) <= 72 for line in lines if "https://" not in line)
    assert mail["List-Unsubscribe-Post"] and mail["Message-ID"].startswith("<changed.c9.")


def test_a_withdrawn_work_is_said_plainly_and_several_changes_come_in_one_mail(catalog):
    member = join(catalog)
    first, second = publish(catalog), publish(catalog)
    make(catalog)
    correct(catalog, member, first, kind="withdrawn", after="")
    correct(catalog, member, second, kind="corrected", after="In paragraph 7, for employer read State.", seq=10)
    assert make(catalog) == 1
    (mail,) = mails(catalog, "changed")
    assert "2 documents that you were told of have changed" in mail["Subject"]
    assert "The publisher has withdrawn it: it is no longer where it was." in part(mail)
    assert "A correction of the passage that you were sent has been published." in part(mail)
    assert "In paragraph 7, for employer read State." in part(mail)  # no later form of the passage: nothing is marked


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_a_mail_that_names_nothing_names_nothing_here_either(catalog, language):
    member = join(catalog, safe=True, language=language)
    work = publish(catalog)
    make(catalog)
    correct(catalog, member, work)
    break_searches(catalog)
    assert make(catalog) == 2
    for mail in (*mails(catalog, "changed"), *mails(catalog, "notice")):
        head = f"{mail['Subject']} {mail['From']} {mail['List-Id']}"
        assert "Forumwatch" not in head and "Atlantis" not in head
        for kind in ("plain", "html"):
            assert not re.search(r"borne|employer|Atlantis|weekly:", part(mail, kind))


def test_what_comes_from_documents_cannot_write_into_the_notice(catalog):
    member = join(catalog)
    work = publish(catalog)
    make(catalog)
    correct(catalog, member, work, before="<script>x</script> a \u202e b", after="<b>x</b> a b", citation="<i>A/1</i>")
    make(catalog)
    html = mails(catalog, "changed")[0].get_body(("html",)).get_content()
    assert not re.search(r"<(script|b|i)>", html) and "\u202e" not in html


def test_nothing_to_tell_makes_nothing(catalog):
    assert make_corrections(catalog, MONDAY, LINKS, LETTERHEAD) == make_notices(catalog, MONDAY, LINKS, LETTERHEAD) == 0


WORDS = st.lists(st.sampled_from(["a", "bb", "ccc", "d,", "é"]), max_size=60).map(" ".join)


@given(WORDS, WORDS)
def test_what_is_marked_is_what_differs(before, after):
    old, new = compared(before, after)
    kept = ["".join(piece.text for piece in side if not piece.marked).split() for side in (old, new)]
    marked = ["".join(piece.text for piece in side if piece.marked) for side in (old, new)]
    assert [word for word in kept[0] if word != "…"] == [word for word in kept[1] if word != "…"] or "…" in kept[0]
    assert (before.split() == after.split()) == (not any(marked))
    if "…" not in "".join(kept[0]):
        assert "".join(piece.text for piece in old).split() == before.split()


def test_a_long_passage_is_cut_around_its_change():
    old, new = compared("word " * 200 + "two years " + "text " * 200, "word " * 200 + "three years " + "text " * 200)
    shown = "".join(piece.text for piece in new)
    assert len(shown.split()) < 40 and "… word" in shown and "three" in shown and "".join(p.text for p in old) != shown
