"""Who may subscribe, with what, and does leaving work at once and for good?"""

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.tables import matches, saved_searches, subscribers, works
from search.alerts.errors import AlertError, Refused, TokenError
from search.alerts.members.addresses import clean_address
from search.alerts.members.leaving import (
    read_token,
    resubscribe,
    resubscribe_by_token,
    unsubscribe,
    unsubscribe_by_token,
)
from search.alerts.members.subscribers import MOST_SEARCHES, subscribe
from search.alerts.tokens import Grant, sign, verify
from tests.search.alerts.letters import SECRET

ANA = "ana@example.net"
TWO = [("Domestic work", '"domestic workers"'), ("Fees", "recruitment AND fees")]


def searches(catalog) -> dict[str, tuple[bool, int, str]]:
    with catalog.read() as connection:
        rows = connection.execute(sa.select(saved_searches))
        return {row.name: (row.state == "running", row.start_seq, row.reason) for row in rows}


def newcomer(catalog, key: str) -> int:
    with catalog.write() as connection:
        row = {"key": key, "publisher": "UN", "title": key}
        work = connection.execute(sa.insert(works).values(row).returning(works.c.id)).scalar_one()
        catalog.record_change(connection, "created", work)
    return work


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ana@example.net", "ana@example.net"),
        ("  Ana.Lopez+un@Example.NET ", "ana.lopez+un@example.net"),
        ("info@köln.example", "info@xn--kln-sna.example"),
        ("info@国际.example", "info@xn--vcsq68l.example"),
        ("root@localhost", "root@localhost"),
        ("o'brien@example.org", "o'brien@example.org"),
    ],
)
def test_addresses_are_kept_one_way(typed, kept):
    assert clean_address(typed) == kept == clean_address(kept)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "ana",
        "@example.net",
        "ana@",
        "ana@example",
        "ana@.net",
        "ana@exa mple.net",
        "ana@-x.net",
        "ana@[127.0.0.1]",
        "ana@127.0.0.1",
        '"ana lopez"@example.net',
        "ana..lopez@example.net",
        ".ana@example.net",
        "ana@example.net\r\nBcc: all@example.org",
        "ana\n@example.net",
        "ana@example.net\x00",
        "ana@example.net\u2028",
        "a\u202ena@example.net",
        "ana\u200b@example.net",
        "Ana <ana@example.net>",
        "ana@example.net,ben@example.net",
        "ana@example.net>",
        "анна@example.net",
        "a" * 65 + "@example.net",
        "ana@" + "x" * 64 + ".net",
        "ana@" + "x." * 130 + "net",
        "a@" * 100_000,
    ],
)
def test_what_is_no_address_or_hides_something_is_refused(bad):
    with pytest.raises(Refused) as refusal:
        clean_address(bad)
    assert len(str(refusal.value)) < 200 and "\n" not in str(refusal.value)


@given(st.text(max_size=300))
@settings(max_examples=500)
def test_any_text_is_an_address_or_refused(text):
    try:
        kept = clean_address(text)
    except Refused:
        return
    assert kept.isascii() and kept.isprintable() and " " not in kept and kept.count("@") == 1 and len(kept) <= 254


def test_subscribing_twice_is_once(any_catalog):
    newcomer(any_catalog, "before")
    first = subscribe(any_catalog, ANA, "en", TWO)
    newcomer(any_catalog, "after")
    again = subscribe(any_catalog, ANA.upper(), "fr", TWO)
    assert first.new == again.kept == ("Domestic work", "Fees") and not first.kept and not again.new
    assert first.subscriber_id == again.subscriber_id
    assert searches(any_catalog) == {"Domestic work": (True, 1, ""), "Fees": (True, 1, "")}
    with any_catalog.read() as connection:
        assert [tuple(row)[1:5] for row in connection.execute(sa.select(subscribers))] == [(ANA, "fr", "UTC", "active")]


