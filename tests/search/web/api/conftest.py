"""What do the tests of the API share? The app over the works of library.toml, with bytes for each file."""

import threading
import time
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
import uvicorn
from starlette.testclient import TestClient

from catalog import tables
from search.web import create_app
from tests.conftest import free_port

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


@contextmanager
def served(app):
    """The app on a real port of this machine: its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=free_port(), log_level="critical"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.config.port}"
    server.should_exit = True
    thread.join(30)


@pytest.fixture(scope="module")
def address(app):
    with served(app) as url:
        yield url
