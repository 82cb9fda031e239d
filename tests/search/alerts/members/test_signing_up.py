"""Does nobody get mail who has not asked for it, whoever asks, and everybody all they asked for?"""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from urllib.parse import unquote

import pytest
import sqlalchemy as sa

from catalog.tables import matches, outbox, saved_searches, sign_ups, subscribers
from search.alerts import match_changes
from search.alerts.errors import Gone, Refused, TokenError
from search.alerts.members import signing_up
from search.alerts.members.forgetting import ENDED_FOR, ENDED_FOR_SAFE, UNCONFIRMED, forget_ended, forget_unconfirmed
from search.alerts.members.leaving import unsubscribe
from search.alerts.members.settings import MailSettings
from search.alerts.members.signing_up import (
    ASKED,
    FULL,
    MOST_A_DAY,
    TOO_SOON,
    UNKNOWN,
    SignUp,
    ask_for_link,
    confirm,
    read_confirmation,
    sign_up,
)
from search.alerts.members.subscribers import subscribe
from search.alerts.members.wanted import Wanted
from search.alerts.post.suppression import HARD, is_suppressed, suppress
from search.alerts.tokens import Purpose, verify
from search.alerts.wording import Wording
from tests.search.alerts.letters import LETTERHEAD, LINKS, MADE, SECRET
from tests.search.alerts.members.test_keeping import published, told

ANA = "ana@example.net"
FEES = Wanted("Fees", "recruitment AND fees", cadence="daily")
MINUTE = timedelta(minutes=1)


def ask(catalog, now=MADE, searches=(FEES,), address=ANA, **more) -> str:
    return sign_up(catalog, SignUp(address, searches, **more), LINKS, LETTERHEAD, now)


def mails(catalog) -> list:
    with catalog.read() as connection:
        rows = connection.execute(sa.select(outbox.c.message).order_by(outbox.c.id)).scalars()
        return [message_from_bytes(row, policy=policy.default) for row in rows]


def token_in(mail, page="confirm") -> str:
    return unquote(re.search(rf"https://forumwatch\.example\.org/{page}/(\S+)", mail.get_content())[1])


def count(catalog, table) -> int:
    with catalog.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def state(catalog, address=ANA) -> str:
    with catalog.read() as connection:
        return connection.execute(sa.select(subscribers.c.state).where(subscribers.c.address == address)).scalar_one()


def test_nothing_happens_until_the_owner_confirms(any_catalog):
    catalog = any_catalog
    published(catalog, "A/before")
    settings = MailSettings("fr", "Asia/Manila", heartbeat=True)
    assert ask(catalog, settings=settings) == ASKED
    published(catalog, "A/between")
    assert state(catalog) == "pending" and count(catalog, saved_searches) == 0 and told(catalog) == 0
    [mail] = mails(catalog)
    assert mail["To"] == ANA and mail["Subject"] == "Veuillez confirmer vos messages de Forumwatch"
    assert "Fees" in mail.get_content() and "chaque jour" in mail.get_content()
    token = token_in(mail)
    about = read_confirmation(catalog, SECRET, token, MADE + MINUTE)
    assert (about.address_hint, about.language, about.done) == ("a…@example.net", "fr", False)
    assert state(catalog) == "pending"  # looking is not confirming
    assert not confirm(catalog, SECRET, token, MADE + MINUTE).done
    assert confirm(catalog, SECRET, token, MADE + 2 * MINUTE).done  # twice is once
    published(catalog, "A/after")
    assert told(catalog) == 2  # what came between asking and confirming is not lost, what was there before no flood
    with catalog.read() as connection:
        who = connection.execute(sa.select(subscribers)).one()
        search = connection.execute(sa.select(saved_searches)).one()
    assert (who.state, who.confirmed, who.language, who.timezone) == ("active", MADE + MINUTE, "fr", "Asia/Manila")
    assert who.heartbeat and not who.safe and search.cadence == "daily"


def test_back_fill_is_for_who_asked_for_it(catalog):
    published(catalog, "A/before")
    ask(catalog, backfill=True)
    confirm(catalog, SECRET, token_in(mails(catalog)[0]), MADE)
    assert told(catalog) == 1


def test_for_a_member_nothing_changes_before_either(catalog):
    who = subscribe(catalog, ANA, "en", [("Old", "old AND words")]).subscriber_id
    ask(catalog, settings=MailSettings("es", "Asia/Tokyo", safe=True))
    [mail] = mails(catalog)
    assert mail["Content-Language"] == "en" and "Fees" in mail.get_content()  # in the member's own language
    assert count(catalog, saved_searches) == 1
    assert confirm(catalog, SECRET, token_in(mail), MADE).subscriber_id == who
    with catalog.read() as connection:
        kept = connection.execute(sa.select(subscribers)).one()
        assert (kept.language, kept.timezone, kept.safe) == ("en", "UTC", False)  # a stranger's form sets nothing
        assert connection.execute(sa.select(saved_searches.c.name)).scalars().all() == ["Old", "Fees"]


