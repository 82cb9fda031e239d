"""Which engines keep the contract? The embedded one in memory and on disk, and Elasticsearch; one index a content."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest

from search import open_engine
from search.engines import Engine
from search.engines.engine import IndexedWork
from tests.conftest import place_of_its_own
from tests.search.contract.names import library_works
from tests.search.invented import WORKS


@pytest.fixture(scope="session", params=["in memory", "on disk", "elasticsearch"])
def opened(request, tmp_path_factory):
    """What opens an engine of this kind that holds nothing yet."""
    if request.param == "elasticsearch":
        url = request.getfixturevalue("elasticsearch_url")

    @contextmanager
    def opened() -> Iterator[Engine]:
        if request.param == "elasticsearch":
            with place_of_its_own(url) as cluster:
                yield open_engine(cluster)
        else:
            yield open_engine(tmp_path_factory.mktemp("index") if request.param == "on disk" else None)

    return opened


@pytest.fixture(scope="session")
def library_engine(opened) -> Iterator[Engine]:
    """Holds the works of library.toml, for tests that change nothing."""
    with opened() as engine:
        write(engine, library_works().values())
        yield engine


@pytest.fixture(scope="session")
def invented_engine(opened) -> Iterator[Engine]:
    """Holds the works of invented.py in several segments, for tests that change nothing."""
    with opened() as engine:
        for start in range(0, len(WORKS), 50):
            write(engine, WORKS[start : start + 50])
        yield engine


@pytest.fixture
def engine(opened) -> Iterator[Engine]:
    """An empty one of the test's own."""
    with opened() as engine:
        yield engine


def write(engine: Engine, works: Iterable[IndexedWork] = (), gone: Iterable[int] = ()) -> None:
    """Adds works and removes others, as one commit."""
    with engine.writing(engine.shape()) as target:
        engine.add(works)
        engine.remove(gone)
        engine.commit()
        target.publish()
