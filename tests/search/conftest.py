"""What do the tests of search share? A catalog with a dozen works, and searchers over it, on each engine."""

import pytest

from catalog import Catalog
from search import Searcher, index_changes, open_engine
from tests.conftest import place_of_its_own
from tests.search.library import fill

ENGINES = ("tantivy", "elasticsearch")


@pytest.fixture
def library(catalog) -> Catalog:
    """A fresh catalog that holds the works of library.toml."""
    fill(catalog)
    return catalog


@pytest.fixture(scope="module")
def searcher(tmp_path_factory) -> Searcher:
    """A searcher over the works of library.toml, for tests that change nothing."""
    catalog = Catalog(f"sqlite:///{tmp_path_factory.mktemp('library')}/catalog.sqlite")
    catalog.migrate()
    fill(catalog)
    engine = open_engine(None)
    index_changes(catalog, engine)
    return Searcher(catalog, engine)


@pytest.fixture(scope="module", params=ENGINES)
def each_engine(request):
    """Each engine, empty."""
    if request.param == "tantivy":
        yield open_engine(None)
        return
    with place_of_its_own(request.getfixturevalue("elasticsearch_url")) as cluster:
        yield open_engine(cluster)


@pytest.fixture(scope="module")
def each_searcher(each_engine, tmp_path_factory) -> Searcher:
    """A searcher over the works of library.toml on each engine, for tests that change nothing."""
    catalog = Catalog(f"sqlite:///{tmp_path_factory.mktemp('library')}/catalog.sqlite")
    catalog.migrate()
    fill(catalog)
    index_changes(catalog, each_engine)
    return Searcher(catalog, each_engine)
