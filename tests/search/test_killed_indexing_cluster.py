"""Does kill -9 of whoever writes to a cluster lose anything; and what do readers see meanwhile?"""

import pytest

from search.engines import Cluster
from tests.search.killing import (
    Scene,
    back_to_what_was_half_removed,
    killed_at_any_moment,
    killed_at_points,
    killed_while_mending,
)

REBUILDING = [
    ("after _make", 1),
    ("after new", 1),
    ("before _refresh", 4),
    ("after _refresh", 5),
    ("before _move", 3),
    ("before note", 2),
    ("before publish", 1),
    ("after publish", 1),
    ("after _remove", 1),
    ("before _forget_others", 1),
]
FOLLOWING = [("after add", 1), ("after _refresh", 2), ("after commit", 1), ("before note", 1)]


@pytest.fixture
def scene(catalog, cluster) -> Scene:
    return Scene(catalog, Cluster(cluster.url, prefix=cluster.prefix), seed=12)


def test_what_was_half_removed_is_never_gone_on_with(scene):
    back_to_what_was_half_removed(scene, "after _remove")


def test_killed_at_a_point_nothing_is_lost(scene):
    killed_at_points(scene, REBUILDING, FOLLOWING)


def test_killed_at_any_moment_nothing_is_lost(scene):
    killed_at_any_moment(scene)


def test_killed_while_mending_the_rest_is_mended_the_next_time(scene):
    killed_while_mending(scene, "after add")
