"""How true is the main text of web pages? Ours beside trafilatura alone, in its four ways.

Segments that must be there and that must not (truth.json, by trafilatura's authors); the title; and for the WTO's page
of groups, each member beside each of its groups.
"""

import csv
import html
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.reading.compare import fair_text, fair_words, holds
from bench.reading.truth import CORPUS
from pipeline.errors import ReadError
from pipeline.readers import read

FAR = 60  # words after a member's name within which its groups stand
NAMES = ("ours", "trafilatura", "trafilatura recall", "trafilatura precision", "trafilatura fast")
Row = tuple[str, str, dict[str, float | None]]


def rows(corpus: Path = CORPUS) -> list[Row]:
    """(page, measure, share by candidate); None where a candidate raised or found nothing."""
    found: list[Row] = []
    table = corpus / "html" / "main_content" / "truth.json"
    truths = json.loads(table.read_text(encoding="utf-8")) if table.exists() else {}
    for name, truth in truths.items():
        texts = {who: _try(who, table.parent / name) for who in NAMES}
        for key, wanted in (("with", True), ("without", False)):
            kept = {who: _segments(text, truth[key], wanted) for who, text in texts.items()}
            found.append((name, f"segments {key}", kept))
    page = corpus / "html" / "wto_groups_in_negotiations.htm"
    if page.exists():
        pairs = _pairs(page.with_name(page.stem + ".truth.csv"))
        texts = {who: _try(who, page) for who in NAMES}
        found.append((page.name, "members beside their groups", {w: _beside(t, pairs) for w, t in texts.items()}))
    return found


def titles(corpus: Path = CORPUS) -> tuple[int, int]:
    """(titles that ours has, of how many)."""
    table = corpus / "html" / "main_content" / "truth.json"
    truths = json.loads(table.read_text(encoding="utf-8")) if table.exists() else {}
    good = 0
    for name, truth in truths.items():
        try:
            title = read(table.parent / name).title or ""
        except ReadError:
            continue
        good += holds(_words(title), _words(truth["title"]))
    return good, len(truths)


def _try(who: str, path: Path) -> str:
    ways: dict[str, dict[str, bool]] = {
        "trafilatura": {},
        "trafilatura recall": {"favor_recall": True},
        "trafilatura precision": {"favor_precision": True},
        "trafilatura fast": {"fast": True},
    }
    if who in ways:
        import trafilatura

        return trafilatura.extract(path.read_bytes(), **ways[who]) or ""
    try:
        return "\n".join(p.text for p in read(path).paragraphs)
    except ReadError:
        return ""


def _words(text: str) -> list[str]:
    return fair_words(fair_text([html.unescape(text)]))


def _segments(text: str, segments: Sequence[str], wanted: bool) -> float:
    """The share of segments that are treated right; nothing was found is right for none."""
    letters = "".join(_words(text))
    if not letters or not segments:
        return 0.0 if segments else 1.0
    right: Callable[[str], bool] = lambda part: ("".join(_words(part)) in letters) == wanted  # noqa: E731
    return sum(map(right, segments)) / len(segments)


def _pairs(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return [(row["member"], row["group"]) for row in csv.DictReader(lines)]


def _beside(text: str, pairs: Sequence[tuple[str, str]]) -> float:
    """The share of pairs whose group is named after the member and before the next."""
    words = _words(text)
    members = {member: _words(member) for member, _ in pairs}
    starts = {m: _places(words, name) for m, name in members.items()}
    every = sorted({place for places in starts.values() for place in places})
    good = 0
    for member, group in pairs:
        stretches = []
        for place in starts[member]:
            begin = place + len(members[member])
            end = next((other for other in every if other >= begin), begin + FAR)
            stretches.append(words[begin : min(end, begin + FAR)])
        good += any(holds(stretch, _words(group)) for stretch in stretches)
    return good / len(pairs)


def _places(words: Sequence[str], name: Sequence[str]) -> list[int]:
    size = len(name)
    return [i for i, word in enumerate(words) if word == name[0] and list(words[i : i + size]) == list(name)]


def table(found: Sequence[Row]) -> str:
    lines = [f"| web page, % right | | {' | '.join(NAMES)} |", f"| --- | --- |{' ---: |' * len(NAMES)}"]
    for page, measure, values in found:
        best = max(value or 0.0 for value in values.values())
        shown = (f"**{100 * (v or 0):.0f}**" if (v or 0) >= best else f"{100 * (v or 0):.0f}" for v in values.values())
        lines.append(f"| {page} | {measure} | {' | '.join(shown)} |")
    return "\n".join(lines)
