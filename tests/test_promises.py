"""Does every promise of docs/alerts.md name a test that is there?"""

import ast
import re

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)


def test_there_are_all_twenty_one():
    assert [int(number) for number, _, _ in ROWS] == list(range(1, 22))


def test_each_names_tests_that_are_there():
    missing = []
    for number, _, tests in ROWS:
        named = re.findall(r"`([\w/.]+)(?:::(\w+))?`", tests)
        assert named, f"promise {number} names no test"
        for path, function in named:
            file = ROOT / "tests" / path
            there = _functions(file) if file.exists() else set()
            if not there or (function and function not in there):
                missing.append(f"{number}: {path} {function}")
    assert not missing


def _functions(file) -> set[str]:
    """Test functions of a file, and of hypothesis' state machines their test cases."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assigned = [name for node in tree.body if isinstance(node, ast.Assign) for name in node.targets]
    return functions | {name.id for name in assigned if isinstance(name, ast.Name)}