def test_who_had_left_comes_back_by_confirming_and_only_to_what_is_new(catalog):
    subscribe(catalog, ANA, "en", [("Old", "old AND words")])
    unsubscribe(catalog, ANA)
    ask(catalog)
    assert state(catalog) == "unsubscribed"
    confirm(catalog, SECRET, token_in(mails(catalog)[0]), MADE)
    with catalog.read() as connection:
        states = dict(connection.execute(sa.select(saved_searches.c.name, saved_searches.c.state)).tuples().all())
    assert state(catalog) == "active" and states == {"Old": "ended", "Fees": "running"}


def test_one_mail_in_ten_minutes_and_few_a_day(any_catalog):
    catalog = any_catalog
    assert ask(catalog) == ASKED
    assert ask(catalog) == ask(catalog, MADE + 9 * MINUTE) == TOO_SOON
    assert [ask(catalog, MADE + n * 10 * MINUTE) for n in range(1, MOST_A_DAY + 3)].count(ASKED) == MOST_A_DAY - 1
    assert ask_for_link(catalog, ANA, LINKS, LETTERHEAD, MADE + timedelta(hours=20)) == UNKNOWN  # has not confirmed
    assert len(mails(catalog)) == count(catalog, sign_ups) == MOST_A_DAY
    assert ask(catalog, MADE + timedelta(hours=25)) == ASKED
    assert ask(catalog, MADE + timedelta(days=3)) == ASKED
    assert ask(catalog, MADE + timedelta(days=2)) == ASKED  # the clock was set back


def test_an_address_where_mail_bounced_is_asked_once_a_day_and_heals_by_confirming(catalog):
    with catalog.write() as connection:
        suppress(connection, SECRET, ANA, HARD, "550", now=MADE)
    assert ask(catalog) == ASKED
    assert ask(catalog, MADE + timedelta(hours=23)) == TOO_SOON
    assert ask(catalog, MADE + timedelta(hours=25)) == ASKED
    confirm(catalog, SECRET, token_in(mails(catalog)[1]), MADE + timedelta(hours=26))
    with catalog.read() as connection:
        assert not is_suppressed(connection, SECRET, ANA)


def test_a_flood_of_the_form_comes_to_an_end(catalog, monkeypatch):
    monkeypatch.setattr(signing_up, "FULL_AT", 3)
    assert [ask(catalog, address=f"a{n}@example.net") for n in range(5)] == [ASKED] * 3 + [FULL] * 2
    assert count(catalog, subscribers) == 3
    confirm(catalog, SECRET, token_in(mails(catalog)[0]), MADE)
    assert ask(catalog, address="b@example.net") == ASKED  # who confirms makes room
    assert ask(catalog, MADE + timedelta(days=2), address="c@example.net") == ASKED


@pytest.mark.parametrize(
    "name", ["Buy at https://pills.example", "www.pills.example", "pills.com", "write x@y.org", "a\u202eb"]
)
def test_the_mail_that_asks_carries_no_advertisement(catalog, name):
    try:
        ask(catalog, searches=[Wanted(name, "fees")])
    except Refused:
        return
    text = mails(catalog)[0].get_content()
    assert name not in text and "not repeated here" in text and "pills" not in text
    assert read_confirmation(catalog, SECRET, token_in(mails(catalog)[0]), MADE).searches[0].name == name


def test_safe_mails_name_neither_us_nor_a_search(catalog):
    ask(catalog, settings=MailSettings(safe=True))
    confirm(catalog, SECRET, token_in(mails(catalog)[0]), MADE)
    ask_for_link(catalog, ANA, LINKS, LETTERHEAD, MADE + timedelta(hours=1))
    asked, way_back = mails(catalog)
    assert (asked["Subject"], way_back["Subject"]) == ("Please confirm", "Your page")
    for mail in (asked, way_back):
        said = f"{mail['From'].addresses[0].display_name} {mail['Subject']} {mail.get_content()}"
        assert not any(word in said for word in ("Forumwatch", "Fees", "migrants", "IOM"))


@pytest.mark.parametrize(
    ("query", "said"), [("", "The search is empty."), ("publisher:ILO AND publisher:UN", ": A doc")]
)
def test_what_cannot_be_watched_is_said_plainly(catalog, query, said):
    with pytest.raises(Refused) as refused:
        sign_up(catalog, SignUp(ANA, [Wanted("", query)]), LINKS, LETTERHEAD, MADE)
    assert said in refused.value.said(Wording("en"))


def test_a_query_with_invisible_characters_gets_a_name_without_them(catalog):
    sign_up(catalog, SignUp(ANA, [Wanted("", "\u202evisa")]), LINKS, LETTERHEAD, MADE)
    assert read_confirmation(catalog, SECRET, token_in(mails(catalog)[0]), MADE).searches[0].name == "visa"


