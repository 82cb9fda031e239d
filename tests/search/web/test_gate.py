"""Who gets in, and how often? Over the whole application, with real keys and a clock that is moved by hand."""

import threading
import time
from datetime import UTC, datetime

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from search.keys import SCOPES, add_key, keys, revoke_key
from search.web import create_app
from search.web.gate import MOST_BUCKETS, Access, Buckets, Gate
from tests.conftest import free_port
from tests.search.library import WORKS, fill

BASE = "https://watch.example.org"
FEED, READ = "/api/v1/changes", "/api/v1/works"
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    """The clock of every bucket that is made in the test."""
    clock = Clock()
    before = Gate.__init__
    monkeypatch.setattr(
        Gate, "__init__", lambda self, app, catalog, access: before(self, app, catalog, access, Buckets(clock))
    )
    return clock


@pytest.fixture
def visit(catalog, tmp_path, clock):
    """Asks as a client at some address, perhaps with a key."""
    from starlette.testclient import TestClient

    fill(catalog, WORKS[:2])
    apps = {}

    def ask(path, key="", access=Access(), host="203.0.113.7", base=BASE, method="GET"):  # noqa: B008
        if (access, base) not in apps:
            secret = "a secret of the tests, long enough"
            apps[access, base] = create_app(catalog, None, lambda sha: tmp_path / sha, secret, base, access=access)
        client = TestClient(apps[access, base], BASE, client=(host, 1), raise_server_exceptions=False)
        return client.request(method, path, headers={"Authorization": _header(key)} if key else {})

    return ask


def _header(key):
    return (key if key.startswith("Basic") else f"Bearer {key}").encode()


def key_for(catalog, *scopes, rate=120):
    return add_key(catalog, "of a test", scopes, NOW, rate)[1]


SHUT = Access(frozenset(), 60)
READ_ONLY = Access(frozenset({"read"}), 60)


def test_what_is_open_needs_no_key(visit):
    assert visit(FEED).status_code == 200
    assert "ratelimit" not in visit(FEED).headers
    assert visit(READ, access=READ_ONLY).status_code == 200


def test_what_is_not_open_asks_for_a_key_in_words(visit):
    for path, scope, access in ((FEED, "changes", READ_ONLY), (READ, "read", SHUT), (FEED, "changes", SHUT)):
        answer = visit(path, access=access)
        assert answer.status_code == 401 and answer.headers["www-authenticate"].startswith("Bearer")
        assert f"“{scope}”" in answer.json()["message"] and answer.json()["status"] == 401
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_catalog_that_cannot_be_read_is_said_with_a_key_as_without(catalog, visit):
    key = key_for(catalog, "read")
    with catalog.write() as connection:
        connection.execute(sa.text("DROP TABLE api_keys"))
    answer = visit(READ, key)
    assert answer.status_code == answer.json()["status"] == 503 and "catalog" in answer.json()["message"]
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_opens_its_scopes_and_no_other(catalog, visit, scope):
    key = key_for(catalog, scope)
    for path, needed in ((FEED, "changes"), (f"{FEED}.jsonl", "changes"), (READ, "read"), (f"{READ}/x", "read")):
        answer = visit(path, key, SHUT)
        if scope == needed:
            assert answer.status_code in (200, 404), path
        else:
            assert answer.status_code == 403 and f'scope="{needed}"' in answer.headers["www-authenticate"]
            assert scope in answer.json()["message"]


def test_a_narrow_key_shuts_out_of_nothing_that_is_open(catalog, visit):
    assert visit(READ, key_for(catalog, "changes"), READ_ONLY).status_code == 200


@pytest.mark.parametrize("wrong", ["nonsense", "fw_000000000000_" + "x" * 43, "fw_", "é", "x" * 5000])
def test_a_wrong_key_is_an_error_also_where_none_is_needed(visit, wrong):
    answer = visit(FEED, wrong)
    assert answer.status_code == 401 and "invalid_token" in answer.headers["www-authenticate"]


def test_a_revoked_key_is_out_at_once(catalog, visit):
    key = key_for(catalog, "changes")
    assert visit(FEED, key, SHUT).status_code == 200
    revoke_key(catalog, key, NOW)
    assert visit(FEED, key, SHUT).status_code == 401


