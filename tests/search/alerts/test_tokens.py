"""Is a link good for one thing only, as long as it should be, and of no use to whoever changes it?"""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from search.alerts.errors import AlertError, Gone, TokenError
from search.alerts.tokens import LASTS, LONGEST, Grant, Purpose, sign, verify
from tests.search.alerts.letters import LINKS, MADE, SECRET

GRANTS = {purpose: Grant(7, 3, "weekly 2026-W40" if purpose is Purpose.ARCHIVE else "") for purpose in Purpose}
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_token_opens_one_door(purpose):
    token = sign(SECRET, GRANTS[purpose], purpose, MADE)
    assert verify(SECRET, token, purpose, MADE) == GRANTS[purpose]
    assert token == sign(SECRET, GRANTS[purpose], purpose, MADE)  # so that a mail made twice is the same mail
    for other in set(Purpose) - {purpose}:
        with pytest.raises(TokenError, match="damaged, or was not made by us"):
            verify(SECRET, token, other, MADE)
    with pytest.raises(TokenError):
        verify("another secret, as long", token, purpose, MADE)


@pytest.mark.parametrize("purpose", Purpose)
def test_only_what_confirms_and_the_desk_come_to_an_end(purpose):
    token = sign(SECRET, GRANTS[purpose], purpose, MADE)
    if purpose not in LASTS:
        assert verify(SECRET, token, purpose, MADE + timedelta(days=20_000)) == GRANTS[purpose]
        return
    assert verify(SECRET, token, purpose, MADE + LASTS[purpose] - SECOND) == GRANTS[purpose]
    with pytest.raises(Gone, match="has expired"):
        verify(SECRET, token, purpose, MADE + LASTS[purpose])
    with pytest.raises(AlertError, match="needs that time"):
        sign(SECRET, GRANTS[purpose], purpose)


def test_links_of_mails_that_were_sent_long_ago_stay_good():
    old = URLSafeSerializer(SECRET, salt="forumwatch unsubscribe 1").dumps([7, 0])
    assert verify(SECRET, old) == Grant(7, None)
    assert sign(SECRET, Grant(7, None)) == old


@given(st.sampled_from(Purpose), st.text(max_size=LONGEST + 50))
def test_no_text_passes_for_a_token_of_any_purpose(purpose, text):
    with pytest.raises(TokenError):
        verify(SECRET, text, purpose, MADE)


@given(
    st.sampled_from(Purpose),
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
        max_leaves=5,
    ),
)
def test_whatever_we_signed_by_mistake_is_read_or_refused(purpose, load):
    token = URLSafeSerializer(SECRET, salt=f"forumwatch {purpose} 1").dumps(load)
    try:
        grant = verify(SECRET, token, purpose, MADE)
    except TokenError:
        return
    assert isinstance(grant.subscriber_id, int) and isinstance(grant.mail, str)


@given(st.sampled_from(Purpose), st.integers(0, 200), st.characters(categories=["L", "N", "P"]))
def test_a_changed_letter_is_noticed(purpose, at, letter):
    token = sign(SECRET, GRANTS[purpose], purpose, MADE)
    at %= len(token)
    changed = token[:at] + letter + token[at + 1 :]
    try:
        assert verify(SECRET, changed, purpose, MADE) == GRANTS[purpose]
    except TokenError:
        assert changed != token
        return
    assert changed == token or at == len(token) - 1  # the last letter of base64 has bits that mean nothing


def test_every_link_is_signed_for_its_page():
    made = {
        LINKS.manage(7): ("manage", Purpose.MANAGE, Grant(7)),
        LINKS.confirm(7, 4, MADE): ("confirm", Purpose.CONFIRM, Grant(7, 4)),
        LINKS.unsubscribe(7, 3): ("unsubscribe", Purpose.UNSUBSCRIBE, Grant(7, 3)),
        LINKS.feed(7, 3): ("feed", Purpose.FEED, Grant(7, 3)),
        LINKS.archive(7): ("mails", Purpose.ARCHIVE, Grant(7)),
        LINKS.archive(7, "at once", "2026-10-05"): ("mails", Purpose.ARCHIVE, Grant(7, None, "at once 2026-10-05")),
        LINKS.trace(7, 3): ("trace", Purpose.TRACE, Grant(7, 3)),
        LINKS.desk(MADE): ("desk", Purpose.DESK, Grant(0)),
    }
    for link, (page, purpose, grant) in made.items():
        start, _, token = link.rpartition("/")
        assert start == f"https://forumwatch.example.org/{page}"
        assert verify(SECRET, unquote(token), purpose, MADE) == grant
    assert LINKS.ask_for_manage() == "https://forumwatch.example.org/manage"
    assert LINKS.sign_up() == "https://forumwatch.example.org/sign-up"
    assert LINKS.sign_up([("q", "fees AND work")]) == "https://forumwatch.example.org/sign-up?q=fees+AND+work"
