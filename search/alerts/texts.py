"""Which texts do members read, and which of them still lack a translation? `make messages` gathers them.

Texts are the first argument (and its plural, the second) of a call named `w`, in this room's code, its templates and
the templates and pages of search/web; and the sentences of members/verdicts.toml. What is gathered is written to the
catalogs under locale/: new texts without a translation, those that nobody says any more left out; sorted, so that two
people's additions rarely meet.
"""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from search.alerts.members.verdicts import sentences
from search.alerts.wording import LANGUAGES, SOURCE

SEARCH = Path(__file__).parents[1]
CODE = ("alerts", "web")
TEMPLATES = {".html", ".txt", ".mjml", ".xml"}
LOCALE = Path(__file__).parent / "locale"
HEADER = "# What members read, in {name}. The text in English is the key; {{braces}} are filled in.\n#"

Text = str | tuple[str, str]  # one and many


def texts() -> dict[Text, set[str]]:
    """Every text that members read, and the files (from search/ on) that say it."""
    found: dict[Text, set[str]] = {}
    for folder in CODE:
        for path in sorted((SEARCH / folder).rglob("*")):
            for text in _said_in(path):
                found.setdefault(text, set()).add(path.relative_to(SEARCH.parent).as_posix())
    for sentence in sentences().values():
        found.setdefault(sentence, set()).add("search/alerts/members/verdicts.toml")
    return found


def gather(locale: Path = LOCALE) -> dict[str, list[Text]]:
    """Brings the catalogs up to date with the texts; returns per language what has no translation yet."""
    from babel import Locale
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po, write_po

    said, missing = texts(), dict[str, list[Text]]()
    for language in LANGUAGES:
        if language == SOURCE:
            continue
        path = locale / language / "LC_MESSAGES" / "forumwatch.po"
        before = read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(language)
        name = Locale.parse(language).get_display_name("en")
        stamp = datetime(2026, 1, 1, tzinfo=UTC)  # a date that changes by itself is a conflict between branches
        header = HEADER.format(name=name)
        after = Catalog(language, project="Forumwatch", version="1", header_comment=header, fuzzy=False)
        after.msgid_bugs_address = "(the project's issues)"
        after.creation_date = after.revision_date = stamp
        after.language_team = after.last_translator = "Forumwatch"
        for text, where in said.items():
            old = before.get(text)
            string = (old and old.string) or (("", "") if isinstance(text, tuple) else "")
            after.add(text, string, locations=[(file, 0) for file in sorted(where)])
            if not all((string,) if isinstance(string, str) else string):
                missing.setdefault(language, []).append(text)
        made = io.BytesIO()
        write_po(made, after, width=100, sort_output=True, include_lineno=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made.getvalue())
    return missing


def _said_in(path: Path) -> Iterator[Text]:
    from babel.messages.extract import extract_python
    from jinja2.ext import babel_extract

    extract: Any  # Babel's stubs ask for more than its extractors do
    if path.suffix == ".py" and path.is_file():
        extract = extract_python
    elif path.suffix in TEMPLATES and "templates" in path.parts:
        extract = babel_extract
    else:
        return
    with path.open("rb") as file:
        for _, _, said, _ in extract(file, ["w"], [], {"trim_blocks": "true", "lstrip_blocks": "true"}):
            strings = [text for text in ([said] if isinstance(said, str) else said or ()) if isinstance(text, str)]
            if strings:
                yield (strings[0], strings[1]) if len(strings) > 1 else strings[0]


def main() -> int:
    """Gathers, and says what is missing; 1 if something is."""
    missing = gather()
    for language, lacking in missing.items():
        for text in lacking:
            sys.stdout.write(f"{language}: no translation of {text!r}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
