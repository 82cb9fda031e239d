"""Are the versions of a text there for people and programs, escaped, and does the document's page lead to them?"""

import pytest
from starlette.testclient import TestClient

from search import Searcher, open_engine
from search.web import create_app
from tests.search.alerts.matching.test_reread import read
from tests.search.web.conftest import BASE, SECRET

SHA256 = f"{1:064}"


@pytest.fixture
def client(catalog, tmp_path):
    app = create_app(catalog, Searcher(catalog, open_engine(None)), lambda sha256: tmp_path / sha256, SECRET, BASE)
    return TestClient(app, base_url=BASE)


def test_the_page_of_a_document_leads_to_what_changed(catalog, client):
    read(catalog, "The Committee met.", "The <b>wagcs</b> of seafarers.")
    assert "Read again" not in client.get(f"/documents/{SHA256}").text
    assert "It is the first." in client.get(f"/documents/{SHA256}/versions").text
    read(catalog, "The Committee met.", "The <b>wages</b> of seafarers.")
    page = client.get(f"/documents/{SHA256}").text
    assert "1 paragraph changed" in page and f"/documents/{SHA256}/versions" in page
    diff = client.get(f"/documents/{SHA256}/versions").text
    assert "The &lt;b&gt;wagcs&lt;/b&gt; of seafarers.</del>" in diff
    assert "The &lt;b&gt;wages&lt;/b&gt; of seafarers.</ins>" in diff
    assert "<b>wag" not in diff


def test_programs_get_the_same(catalog, client):
    read(catalog, "The wagcs of seafarers.")
    read(catalog, "The wages of seafarers.")
    found = client.get(f"/documents/{SHA256}/versions.json").json()
    assert [(each["version"], each["changed"], each["news"]) for each in found["versions"]] == [(1, 0, 0), (2, 1, 1)]
    (only,) = found["differences"]
    assert (only["kind"], only["before"], only["news"]) == ("changed", "The wagcs of seafarers.", True)
    assert client.get(f"/documents/{SHA256}/versions.json?version=1").json()["differences"] == []


@pytest.mark.parametrize("path", ["0" * 64 + "/versions", SHA256 + "/versions?version=9", "x/versions"])
def test_what_is_not_there_is_said(catalog, client, path):
    read(catalog, "The wages of seafarers.")
    assert client.get(f"/documents/{path}").status_code == 404
