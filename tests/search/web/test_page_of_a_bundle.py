"""Does the page of a bundle lead to its members, and a member's back, with names that are no markup?"""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from catalog.tables import captures
from pipeline.children.child import Failure
from pipeline.waiting import record_failure, record_opened
from search import Searcher, open_engine
from search.standing import unread_documents
from search.web import create_app
from tests.search.web.conftest import BASE, SECRET

NOW = datetime.now(UTC)
BUNDLE, MEMBER, UNTRIED = "a" * 64, "b" * 64, "c" * 64


@pytest.fixture
def client(catalog, tmp_path):
    app = create_app(catalog, Searcher(catalog, open_engine(None)), lambda sha256: tmp_path / sha256, SECRET, BASE)
    return TestClient(app, base_url=BASE)


@pytest.fixture
def bundle(catalog):
    inside = [(MEMBER, "<b>.gif"), (UNTRIED, "later.pdf")]
    rows = [(BUNDLE, "https://un.example/100%_all.zip", {"title": "All <i>papers"})]
    rows += [(sha, f"{rows[0][1]}#{name}", {"bundle": BUNDLE, "member": name, "depth": "1"}) for sha, name in inside]
    rows += [("d" * 64, f"{rows[0][1]}#old.pdf", {"bundle": "e" * 64, "member": "old.pdf", "depth": "1"})]
    with catalog.write() as connection:
        for sha256, url, words in rows:
            row = {"source": "un", "publisher": "UN", "url": url, "sha256": sha256, "words": words, "captured": NOW}
            connection.execute(sa.insert(captures).values(row | {"size": 9, "media_type": ""}))
    record_opened(catalog, BUNDLE, "UN", {"title": "All <i>papers"}, "bundle of 2 files", None)
    record_failure(catalog, MEMBER, "UN", {}, Failure("no reader for it", False), None, "image/gif")


def test_a_bundle_lists_its_members_and_a_member_names_its_bundle(client, bundle, catalog):
    page = client.get(f"/documents/{BUNDLE}").text
    assert "Not read yet:" not in page
    assert "bundle of 2 files" in page
    assert f'href="/documents/{MEMBER}"><bdi>&lt;b&gt;.gif</bdi>' in page
    assert "no reader for it" in page
    assert "<bdi>later.pdf</bdi>, not read yet" in page
    assert "old.pdf" not in page, "that was in other bytes at the same address"
    page = client.get(f"/documents/{MEMBER}").text
    assert f'href="/documents/{BUNDLE}"><bdi>All &lt;i&gt;papers</bdi>' in page
    assert f'href="/documents/{BUNDLE}/original"' in page
    assert client.get(f"/documents/{BUNDLE}.json").json()["state"] == "opened"
    assert [one.sha256 for one in unread_documents(catalog).documents] == [MEMBER]
