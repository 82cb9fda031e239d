"""What did a document say before it was read again? Each version of its text, and what the next one changed.

Kept is what went, beside where it stood, so that every version can be made from the text of today, backwards: at most
the old text once, however much changed. A version is the paragraphs, their numbers and pages; of a paragraph that was
the same in the next version, page and kind are those that it has there.
"""

import base64
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog, tables
from pipeline.rereading.aligning import differing
from pipeline.rereading.compare import Line, News

UNPACKED = 50_000  # characters of differences that are kept as they are
UNKNOWN = "unknown"

_R, _P = tables.readings, tables.paragraphs


class OldParagraph(NamedTuple):
    """A paragraph of a version of the text."""

    page: int
    number: str | None
    kind: str
    language: str | None
    text: str

    @property
    def line(self) -> Line:
        return Line(self.number, self.text)


@dataclass(frozen=True, slots=True)
class Version:
    """`changed`: paragraphs that differ from the version before, of which `news` say something else; `seq`: the change
    that told of it."""

    version: int
    at: datetime | None
    reader: str
    changed: int
    news: int
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A paragraph that was changed, added (`before` is empty) or removed (`after` is); `news`: it says something else.

    `page`, `number` and `ordinal` are those of the version it came with; of one that was removed, of the one before.
    """

    kind: str
    ordinal: int
    page: int
    number: str | None
    before: str
    after: str
    news: bool


def known_versions(catalog: Catalog, sha256: str) -> list[Version]:
    """All versions, oldest first; empty if the document has no text. One that was never read again has one."""
    with catalog.read() as connection:
        row = _document(connection, sha256)
        if row is None:
            return []
        kept = connection.execute(sa.select(_R).where(_R.c.document_id == row.id).order_by(_R.c.version)).all()
    if not kept:
        return [Version(1, row.read_at, row.reader or UNKNOWN, 0, 0)]
    return [
        Version(each.version, each.at, each.reader, *_counted(unpacked(each.differences)), each.seq) for each in kept
    ]


def version(catalog: Catalog, sha256: str, number: int) -> list[OldParagraph] | None:
    """The paragraphs of that version; None if there is none."""
    with catalog.read() as connection:
        row = _document(connection, sha256)
        found = _back_to(connection, row.id, number) if row else None
    return found[0] if found else None


def differences(catalog: Catalog, sha256: str, number: int) -> list[Difference] | None:
    """What that version changed, paragraph by paragraph: the first nothing. None if there is no such version."""
    with catalog.read() as connection:
        row = _document(connection, sha256)
        found = _back_to(connection, row.id, number) if row else None
    if found is None:
        return None
    text, blocks = found
    return [each for block in blocks for each in _paired(block, text)]


def compared(old: Sequence[OldParagraph], new: Sequence[OldParagraph], found: News) -> list[dict[str, Any]]:
    """The differences of two versions, as `readings` keeps them (see `packed`)."""
    return [
        {
            "at": c,
            "count": d - c,
            "from": a,
            "before": [list(each) for each in old[a:b]],
            "news": sorted(at - c for at in found.new if c <= at < d),
            "gone": sorted(at - a for at in found.gone if a <= at < b),
        }
        for a, b, c, d in differing([each.line for each in old], [each.line for each in new])
    ]


def carried(ordinals: Iterable[int], blocks: Sequence[dict[str, Any]]) -> set[int]:
    """Where paragraphs of one version are in the next; of one that differs there, all that stand in its place."""
    found: set[int] = set()
    for ordinal in ordinals:
        block = next((each for each in reversed(blocks) if each["from"] < ordinal), None)
        if block is None:
            found.add(ordinal)
        elif ordinal <= block["from"] + len(block["before"]):
            found.update(range(block["at"] + 1, block["at"] + 1 + block["count"]))
        else:
            found.add(ordinal + block["at"] + block["count"] - block["from"] - len(block["before"]))
    return found


def undone(text: Sequence[OldParagraph], blocks: Sequence[dict[str, Any]]) -> list[OldParagraph]:
    """The version before."""
    before = list(text)
    for block in reversed(blocks):
        before[block["at"] : block["at"] + block["count"]] = [OldParagraph(*each) for each in block["before"]]
    return before


def packed(blocks: list[dict[str, Any]]) -> Any:
    """As JSON keeps them; pressed together where they are much."""
    text = json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))
    if len(text) <= UNPACKED:
        return blocks
    return {"zlib": base64.b85encode(zlib.compress(text.encode())).decode()}


def unpacked(kept: Any) -> list[dict[str, Any]]:
    if isinstance(kept, dict):
        kept = json.loads(zlib.decompress(base64.b85decode(kept["zlib"])))
    return list(kept)


def write_versions(
    connection: Connection,
    document_id: int,
    before: Mapping[str, Any] | None,
    values: Mapping[str, Any],
    differences: list[dict[str, Any]],
    seq: int | None,
) -> None:
    """A row for this version if it is one, and for the first, if it was read before there were versions."""
    if before and before["text_sha256"] == values["text_sha256"]:
        return
    table = tables.readings
    last = sa.select(sa.func.max(table.c.version)).where(table.c.document_id == document_id)
    newest = connection.execute(last).scalar() or 0
    rows = []
    if before and not newest:
        newest = 1
        was = {"reader": before["reader"] or UNKNOWN, "text_sha256": before["text_sha256"] or "", "seq": None}
        rows.append(was | {"version": 1, "at": before["read_at"] or datetime.now(UTC), "differences": []})
    this = {"reader": values["reader"], "text_sha256": values["text_sha256"], "seq": seq, "at": datetime.now(UTC)}
    rows.append(this | {"version": newest + 1, "differences": packed(differences)})
    connection.execute(sa.insert(table), [row | {"document_id": document_id} for row in rows])


def storable(text: str) -> str:
    """Text without NUL and lone surrogates, which PostgreSQL and UTF-8 refuse; same length, so that offsets hold."""
    return text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")


def text_of(connection: Connection, document_id: int) -> list[OldParagraph]:
    """What the document says now."""
    columns = (_P.c.page, _P.c.number, _P.c.kind, _P.c.language, _P.c.text)
    query = sa.select(*columns).where(_P.c.document_id == document_id).order_by(_P.c.ordinal)
    return [OldParagraph(*row) for row in connection.execute(query)]


def _document(connection: Connection, sha256: str) -> sa.Row[Any] | None:
    d = tables.documents
    query = sa.select(d.c.id, d.c.read_at, d.c.reader).where(d.c.sha256 == sha256, d.c.state == "read")
    return connection.execute(query).one_or_none()


def _back_to(
    connection: Connection, document_id: int, number: int
) -> tuple[list[OldParagraph], list[dict[str, Any]]] | None:
    """The text of that version, and what it changed."""
    query = sa.select(_R.c.version, _R.c.differences).where(_R.c.document_id == document_id, _R.c.version >= number)
    text = text_of(connection, document_id)
    kept = {int(row.version): row.differences for row in connection.execute(query)}
    newest = max(kept, default=1)
    if not 1 <= number <= newest:
        return None
    for each in range(newest, number, -1):
        text = undone(text, unpacked(kept[each]))
    return text, unpacked(kept.get(number, []))


def _counted(blocks: Sequence[dict[str, Any]]) -> tuple[int, int]:
    changed = sum(max(block["count"], len(block["before"])) for block in blocks)
    return changed, sum(max(len(block["news"]), len(block["gone"])) for block in blocks)


def _paired(block: dict[str, Any], text: Sequence[OldParagraph]) -> Iterable[Difference]:
    """By printed number, or one after the other where there are as many after as before."""
    before = dict(enumerate(OldParagraph(*each) for each in block["before"]))
    after = dict(enumerate(text[block["at"] : block["at"] + block["count"]]))
    pairs: dict[int, int] = {}
    if len(before) == len(after):
        pairs = {at: at for at in after}
    else:
        by_number = {each.number: at for at, each in reversed(before.items()) if each.number}
        for at, each in after.items():
            if each.number in by_number:
                pairs[at] = by_number.pop(each.number)
    for at, each in after.items():
        old = before.pop(pairs[at]) if at in pairs else None
        kind, was = ("changed", old.text) if old else ("added", "")
        yield Difference(kind, block["at"] + at + 1, each.page, each.number, was, each.text, at in block["news"])
    for at, old in before.items():
        yield Difference("removed", block["from"] + at + 1, old.page, old.number, old.text, "", at in block["gone"])