def test_another_scheme_is_no_key(visit):
    """As when a proxy in front asks for a password."""
    assert visit(FEED, "Basic dTpw").status_code == 200
    assert visit(FEED, "Basic dTpw", SHUT).status_code == 401


def test_too_many_are_told_when_to_come_again(visit, clock):
    access = Access(frozenset(SCOPES), 6)
    answers = [visit(FEED, access=access) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    assert answers[0].headers["ratelimit-policy"] == '"open";q=6;w=60'
    assert answers[0].headers["ratelimit"] == '"open";r=5;t=10'
    late = answers[-1]
    assert late.headers["retry-after"] == "10" and late.headers["ratelimit"].startswith('"open";r=0')
    assert "10 s" in late.json()["message"]
    clock.now += 9
    assert visit(FEED, access=access).headers["retry-after"] == "1"
    clock.now += 1
    assert visit(FEED, access=access).status_code == 200
    assert visit(FEED, access=access).status_code == 429


def test_a_key_has_its_own_rate_and_no_part_in_the_others(catalog, visit):
    access = Access(frozenset(SCOPES), 1)
    first, second = key_for(catalog, "changes", rate=3), key_for(catalog, "changes", rate=2)
    assert [visit(FEED, access=access).status_code for _ in range(2)] == [200, 429]
    assert [visit(FEED, first, access).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [visit(FEED, second, access, host="198.51.100.9").status_code for _ in range(3)] == [200, 200, 429]
    assert visit(FEED, access=access, host="198.51.100.9").status_code == 200


def test_a_network_of_one_household_counts_as_one(visit):
    access = Access(frozenset(SCOPES), 1)
    hosts = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1", "::ffff:203.0.113.1", "::ffff:203.0.113.2"]
    assert [visit(FEED, access=access, host=host).status_code for host in hosts] == [200, 429, 200, 200, 200]


def test_who_tries_keys_is_slowed_like_all(visit):
    access = Access(frozenset(SCOPES), 3)
    tries = [visit(FEED, f"fw_{number:012x}_" + "x" * 43, access).status_code for number in range(5)]
    assert tries == [401, 401, 401, 429, 429]


def test_exports_cost_more(visit):
    access = Access(frozenset(SCOPES), 20)
    answers = [visit("/api/v1/export.nothing", access=access) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert visit(READ, access=Access(frozenset(SCOPES), 5)).status_code == 200
    dear = Access(frozenset(SCOPES), 2)  # less a minute than one export costs: still one can be had
    assert visit("/api/v1/export.nothing", access=dear, host="192.0.2.1").status_code == 404
    assert visit("/api/v1/export.nothing", access=dear, host="192.0.2.1").headers["retry-after"] == "300"


def test_the_pages_stay_free(visit):
    access = Access(frozenset(), 1)
    for _ in range(5):
        for path in ("/sources", "/sources.json", "/api", "/api/v10/x", "/openapi.json"):
            assert visit(path, access=access).status_code in (200, 404)
    assert visit("/api/v1", access=access).status_code == 401
    assert visit("/api/v1/nowhere", access=access, host="192.0.2.1").status_code == 401


def test_a_site_below_a_path_is_guarded_too(visit):
    for path in ("/watch/api/v1/changes", "/api/v1/changes"):
        answer = visit(path, access=SHUT, base=f"{BASE}/watch")
        assert answer.status_code == 401, path


@pytest.mark.parametrize("path", ["//api/v1/changes", "/api/v1//changes", "/api//v1/changes", "/API/V1/changes",
                                  "/api/v1/./changes", "/api/v1/x/../changes", "/static/../api/v1/changes",
                                  "/api/v1/chang%65s", "/%61pi/v1/changes", "/api/v1/changes%2Ejsonl"])  # fmt: skip
def test_no_other_spelling_gets_round(visit, path):
    """What the router takes for the feed, the gate must have taken for it before."""
    for access in (SHUT, READ_ONLY):
        answer = visit(path, access=access)
        assert answer.status_code in (401, 404) and "changes" not in (
            answer.json() if answer.status_code == 200 else {}
        )


def test_the_day_of_use_is_noted_and_never_waited_for(catalog, visit):
    key = key_for(catalog, "changes")
    with catalog.write():  # someone writes for long
        began = threading.Event()
        answers = []
        asking = threading.Thread(target=lambda: (began.set(), answers.append(visit(FEED, key))))
        asking.start()
        deadline = time.monotonic() + 20
        while not answers and time.monotonic() < deadline:
            time.sleep(0.01)
        assert answers and answers[0].status_code == 200
    asking.join()
    deadline = time.monotonic() + 20
    while keys(catalog)[0].last_used is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert keys(catalog)[0].last_used == datetime.now(UTC).date()


def test_no_address_is_in_memory(catalog):
    gate = Gate(None, catalog, Access(frozenset(SCOPES), 6), Buckets())
    gate._stand({"client": ("203.0.113.7", 1)}, None, "read")
    assert "203.0.113.7" not in repr(vars(gate)) and len(gate.buckets.held) == 1


@given(
    rate=st.integers(1, 600),
    asked=st.lists(st.tuples(st.floats(0, 30), st.sampled_from([1, 10])), max_size=80),
)
def test_a_bucket_never_gives_more_than_its_rate(rate, asked):
    """Over any stretch: a minute's worth, and what has flowed in; and whoever waits as told is let in."""
    clock = Clock()
    buckets = Buckets(clock)
    taken = 0
    for pause, cost in asked:
        clock.now += pause
        stand = buckets.take("a", rate, cost)
        if stand.wait:
            clock.now += stand.wait
            assert buckets.take("a", rate, cost).wait == 0
        taken += cost
        assert taken <= max(rate, 10) + (clock.now - Clock.now) * rate / 60 + 1e-6
        assert stand.left >= 0


def test_a_crowd_takes_a_bounded_room():
    buckets = Buckets(Clock())
    for number in range(MOST_BUCKETS + 500):
        buckets.take(str(number), 60, 1)
    assert len(buckets.held) == MOST_BUCKETS


@pytest.fixture
def served(catalog, tmp_path):
    """The application behind a real server, as `forumwatch serve` runs it."""
    import uvicorn

    fill(catalog, WORKS[:2])
    access = Access(frozenset(SCOPES), 3)
    app = create_app(catalog, None, lambda sha: tmp_path / sha, "a secret, long enough for a test", BASE, access=access)
    config = uvicorn.Config(app, port=free_port(), log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{config.port}"
    server.should_exit = True
    thread.join(20)


def test_over_a_real_line_and_through_a_proxy_on_this_machine(served, catalog):
    """Readers behind the proxy are told apart by what it says of them; nobody's count is another's."""
    key = key_for(catalog, "changes", rate=2)

    def status(reader, **more):
        answer = httpx.get(f"{served}{FEED}", headers={"X-Forwarded-For": reader} | more)
        assert answer.status_code != 429 or int(answer.headers["retry-after"]) > 0
        return answer.status_code

    assert [status("203.0.113.1") for _ in range(4)] == [200, 200, 200, 429]
    assert status("203.0.113.2") == 200
    assert [status("203.0.113.1", Authorization=f"Bearer {key}") for _ in range(3)] == [200, 200, 429]
    lines = httpx.get(f"{served}{FEED}.jsonl", headers={"X-Forwarded-For": "203.0.113.3"}).text.splitlines()
    assert len(lines) == 2


def test_openapi_says_which_key_opens_what(visit):
    described = visit("/openapi.json", access=READ_ONLY).json()
    guarded = {path: each["get"]["security"] for path, each in described["paths"].items() if path.startswith("/api/")}
    exports = [said for path, said in guarded.items() if path.startswith("/api/v1/export.")]
    assert len(exports) >= 5 and all(said == [{"key": []}] for said in exports)
    assert described["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert described["paths"][FEED]["get"]["security"] == [{"key": []}]
    assert described["paths"][READ]["get"]["security"] == [{"key": []}, {}]
    assert "security" not in described["paths"]["/sources.json"]["get"]
