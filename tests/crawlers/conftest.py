"""What do the crawler's tests share? A small site, a source for it in a folder of its own, and a way to crawl it."""

import importlib.util
import sys
from pathlib import Path

import pytest


def _beside(name: str, file: str) -> None:
    """Makes a module of this folder importable by the tests, whichever way pytest was started."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(file))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


_beside("crawlers_test_site", "site.py")
_beside("crawlers_test_support", "support.py")


@pytest.fixture
def site():
    from crawlers_test_site import Site

    site = Site()
    yield site
    site.close()


@pytest.fixture
def papers(site, catalog, tmp_path):
    from crawlers_test_support import Papers

    return Papers(site, catalog, tmp_path)
