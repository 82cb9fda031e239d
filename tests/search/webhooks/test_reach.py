"""May a webhook reach into our own networks? Not by any spelling, nor by a name that changes its mind."""

import ipaddress
import socket
import ssl

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from search.errors import MistakenRequest
from search.webhooks import Letter, sign, signed, webhook_secret
from search.webhooks.posting import Poster
from search.webhooks.reach import is_public
from tests.conftest import free_port
from tests.search.webhooks.conftest import Clock, to_this_machine
from tests.search.webhooks.receiver import Receiver

NO_TRUST = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
INSIDE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255",
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1",
    "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8",
    "::ffff:0:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1",
    "2001:0:7f00:1::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::1", "2002:a00:1::1",
    "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "ff0e::1",
]  # fmt: skip
OUTSIDE = [
    "8.8.8.8", "1.1.1.1", "193.0.6.139", "100.63.255.255", "100.128.0.0", "2606:4700:4700::1111",
    "2a00:1450:4001::64",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_inside_is_refused(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_outside_is_not(address):
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_no_wrapping_of_an_address_is_public(address):
    """Mapped, compatible, 6to4, Teredo, NAT64: a private address must not come in as another's payload."""
    number = int(address)
    for prefix in ("::ffff:0:0", "::", "64:ff9b::"):
        assert not is_public(ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) | number))
    assert not is_public(ipaddress.IPv6Address((0x2002 << 112) | (number << 80) | 1))
    assert not is_public(ipaddress.IPv6Address((0x20010000 << 96) | (number ^ 0xFFFFFFFF)))


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "localhost", "[::1]", "[::ffff:127.0.0.1]"],
)
def test_no_spelling_of_this_machine_is_reached(host):
    """With a listener there, so that a connection would be seen."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        answer = Poster(schemes=("http", "https")).post(f"http://{host}:{port}/", b"{}", {})
        listener.settimeout(0.05)
        with pytest.raises(TimeoutError):
            listener.accept()
    assert answer.status is None
    assert "not a public address" in answer.text or "no address" in answer.text


class Changeable:
    """A name that is public when first asked and private ever after."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), 0

    def __call__(self, _host, _port):
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def test_a_name_that_changes_its_mind_is_asked_once_and_the_judged_address_called():
    inside, outside = ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("127.0.0.2")  # .2 plays the public one
    with socket.create_server(("127.0.0.1", 0)) as victim:
        name = Changeable([outside], [inside])
        poster = to_this_machine(resolve=name, allowed=lambda address: address == outside, seconds=1)
        answer = poster.post(f"http://rebinding.example:{victim.getsockname()[1]}/", b"{}", {})
        victim.settimeout(0.05)
        with pytest.raises(TimeoutError):
            victim.accept()  # 127.0.0.2 was called (nobody listens), not 127.0.0.1
        assert name.asked == 1 and "no answer" in answer.text
        again = poster.post(f"http://rebinding.example:{victim.getsockname()[1]}/", b"{}", {})
        assert "not a public address" in again.text


def test_one_private_address_among_public_ones_is_enough():
    both = [ipaddress.ip_address("8.8.8.8"), ipaddress.ip_address("10.0.0.1")]
    with pytest.raises(MistakenRequest, match=r"10\.0\.0\.1"):
        Poster(resolve=lambda *_: both).knock("https://both.example/")


def test_an_address_that_is_not_there_now_may_be_added():
    def nowhere(*_):
        raise socket.gaierror(-2, "Name or service not known")

    assert "no address now" in Poster(resolve=nowhere).knock("https://hooks.example/")
    assert "no answer" in Poster(resolve=nowhere).post("https://hooks.example/", b"{}", {}).text


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/", "ftp://hooks.example.org/", "file:///etc/passwd", "hooks.example.org", "https://",
        "https://user:pass@hooks.example.org/", "https://hooks.example.org/#part", "", "https://[::1", "gopher://x/",
        "https://hooks.example.org/" + "x" * 2000, "https://hooks.example.org:99999/", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_webhook_is_refused_in_words(url):
    with pytest.raises(MistakenRequest, match=r"\w+ \w+"):
        Poster().knock(url)
    assert Poster().post(url, b"{}", {}).status is None


@pytest.mark.parametrize("host", ["a" * 64 + ".invalid", "a..b.invalid", "x" * 300 + ".invalid", "ü.invalid", "-"])
def test_a_name_that_is_none_is_an_answer_not_an_error(host):
    assert Poster(seconds=1).post(f"https://{host}/", b"{}", {}).status is None


@given(st.one_of(st.text(), st.text().map("https://{}".format), st.from_regex(r"https://[^/]{1,20}/?.{0,20}")))
def test_whatever_is_typed_as_an_address_is_answered(url):
    try:
        parts = Poster(trust=NO_TRUST).checked(url)
    except MistakenRequest as error:
        assert str(error)
    else:
        assert parts.scheme == "https" and parts.host


def test_the_certificate_is_of_the_name_though_the_connection_goes_to_the_address():
    authority = trustme.CA()
    here = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("hooks.example.org").configure_cert(here)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    named = []
    here.sni_callback = lambda _socket, name, _context: named.append(name)
    loopback = [ipaddress.ip_address("127.0.0.1")]
    with Receiver(context=here) as receiver:
        poster = to_this_machine(resolve=lambda *_: loopback, trust=trust, schemes=("https",))
        good = poster.post(f"https://hooks.example.org:{receiver.port}/", b"{}", _headers())
        other = poster.post(f"https://other.example.org:{receiver.port}/", b"{}", _headers())
        unknown = to_this_machine(resolve=lambda *_: loopback)
        stranger = unknown.post(f"https://hooks.example.org:{receiver.port}/", b"{}", _headers())
    assert good.status == 204 and named[0] == "hooks.example.org"
    assert receiver.headers[0]["Host"] == f"hooks.example.org:{receiver.port}"
    assert other.status is None and "certificate" in other.text.lower()
    assert stranger.status is None and "certificate" in stranger.text.lower()
    assert len(receiver.headers) == 1


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    with Receiver() as receiver:
        assert to_this_machine().post(receiver.url, b"{}", _headers()).status == 204


def test_the_signature_is_what_is_documented():
    """Computed by hand once, so that it cannot change unnoticed: receivers would refuse everything."""
    letter = Letter("wh_1-7", 7, b'{"a":1}')
    clock = Clock()
    headers = signed(letter, "whsec_test", clock())
    assert headers["Forumwatch-Timestamp"] == str(int(clock().timestamp()))
    assert headers["Forumwatch-Sequence"] == "7" and headers["Idempotency-Key"] == "wh_1-7"
    assert sign("whsec_test", 1, b"{}") != sign("whsec_test", 2, b"{}") != sign("whsec_test", 2, b"{ }")
    assert sign("key", 1700000000, b"body") == "v1=47b6ce0fca59474308e2921c247cb2493dce6b8101d90ac05bd0c6a37d0e046e"
    assert webhook_secret("house", "wh_1") != webhook_secret("house", "wh_2") != webhook_secret("home", "wh_2")


def _headers():
    return signed(Letter("k", 1, b"{}"), "", Clock()())
