"""How is a result written for a list of references? BibTeX and RIS, an entry a work or a paragraph.

The author is the body that issued a work, the institution its publisher, the number its symbol. Which type of entry a
kind becomes is in entries.csv; any other kind is a report.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from search.export.citable import About, Citable, one_line
from search.labels import label_of

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{each: f"\\{each}" for each in "{}$&#%_"},
}
_NOT_IN_KEYS = re.compile(r"[^A-Za-z0-9:/.+-]")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def write_bibtex(found: Iterable[Citable], about: About) -> Iterator[str]:
    """The last line is a comment with the number of entries: a file without it was cut short."""
    written = 0
    yield f"% Forumwatch: {one_line(about.said)}\n% {about.url}\n"
    for each in found:
        written += 1
        fields = [f"  {name} = {value}" for name, value in _bibtex_fields(each, about) if value]
        yield f"\n@{_types(each.kind)[0]}{{{entry_key(each, about)},\n" + ",\n".join(fields) + "\n}\n"
    yield f"\n% end: {written} entries\n"


def write_ris(found: Iterable[Citable], about: About) -> Iterator[str]:
    for each in found:
        lines = [f"{tag}  - {line}" for tag, value in _ris_fields(each, about) if (line := one_line(value))]
        yield "\r\n".join([f"TY  - {_types(each.kind)[1]}", *lines, "ER  - ", "", ""])


def entry_key(each: Citable, about: About) -> str:
    """The key of the work, and of the paragraph where these are asked for; two are never the same."""
    key = _NOT_IN_KEYS.sub(lambda found: f"_{ord(found[0]):x}_", each.hit.work)
    if about.unit == "paragraphs" and each.hit.passages:
        passage = each.hit.passages[0]
        key += f":{passage.sha256[:8]}:{passage.ordinal}"
    return key


def latex(text: str) -> str:
    """Text that LaTeX prints as it is; other scripts stay as they are, in UTF-8."""
    return "".join(_SPECIAL.get(each, each) for each in one_line(text))


def _bibtex_fields(each: Citable, about: About) -> Iterator[tuple[str, str]]:
    hit = each.hit
    for name, text in (
        ("author", _author(each)),
        ("title", hit.title or each.symbol or hit.work),
        ("institution", label_of("publisher", hit.publisher)),
    ):
        yield name, f"{{{{{latex(text)}}}}}"  # twice in braces: not taken apart, capitals kept
    yield "number", _braced(latex(each.symbol or ""))
    yield "type", _braced(latex(label_of("kind", each.kind) if each.kind else ""))
    if hit.date:
        yield "year", f"{{{hit.date.year}}}"
        yield "month", MONTHS[hit.date.month - 1]
        yield "date", f"{{{hit.date.isoformat()}}}"
    yield "language", _braced(latex(_language(each)))
    yield "url", _braced(about.urls.work(hit.work))
    for passage in hit.passages[:1]:
        yield "pages", f"{{{passage.page}}}" if about.unit == "paragraphs" else ""
        yield "annote", _braced(latex(f"{passage.citation}: {passage.text}"))


def _ris_fields(each: Citable, about: About) -> Iterator[tuple[str, str]]:
    hit = each.hit
    yield "ID", entry_key(each, about)
    yield "AU", _author(each)
    yield "TI", hit.title or each.symbol or hit.work
    yield "PB", label_of("publisher", hit.publisher)
    yield "M1", each.symbol or ""
    yield "M3", label_of("kind", each.kind) if each.kind else ""
    if hit.date:
        yield "PY", str(hit.date.year)
        yield "DA", hit.date.strftime("%Y/%m/%d")
    yield "LA", _language(each)
    yield "UR", about.urls.work(hit.work)
    for passage in hit.passages[:1]:
        yield "SP", str(passage.page) if about.unit == "paragraphs" else ""
        yield "N1", f"{passage.citation}: {passage.text}"
    yield "DB", "Forumwatch"


def _author(each: Citable) -> str:
    return label_of("body", each.hit.body) if each.hit.body else label_of("publisher", each.hit.publisher)


def _language(each: Citable) -> str:
    """That of the passage that is quoted, else English where the work has it, else its first."""
    spoken = [passage.language for passage in each.hit.passages[:1] if passage.language]
    languages = each.hit.languages
    code = next(iter([*spoken, *(["en"] if "en" in languages else []), *languages]), None)
    return label_of("language", code).lower() if code else ""


def _braced(text: str) -> str:
    return f"{{{text}}}" if text else ""


def _types(kind: str | None) -> tuple[str, str]:
    return _entries().get(kind or "", ("techreport", "RPRT"))


@cache
def _entries() -> dict[str, tuple[str, str]]:
    with Path(__file__).with_name("entries.csv").open(encoding="utf-8", newline="") as lines:
        return {row["kind"]: (row["bibtex"], row["ris"]) for row in csv.DictReader(lines)}
