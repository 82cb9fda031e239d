"""Are mails that came back understood, whoever sends them, and whatever is done to them?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.alerts.post.verdicts import understand
from tests.search.alerts.returned import (
    AWAY,
    COMPLAINT,
    EXCHANGE,
    EXIM,
    EXIM_LATE,
    GMAIL,
    PERSON,
    POSTFIX,
    QMAIL,
    returned,
)

GONE = "550 5.1.1 <ana@example.net>: Recipient address rejected: User unknown"
FORMS = (POSTFIX, EXIM, EXIM_LATE, EXCHANGE, GMAIL, QMAIL, COMPLAINT, AWAY, PERSON)


@pytest.mark.parametrize(
    ("form", "given", "kind"),
    [
        (POSTFIX, {"status": "5.1.1", "said": GONE}, "hard"),
        (POSTFIX, {"status": "5.0.0", "said": GONE}, "hard"),  # its own status says nothing
        (POSTFIX, {"status": "5.0.0", "said": "550 No such user here"}, "hard"),
        (POSTFIX, {"status": "5.2.2", "said": "552 5.2.2 Mailbox full"}, "soft"),
        (POSTFIX, {"status": "4.4.1", "said": "connect to mx.example.net: timed out"}, "soft"),
        (POSTFIX, {"status": "5.7.1", "said": "554 5.7.1 blocked using a list; no such user is a lie"}, "policy"),
        (POSTFIX, {"status": "4.4.1", "action": "delayed", "said": "timed out"}, "notice"),
        (POSTFIX, {"status": "2.0.0", "action": "relayed", "said": "250 ok"}, "notice"),
        (EXIM, {"said": GONE}, "hard"),
        (EXIM, {"said": "550 Unrouteable address: unknown user"}, "hard"),
        (EXIM, {"said": "552 mailbox is full"}, "soft"),
        (EXIM, {"said": "retry timeout exceeded"}, "soft"),
        (EXIM, {"said": "550 rejected: content looks like spam"}, "policy"),
        (EXIM, {"said": "it did not work"}, "unknown"),
        (EXIM_LATE, {}, "notice"),
        (EXCHANGE, {"status": "5.1.10", "said": "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found"}, "hard"),
        (EXCHANGE, {"status": "5.2.2", "said": "554 5.2.2 mailbox full; STOREDRV.Deliver"}, "soft"),
        (EXCHANGE, {"status": "5.7.133", "said": "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup"}, "policy"),
        (EXCHANGE, {"status": "4.4.7", "said": "550 4.4.7 QUEUE.Expired; message expired"}, "soft"),
        (GMAIL, {"status": "5.1.1", "said": "550-5.1.1 The account that you tried to reach does not exist"}, "hard"),
        (GMAIL, {"status": "4.2.2", "said": "452 4.2.2 The recipient's inbox is out of storage space"}, "soft"),
        (GMAIL, {"status": "5.7.26", "said": "550-5.7.26 Unauthenticated email from example.org"}, "policy"),
        (QMAIL, {"said": "Sorry, no mailbox here by that name. (#5.1.1)"}, "hard"),
        (QMAIL, {"said": "user is over quota"}, "soft"),
        (COMPLAINT, {"action": "abuse"}, "complaint"),
        (COMPLAINT, {"action": "fraud"}, "complaint"),
        (COMPLAINT, {"action": "not-spam"}, "notice"),
        (AWAY, {}, "notice"),
        (PERSON, {}, "unknown"),
    ],
)  # fmt: skip
def test_what_it_says(form, given, kind):
    path = "bounces+7.0123456789abcdef@example.org"
    verdict = understand(returned(form, path=path, id="<w40.7@example.org>", **given))
    assert verdict.kind == kind, verdict
    assert "ana@" not in verdict.detail and verdict.detail
    assert path in verdict.paths
    if "Message-ID" in form:
        assert "<w40.7@example.org>" in verdict.ids


NESTED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
HOSTILE = [
    b"",
    b"\x00" * 1000,
    NESTED * 5000,
    b"Content-Type: message/rfc822\r\n\r\n" * 8000,
    b"Content-Type: multipart/report; boundary=b\r\n\r\n" + b"--b\r\nContent-Type:message/delivery-status\r\n\r\n" * 59,
    b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\ncontent-type: message/delivery-status\r\n\r\n"
    + b"Action: failed\r\nStatus: 5.1.1\r\n\r\n" * 7000,
    b"Content-Type: text/plain; charset=no-such\r\nContent-Transfer-Encoding: base64\r\n"
    b"Subject: Undeliverable\r\n\r\n!!",
    b"Subject: " + b"=?utf-8?q?=41?= " * 15_000 + b"\r\n\r\nx",
    b"To: " + b"bounces+1.0@x, " * 16_000 + b"\r\n\r\nx",
    b"Subject: failure notice\r\n\r\n" + b"-" * 200_000,
    b"Subject: failure notice\r\n\r\n" + b"--- copy" * 30_000,
    b"Subject: failure notice\r\n\r\n" + b"5.1." * 60_000,
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_what_was_made_to_harm_is_only_unknown(number):
    assert understand(HOSTILE[number]).kind in ("unknown", "hard")


@settings(max_examples=150)
@given(st.sampled_from(FORMS), st.data())
def test_whatever_is_done_to_a_bounce_it_is_answered(form, data):
    raw = bytearray(returned(form, status="5.1.1", said=GONE))
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        if data.draw(st.booleans()):
            raw[at : at + data.draw(st.integers(0, 80))] = data.draw(st.binary(max_size=20))
        else:
            raw[at:at] = data.draw(
                st.sampled_from([b"\r\n", b"\r\n\r\n", b"--4F2.179/relay\r\n", b"Status: 9\r\n", b"\x80"])
            )
        if not raw:
            return
    assert understand(bytes(raw)).kind
