"""What do the tests of the API share? The app over the works of library.toml, with bytes for each file."""

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from catalog import tables
from search.web import create_app

BASE = "http://localhost:8700"


@pytest.fixture(scope="module")
def app(searcher, tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive")
    with searcher.catalog.read() as connection:
        for sha256 in connection.execute(sa.select(tables.documents.c.sha256)).scalars():
            (folder / sha256).write_bytes(b"%PDF-1.4 " + sha256.encode())
    return create_app(searcher.catalog, searcher, lambda sha256: folder / sha256, "s" * 20, BASE)


@pytest.fixture(scope="module")
def api(app):
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


def whole(api, url):
    """What a whole address of an answer gives."""
    assert url.startswith(BASE)
    answer = api.get(url.removeprefix(BASE))
    assert answer.status_code == 200, answer.text
    return answer
