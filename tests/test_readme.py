"""Do README and docs speak of commands, settings and files that exist?"""

import re
from pathlib import Path

import pytest

from flows.cli import app
from flows.settings import Settings

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_that_is_named_exists(page):
    named = set(re.findall(r"FORUMWATCH_([A-Z_]+[A-Z])", page.read_text(encoding="utf-8")))
    assert named <= {*(name.upper() for name in Settings.model_fields), "CI"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_named_exists(page):
    commands = {command.name for command in (*app.registered_commands, *app.registered_groups)}
    assert set(re.findall(r"forumwatch ([a-z]+)\b", page.read_text(encoding="utf-8"))) <= commands


def test_the_table_of_commands_has_them_all():
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("## By hand")[2].partition("## ")[0]
    named = set(re.findall(r"`([a-z]+)\b", table))
    assert {command.name for command in (*app.registered_commands, *app.registered_groups)} <= named


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_exists(page):
    named = re.findall(
        r"`((?:lexicon|catalog|crawlers|pipeline|search|flows|tests|docs|bench|\.ci)/[\w./-]*)`",
        page.read_text(encoding="utf-8"),
    )
    assert [name for name in named if "NAME" not in name and not (ROOT / name).exists()] == []


@pytest.mark.parametrize("target", ["demo", "test", "bench", "lint", "lock"])
def test_every_make_target_that_is_named_exists(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