def test_links_that_confirm_nothing_say_why(catalog):
    ask(catalog)
    token = token_in(mails(catalog)[0])
    for bad in (token[:-2], "x", LINKS.manage(1).rpartition("/")[2], LINKS.unsubscribe(1).rpartition("/")[2]):
        with pytest.raises(TokenError):
            confirm(catalog, SECRET, bad, MADE)
    with pytest.raises(Gone, match="expired"):
        confirm(catalog, SECRET, token, MADE + timedelta(days=7))
    with pytest.raises(Gone, match="deleted"):
        confirm(catalog, SECRET, LINKS.confirm(1, 99, MADE).rpartition("/")[2], MADE)
    assert state(catalog) == "pending"


def test_who_never_confirms_is_forgotten(any_catalog):
    catalog = any_catalog
    ask(catalog)
    ask(catalog, address="ben@example.net")
    confirm(catalog, SECRET, token_in(mails(catalog)[1]), MADE)
    late = MADE + timedelta(days=10)
    ask(catalog, late, address="eve@example.net")
    assert forget_unconfirmed(catalog, MADE + UNCONFIRMED) == 0
    assert forget_unconfirmed(catalog, MADE + UNCONFIRMED + MINUTE) == 1
    assert forget_unconfirmed(catalog, MADE + UNCONFIRMED + MINUTE) == 0
    with catalog.read() as connection:
        left = connection.execute(sa.select(subscribers.c.address, subscribers.c.state)).tuples().all()
        assert [tuple(each) for each in left] == [("ben@example.net", "active"), ("eve@example.net", "pending")]
        assert connection.execute(sa.select(sign_ups.c.asked)).scalars().all() == [late]
    assert count(catalog, saved_searches) == 1 and count(catalog, matches) == 0
    with pytest.raises(Gone):
        confirm(catalog, SECRET, token_in(mails(catalog)[0]), MADE + timedelta(days=30))


def test_the_link_to_ones_page_goes_to_its_owner_only(catalog):
    who = subscribe(catalog, ANA, "es", [FEES]).subscriber_id
    assert ask_for_link(catalog, "nobody@example.net", LINKS, LETTERHEAD, MADE) == UNKNOWN
    assert ask_for_link(catalog, " ANA@example.net", LINKS, LETTERHEAD, MADE) == ASKED
    assert ask_for_link(catalog, ANA, LINKS, LETTERHEAD, MADE + MINUTE) == TOO_SOON
    [mail] = mails(catalog)
    assert mail["To"] == ANA and mail["Subject"] == "Su página en Forumwatch"
    assert verify(SECRET, token_in(mail, "manage"), Purpose.MANAGE).subscriber_id == who
    unsubscribe(catalog, ANA)  # who has left may still want to have everything deleted
    assert ask_for_link(catalog, ANA, LINKS, LETTERHEAD, MADE + timedelta(hours=1)) == ASKED
    with catalog.write() as connection:
        suppress(connection, SECRET, ANA, HARD, "550", now=MADE)
    assert ask_for_link(catalog, ANA, LINKS, LETTERHEAD, MADE + timedelta(days=3)) == UNKNOWN


def test_what_cannot_be_asked_for_is_said_and_nothing_is_written(catalog):
    for bad, says in (
        ({"address": "ana"}, "looks like"),
        ({"searches": []}, "at least one"),
        ({"searches": [Wanted("", f"word{n}") for n in range(21)]}, "at most 20"),
        ({"settings": MailSettings("de")}, "en, fr, es"),
        ({"settings": MailSettings(timezone="Nowhere")}, "time zone"),
    ):
        with pytest.raises(Refused, match=says):
            ask(catalog, **bad)
    assert count(catalog, subscribers) == count(catalog, outbox) == 0


def test_matching_leaves_who_has_not_confirmed_alone(catalog):
    ask(catalog)
    published(catalog, "A/1")
    assert match_changes(catalog) == 0


def test_a_search_that_was_ended_is_forgotten_sooner_for_members_at_risk(any_catalog):
    catalog, safe = any_catalog, MailSettings(safe=True)
    subscribe(catalog, ANA, "en", [FEES], settings=safe)
    subscribe(catalog, "ben@example.net", "en", [FEES, Wanted("Visa", "visa")])
    unsubscribe(catalog, ANA)
    unsubscribe(catalog, "ben@example.net", "visa")
    now = datetime.now(UTC)
    assert forget_ended(catalog, now + ENDED_FOR_SAFE - MINUTE) == 0
    assert forget_ended(catalog, now + ENDED_FOR_SAFE + MINUTE) == 1
    assert forget_ended(catalog, now + ENDED_FOR - MINUTE) == 0
    assert subscribe(catalog, "ben@example.net", "en", [Wanted("Visa", "visa")]).new == ("Visa",)  # it has begun anew
    unsubscribe(catalog, "ben@example.net", "visa")
    assert forget_ended(catalog, now + ENDED_FOR + MINUTE) == 1
    with catalog.read() as connection:
        assert connection.execute(sa.select(saved_searches.c.name)).scalars().all() == ["Fees"]
