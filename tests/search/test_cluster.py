"""Does a cluster as people run it do: with TLS and a key that can do little, and out of order now and then?"""

import threading
import time
import uuid
from dataclasses import fields

import pytest
from elasticsearch import AuthorizationException, Elasticsearch
from starlette.testclient import TestClient

from search import IndexUnavailable, Searcher, index_changes
from search.checking import check
from search.engines import Cluster, open_engine
from search.web import create_app
from tests.search.library import WORKS, changed, fill, put

LIMITED = {
    "forumwatch": {"cluster": ["monitor"], "indices": [{"names": ["forumwatch-*"], "privileges": ["all"]}]},
}  # as README has it


@pytest.fixture(scope="module")
def admin(secured_elasticsearch):
    server = secured_elasticsearch
    with Elasticsearch(server.url, basic_auth=(server.user, server.password), ca_certs=str(server.ca)) as client:
        yield client


@pytest.fixture(scope="module")
def key(admin):
    return admin.security.create_api_key(name="forumwatch", role_descriptors=LIMITED)["encoded"]


@pytest.fixture
def secured(secured_elasticsearch, key):
    """A place of this test's own, reached as README says."""
    server = secured_elasticsearch
    return Cluster(server.url, api_key=key, ca=server.ca, prefix=f"forumwatch-{uuid.uuid4().hex[:8]}", seconds=5)


def test_a_key_that_can_do_nothing_else_is_enough(catalog, secured, admin):
    fill(catalog)
    engine = open_engine(secured)
    assert index_changes(catalog, engine) == len(WORKS)
    assert Searcher(catalog, engine).search('"domestic workers"').total > 1
    put(catalog, changed(WORKS[0], "a needle"))
    index_changes(catalog, engine)
    (hit,) = Searcher(catalog, engine).search("needles").hits
    assert hit.work == WORKS[0].key
    report = check(catalog, engine)
    assert report.works == report.held == len(WORKS) and report.drift == 0
    assert all(name.startswith(secured.prefix) for name in admin.indices.get(index="*"))
    with pytest.raises(AuthorizationException):
        secured.client.indices.create(index="another")


@pytest.mark.parametrize(
    "wrong",
    [{"api_key": ""}, {"api_key": "bm9ib2R5OnNlY3JldA=="}, {"api_key": "", "user": "admin", "password": "guess"}],
    ids=["no key", "unknown key", "wrong password"],
)
def test_who_may_not_is_told_so_and_no_secret_is_said(catalog, secured, wrong):
    fill(catalog)
    cluster = _with(secured, **wrong)
    with pytest.raises(IndexUnavailable) as told:
        Searcher(catalog, open_engine(cluster)).search("workers")
    said = f"{told.value} {told.value.detail}"
    assert "guess" not in said and "c2VjcmV0" not in said
    assert str(told.value)


def test_a_certificate_that_nobody_vouches_for_is_refused(catalog, secured):
    fill(catalog)
    with pytest.raises(IndexUnavailable):
        Searcher(catalog, open_engine(_with(secured, ca=None))).search("workers")


def test_a_cluster_that_dies_loses_nothing(catalog, secured, secured_elasticsearch, monkeypatch, tmp_path):
    """Killed while it indexes, it is waited for; while it is away, pages say so; back again, all is there."""
    from search import indexing

    fill(catalog)
    engine = open_engine(secured)
    index_changes(catalog, engine)
    for work in WORKS:
        put(catalog, changed(work, f"version two of {work.key}"))
    monkeypatch.setattr(indexing, "BATCH", 2)
    monkeypatch.setattr(indexing, "COMMIT_EVERY", 1)
    load, batches = indexing.load_works, []

    def dying(*arguments):
        batches.append(1)
        if len(batches) == 3:
            secured_elasticsearch.kill()
        return load(*arguments)

    monkeypatch.setattr(indexing, "load_works", dying)
    with pytest.raises(IndexUnavailable):
        index_changes(catalog, engine, wait=1)

    app = create_app(catalog, Searcher(catalog, engine), tmp_path.joinpath, "s" * 20, "http://testserver", None)
    client = TestClient(app, raise_server_exceptions=False)
    page = client.get("/search?q=workers")
    assert page.status_code == 503 and "search" in page.text.lower()
    twin = client.get("/api/v1/search?q=workers")
    assert twin.status_code == 503 and twin.json()["message"]
    assert client.get(f"/works/{WORKS[0].key}").status_code == 200  # what is known does not hang on search

    waiting = threading.Thread(target=index_changes, args=(catalog, engine, 120))
    waiting.start()
    time.sleep(1)
    secured_elasticsearch.start()
    waiting.join(150)
    assert not waiting.is_alive()
    assert Searcher(catalog, engine).search('"version two"').total == len(WORKS)
    report = check(catalog, engine, repair=False)
    assert report.held == len(WORKS) and report.drift == 0
    assert client.get("/search?q=workers").status_code == 200


def _with(cluster, **other):
    return Cluster(**{each.name: getattr(cluster, each.name) for each in fields(Cluster)} | other)
