"""What do the replica's tests share? One cache of made files for the run, and a client that asks by host name."""

import importlib.util
import sys
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from crawlers.replica import serve

# The grid's paging is used by two test modules; tests are imported one by one, so it is put in place by hand.
_spec = importlib.util.spec_from_file_location("crawlers_replica_grid", Path(__file__).with_name("grid.py"))
_grid = importlib.util.module_from_spec(_spec)
sys.modules["crawlers_replica_grid"] = _grid
_spec.loader.exec_module(_grid)


class Visitor:
    """Asks a replica for the publishers' own addresses, as the crawler does: the Host header says who is meant."""

    def __init__(self, replica) -> None:
        self.exhibit = replica.app.state.exhibit
        self._client = httpx.Client(base_url=replica.url)

    def ask(self, url: str, method: str = "GET", data=None, **headers):
        parts = urlsplit(url)
        headers = {"Host": parts.netloc} | {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.request(method, url.split(parts.netloc, 1)[1], data=data, headers=headers)


@pytest.fixture(scope="session")
def visit(tmp_path_factory):
    cache = tmp_path_factory.mktemp("replica")
    with ExitStack() as replicas:

        def opened(**settings) -> Visitor:
            return Visitor(replicas.enter_context(serve(**({"cache": cache} | settings))))

        yield opened


@pytest.fixture(scope="session")
def week_1(visit):
    return visit(week=1)


@pytest.fixture(scope="session")
def week_2(visit):
    return visit(week=2)
