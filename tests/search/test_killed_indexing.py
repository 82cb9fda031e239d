"""Does kill -9 lose anything, in the middle of a commit, a swap or the removal of what was; and what do readers see?"""

import pytest

from tests.search.killing import (
    Scene,
    back_to_what_was_half_removed,
    killed_at_any_moment,
    killed_at_points,
    killed_while_mending,
)

# where, and at which coming there: while another version is built beside, and while changes are followed
REBUILDING = [
    ("after new", 1),
    ("before renaming to shape.json", 1),
    ("after sign", 1),
    ("before passages commit", 2),
    ("after passages commit", 3),
    ("after works commit", 4),
    ("before _move", 2),
    ("before note", 3),
    ("before renaming to seq", 4),
    ("before publish", 1),
    ("before renaming to CURRENT", 1),
    ("after publish", 1),
    ("half removed", 1),
    ("before _forget_others", 1),
    ("before close", 1),
]
FOLLOWING = [
    ("before passages commit", 1),
    ("after passages commit", 1),
    ("after works commit", 2),
    ("before note", 1),
    ("before renaming to seq", 2),
    ("before close", 1),
]


@pytest.fixture
def scene(catalog, tmp_path) -> Scene:
    return Scene(catalog, tmp_path / "index", seed=11)


def test_killed_at_a_point_nothing_is_lost_and_readers_see_whole_versions(scene):
    killed_at_points(scene, REBUILDING, FOLLOWING)


def test_killed_at_any_moment_nothing_is_lost_and_readers_see_whole_versions(scene):
    killed_at_any_moment(scene)


def test_killed_while_mending_the_rest_is_mended_the_next_time(scene):
    killed_while_mending(scene, "after passages commit")


def test_what_was_half_removed_is_never_gone_on_with(scene):
    back_to_what_was_half_removed(scene, "half removed")
