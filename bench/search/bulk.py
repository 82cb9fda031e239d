"""Where do real records come from? The bulk data beside the repository, 26,000 records in JSON Lines and CSV."""

import csv
import gzip
import lzma
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import IO, Any

import lexicon
from search.analysis import plain
from search.engines.engine import IndexedParagraph, IndexedWork
from search.works import symbol_keys

FOLDER = Path(__file__).parents[3] / "shared" / "corpus" / "dev" / "data" / "bulk"
OPENERS = {".gz": gzip.open, ".xz": lzma.open}
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?:-(\d\d))?(?:-(\d\d))?(?!\d)")
_BLANK = re.compile(r"\n\s*\n|\n(?=#)")
LONGEST = 3_000  # characters of a paragraph, where a text has no blank lines


def there() -> bool:
    return FOLDER.is_dir()


def bulk() -> Iterator[IndexedWork]:
    """Every record as a work: its text, cut at blank lines, or its labelled paragraphs, in one document."""
    csv.field_size_limit(10_000_000)
    number = 0
    for path in sorted(FOLDER.iterdir()):
        if path.suffix not in OPENERS:
            continue
        with OPENERS[path.suffix](path, "rt", encoding="utf-8", newline="") as file:
            for record in _records(path, file):
                number += 1
                yield _work(number, path.name.split(".")[0], record)


def _records(path: Path, file: IO[str]) -> Iterator[dict[str, Any]]:
    if ".csv" in path.name:
        yield from csv.DictReader(file)
    else:
        import json

        yield from map(json.loads, file)


def _work(number: int, source: str, record: dict[str, Any]) -> IndexedWork:
    language = lexicon.language_code(record.get("language") or "en")
    texts = [(each["text"], each.get("labels") or []) for each in record.get("paragraphs") or []]
    texts = texts or [(text, []) for text in _cut(record.get("text") or record.get("statement") or "")]
    own = _countries(record)
    paragraphs = tuple(
        IndexedParagraph(number, ordinal, language, text, tuple(("country", code) for code in own if ordinal == 1))
        for ordinal, (text, _) in enumerate(texts, 1)
    )
    day = _day(record.get("date") or "")
    symbol = record.get("symbol") or record.get("id") or ""
    values = {
        "publisher": ("UN",),
        "body": (plain(record["body"]),) if record.get("body") else (),
        "kind": (plain(record["kind"]),) if record.get("kind") else (),
        "session": (str(record["session"]),) if record.get("session") else (),
        "source": (source,),
        "symbol": symbol_keys(symbol) if symbol else (),
        "year": (str(day.year),) if day else (),
        "language": (language,) if language else (),
        "country": own,
    }
    titles = ((language, record["title"]),) if record.get("title") else ()
    return IndexedWork(number, f"UN:{symbol}:{number}", day, titles, values, {}, paragraphs, number)


def _cut(text: str) -> Iterator[str]:
    for part in _BLANK.split(text):
        for line in part.split("\n") if len(part) > LONGEST else (part,):
            if line.strip():
                yield line.strip()


def _countries(record: dict[str, Any]) -> tuple[str, ...]:
    named = [record.get(name) for name in ("country", "state_under_review", "recommending_state")]
    found = [lexicon.country(name) or lexicon.find_country(name) for name in named if name]
    return tuple(dict.fromkeys(each.code for each in found if each))


def _day(text: str) -> date | None:
    found = _YEAR.search(text)
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1)) if found else None
    except ValueError:
        return None


def missing() -> str:
    return f"NOT MEASURED: real records: {FOLDER.name}/ is not beside the repository"


if __name__ == "__main__":
    sys.stdout.write(f"{sum(1 for _ in bulk()):,} records\n")
