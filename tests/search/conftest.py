"""What do the tests of search share? A catalog with a dozen works, and a searcher over it."""

import pytest

from catalog import Catalog
from search import Searcher, index_changes, open_engine
from tests.search.library import fill


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
