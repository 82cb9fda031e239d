"""What do the tests of the pages share? A site over the little library."""

import pytest

from catalog import Catalog, tables
from search.engines import open_engine
from search.standing import IndexStanding
from search.web import create_app
from tests.search.web.little_library import fill, keep_bytes, results

SECRET = "a secret of the tests, long enough"
BASE = "https://watch.example.org"


class Canned:
    """Answers every question with the same results, so that pages can be tested on the worst that may come."""

    def __init__(self):
        self.asked = []
        self.fails = None
        self.engine = open_engine(None)
        self.stands = IndexStanding(behind=0)

    def search(self, query, language=None, sort="relevance", limit=10, after=None, filters=(), **manner):
        self.asked.append({"query": query, "language": language, "sort": sort, "limit": limit, "after": after} | manner)
        self.asked[-1]["filters"] = dict(filters)
        if self.fails:
            raise self.fails
        return results(query)

    def total(self, query, filters=(), **manner):
        return 0

    def every(self, query, language=None, sort="relevance", filters=(), **manner):
        return iter(results(query).hits)

    def similar(self, work, language=None, limit=10):
        if self.fails:
            raise self.fails
        return results("").hits[:limit]

    def standing(self):
        return self.stands

    def passages(self, query, work_id, language=None):
        return results(query).hits[0].passages


@pytest.fixture
def library(tmp_path):
    catalog = Catalog(f"sqlite:///{tmp_path}/catalog.sqlite")
    tables.metadata.create_all(catalog.engine)
    fill(catalog)
    keep_bytes(tmp_path)
    return catalog


@pytest.fixture
def canned():
    return Canned()


@pytest.fixture
def client(library, canned, tmp_path):
    from starlette.testclient import TestClient

    app = create_app(library, canned, lambda sha256: tmp_path / sha256, SECRET, BASE, None)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)
