"""Does a kept tree come back as it was, and is it known by which rules it was made?"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.query import parse, resolve
from search.query.stored import as_json, from_json, read_as
from search.query.tree import Exact, OfWorks, StartsWith, Word
from tests.search import invented, test_both_engines
from tests.search.fuzzing import queries

ROOT = Path(__file__).parents[2]


def kept(tree):
    return json.loads(json.dumps(as_json(tree)))


@settings(max_examples=200)
@given(invented.trees | test_both_engines.trees | test_both_engines.typed)
def test_a_tree_comes_back_as_it_was(tree):
    tree = resolve(tree).tree
    assert from_json(kept(tree)) == tree


@given(st.builds(Exact, st.text(), st.lists(st.text()).map(tuple)) | st.builds(StartsWith, st.text(), st.text()))
def test_values_of_any_kind_come_back(leaf):
    assert from_json(kept(leaf)) == leaf


def test_whatever_is_typed_comes_back():
    for query in queries(2000, seed=5):
        tree = resolve(parse(query).tree).tree
        assert from_json(kept(tree)) == tree
    assert from_json(kept(OfWorks((3, 4)))) == OfWorks((3, 4))


def test_a_tree_takes_little_room():
    tree = resolve(parse('"domestic workers" OR remittances').tree).tree
    assert len(json.dumps(as_json(tree))) < 300 < len(repr(tree))


@pytest.mark.parametrize("wrong", [[], ["has"], ["not"], ["not", ["and"], ["and"]], ["maybe", 1], "and", None, 7])
def test_what_is_no_tree_is_refused(wrong):
    with pytest.raises((ValueError, TypeError)):
        from_json(wrong)


def test_only_resolved_trees_are_kept():
    with pytest.raises(TypeError):
        as_json(Word("workers"))


@pytest.mark.parametrize("changed", ["search/query/lex.py", "search/query/dates.toml", "search/fields.toml"])
def test_a_changed_rule_is_another_version(tmp_path, changed):
    for room in ("search", "lexicon", "catalog"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "static"))
    program = [sys.executable, "-c", "from search.query.stored import read_as; print(read_as())"]

    def version():
        return subprocess.run(
            program, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=True
        ).stdout.strip()

    assert version() == read_as()
    with (tmp_path / changed).open("a") as file:
        file.write("\n# another rule\n")
    assert version() != read_as()