def test_what_is_odd_in_a_query_is_told_and_saved_all_the_same(catalog):
    made = subscribe(catalog, ANA, "en", [("Odd", '"domestic workers" AND color:blue')])
    assert made.new == ("Odd",) and "color" in made.complaints["Odd"][0].message


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"language": "de"}, "en, fr, es"),
        ({"cadence": "hourly"}, "weekly"),
        ({"queries": []}, "at least one"),
        ({"queries": [("a", "x")] * (MOST_SEARCHES + 1)}, "at most"),
        ({"queries": [("Nowhere", "country:Atlantis")]}, "Atlantis"),
        ({"queries": [("Empty", "   ")]}, "empty"),
        ({"queries": [("Signs", "AND (")]}, "nothing to search for"),
        ({"queries": [("x" * 201, "workers")]}, "name"),
        ({"queries": [("a\x00b", "workers")]}, "name"),
        ({"address": "ana@example.net\nBcc: x@y.org"}, "line break"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_is_written(catalog, change, says):
    asked = {"address": ANA, "language": "en", "queries": TWO} | change
    with pytest.raises(Refused, match=says):
        subscribe(catalog, **asked)
    with catalog.read() as connection:
        assert connection.execute(sa.select(subscribers)).first() is None


def test_not_more_searches_than_the_limit_even_in_steps(catalog):
    subscribe(catalog, ANA, "en", [(f"s{n}", f"word{n}") for n in range(MOST_SEARCHES)])
    with pytest.raises(Refused, match="at most"):
        subscribe(catalog, ANA, "en", [("one more", "straw")])
    assert "one more" not in searches(catalog)


def test_leaving_and_coming_back_is_a_fresh_start(any_catalog):
    catalog = any_catalog
    subscribe(catalog, ANA, "en", TWO)
    work = newcomer(catalog, "matched, not yet told")
    with catalog.write() as connection:
        from datetime import UTC, datetime

        row = {"search_id": 1, "work_id": work, "seq": 1, "matched": datetime.now(UTC)}
        connection.execute(sa.insert(matches).values(row))
    assert unsubscribe(catalog, ANA) and not unsubscribe(catalog, ANA)
    assert all(not active for active, _, _ in searches(catalog).values())
    newcomer(catalog, "while away")
    assert set(resubscribe(catalog, ANA)) == {"Domestic work", "Fees"}
    assert searches(catalog) == {"Domestic work": (True, 2, ""), "Fees": (True, 2, "")}
    with catalog.read() as connection:
        assert connection.execute(sa.select(matches)).first() is None


def test_one_search_can_be_left_and_saved_again(catalog):
    subscribe(catalog, ANA, "en", TWO)
    assert unsubscribe(catalog, ANA, "recruitment AND fees")
    assert searches(catalog)["Fees"][0] is False and searches(catalog)["Domestic work"][0] is True
    newcomer(catalog, "later")
    assert subscribe(catalog, ANA, "en", TWO).new == ("Fees",)
    assert searches(catalog)["Fees"] == (True, 1, "")


def test_nobody_can_leave_who_never_came(catalog):
    assert not unsubscribe(catalog, ANA)
    with pytest.raises(Refused):
        resubscribe(catalog, ANA)


def test_a_link_only_tells_until_it_is_acted_on(catalog):
    made = subscribe(catalog, ANA, "fr", TWO)
    token = sign(SECRET, Grant(made.subscriber_id, None))
    about = read_token(catalog, SECRET, token)
    assert (about.address_hint, about.what, about.language, about.done) == ("a…@example.net", None, "fr", False)
    assert searches(catalog)["Fees"][0]  # a scanner that opens every link has ended nothing
    assert not unsubscribe_by_token(catalog, SECRET, token).done
    assert unsubscribe_by_token(catalog, SECRET, token).done  # twice is once
    assert not any(active for active, _, _ in searches(catalog).values())


def test_taking_back_the_end_of_all_mail_leaves_alone_what_had_ended_before(catalog):
    made = subscribe(catalog, ANA, "en", TWO)
    unsubscribe(catalog, ANA, TWO[1][1])
    token = sign(SECRET, Grant(made.subscriber_id, None))
    unsubscribe_by_token(catalog, SECRET, token)
    assert resubscribe_by_token(catalog, SECRET, token) == (TWO[0][0],)
    with catalog.read() as connection:
        states = connection.execute(sa.select(saved_searches.c.state).order_by(saved_searches.c.id)).scalars().all()
    assert states == ["running", "ended"]


def test_a_link_for_one_search_ends_that_one(catalog):
    made = subscribe(catalog, ANA, "en", TWO)
    with catalog.read() as connection:
        fees = connection.execute(sa.select(saved_searches.c.id).where(saved_searches.c.name == "Fees")).scalar_one()
    ended = unsubscribe_by_token(catalog, SECRET, sign(SECRET, Grant(made.subscriber_id, fees)))
    assert ended.what == "Fees" and searches(catalog)["Domestic work"][0] and not searches(catalog)["Fees"][0]


def test_forged_foreign_and_stale_links_end_nothing(catalog):
    from itsdangerous import URLSafeSerializer

    made = subscribe(catalog, ANA, "en", TWO)
    good = sign(SECRET, Grant(made.subscriber_id, None))
    other_purpose = URLSafeSerializer(SECRET, salt="forumwatch manage 1").dumps([made.subscriber_id, 0])
    odd_load = URLSafeSerializer(SECRET, salt="forumwatch unsubscribe 1").dumps({"a": 1, "b": 2})
    bad = [good[:-1], good + "x", "", "a.b", "é" * 50, "x" * 10_000, other_purpose, odd_load]
    bad += [sign("another secret, as long", Grant(1, None)), sign(SECRET, Grant(99, None)), sign(SECRET, Grant(1, 99))]
    ben = subscribe(catalog, "ben@example.net", "en", TWO[:1])
    bad.append(sign(SECRET, Grant(ben.subscriber_id, 1)))  # ana's search, ben's name
    for token in bad:
        with pytest.raises(TokenError):
            unsubscribe_by_token(catalog, SECRET, token)
        with pytest.raises(TokenError):
            read_token(catalog, SECRET, token)
    assert all(active for active, _, _ in searches(catalog).values())


def test_a_short_secret_is_refused():
    with pytest.raises(AlertError, match="at least 16"):
        sign("secret", Grant(1, None))


@given(st.text(max_size=400))
def test_no_text_passes_for_a_token(text):
    with pytest.raises(TokenError):
        verify(SECRET, text)
