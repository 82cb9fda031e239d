"""What becomes of a zip file of several documents? Each of them is captured as a file of its own, then read as any is.

A member comes from where its bundle came from: the same source and publisher, the bundle's address with the member's
name behind a "#", and those of the publisher's words that hold for all. Its bytes are in the archive before its row is
written, and the bundle is done when all its rows are: killed in between, it is opened once more, and nothing is twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import sqlalchemy as sa

from catalog import Catalog, tables
from pipeline import waiting
from pipeline.children.workers import Failure, Pool
from pipeline.readers.bundle import Bundle

if TYPE_CHECKING:
    from crawlers import Archive
    from pipeline.process import Item

_C, _D = tables.captures, tables.documents
_OF_ALL = ("body", "session", "country", "subjects")  # words that hold for each member as for the bundle
_NAMED = 3  # members that could not be taken out, in the reason


@dataclass(frozen=True, slots=True)
class _Taken:
    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Inside:
    """A file and the bundle it lies in: `name` is what it is called there. Of the file at the other end are `sha256`,
    `state` (empty: not read yet), `reason` and `title`."""

    name: str
    sha256: str
    state: str
    reason: str
    title: str


def open_bundle(
    pool: "Pool[Item]", catalog: Catalog, archive: "Archive", item: "Item", bundle: Bundle
) -> tuple[str, str, frozenset[str]]:
    """Takes all members out, one at a time; returns the bundle's state, the reason, and the hashes of its members."""
    names = {member.index: member.name for member in bundle.members}
    refused = {member.index: member.refusal for member in bundle.members if member.refusal}
    passing: Failure | None = None
    taken: list[_Taken] = []
    wanted = [replace(item, member=index, slow=False) for index in names if index not in refused]
    for asked, result in pool.map(wanted):
        index = asked.member
        assert index is not None
        if isinstance(result, bytes):
            taken.append(_Taken(names[index], archive.put(result), len(result)))
        elif isinstance(result, Failure) and result.may_pass:
            passing = result
        else:
            refused[index] = result.reason if isinstance(result, Failure) else "it is no file"
    _capture(catalog, item, taken)
    reason = _said(names, refused, len(taken))
    hashes = frozenset(each.sha256 for each in taken)
    if passing is None and not refused:
        waiting.record_opened(catalog, item.sha256, item.publisher, item.words, reason, item.seen)
        return "opened", reason, hashes
    failure = passing or Failure(reason, False, "Bundle")
    told = (item.publisher, item.words, failure, item.seen, "application/zip")
    return *waiting.record_failure(catalog, item.sha256, *told), hashes


def members_of(catalog: Catalog, sha256: str) -> tuple[Inside, ...]:
    """What was taken out of this bundle, by name; nothing for a file that is none."""
    with catalog.read() as connection:
        places = connection.execute(sa.select(_C.c.source, _C.c.url).where(_C.c.sha256 == sha256)).all()
        found: dict[tuple[str, str], Inside] = {}
        for place in places:
            inside = (_C.c.source == place.source) & _C.c.url.startswith(f"{place.url}#", autoescape=True)
            for row in connection.execute(_shown().where(inside)):
                if row.words.get("bundle") == sha256:
                    found[row.words["member"], row.sha256] = _inside(row, row.words["member"])
    return tuple(found[key] for key in sorted(found))


def bundles_of(catalog: Catalog, sha256: str) -> tuple[Inside, ...]:
    """The bundles that this file lies in, under its name in each."""
    with catalog.read() as connection:
        words = connection.execute(sa.select(_C.c.words).where(_C.c.sha256 == sha256)).scalars().all()
        names = {(each["bundle"], each["member"]) for each in words if each.get("bundle")}
        rows = {
            row.sha256: row for row in connection.execute(_shown().where(_C.c.sha256.in_({one for one, _ in names})))
        }
    return tuple(_inside(rows[bundle], name) for bundle, name in sorted(names) if bundle in rows)


def _shown() -> sa.Select[Any]:
    query = sa.select(_C.c.sha256, _C.c.words, _D.c.state, _D.c.reason, _D.c.title)
    return query.select_from(_C.outerjoin(_D, _D.c.sha256 == _C.c.sha256)).order_by(_C.c.id)


def _inside(row: sa.Row[Any], name: str) -> Inside:
    title = row.title or str(row.words.get("file") or row.words.get("title") or "")
    return Inside(name, row.sha256, row.state or "", row.reason or "", title)


def _capture(catalog: Catalog, item: "Item", taken: Sequence[_Taken]) -> None:
    """One row a member and place of the bundle; a row that says the same already stays as it is."""
    with catalog.write() as connection:
        now = datetime.now(UTC)
        for place in connection.execute(sa.select(_C).where(_C.c.sha256 == item.sha256).order_by(_C.c.id)).all():
            for each in taken:
                row = _row(place, item.sha256, each) | {"captured": now}
                same = (_C.c.source == row["source"]) & (_C.c.url == row["url"]) & (_C.c.sha256 == each.sha256)
                known = connection.execute(sa.select(_C.c.id, _C.c.publisher, _C.c.words).where(same)).one_or_none()
                if known is None:
                    connection.execute(sa.insert(_C).values(row))
                elif (known.publisher, known.words) != (row["publisher"], row["words"]):
                    connection.execute(sa.update(_C).where(_C.c.id == known.id).values(row))


def _row(place: sa.Row[Any], bundle: str, member: _Taken) -> dict[str, Any]:
    return {
        "source": place.source,
        "publisher": place.publisher,
        "url": f"{place.url}#{quote(member.name)}",
        "sha256": member.sha256,
        "size": member.size,
        "media_type": "",
        "words": _words(place.words, bundle, member.name),
    }


def _words(told: Mapping[str, Any], bundle: str, name: str) -> dict[str, str]:
    """A file's name is all that is known of it, as of one that is taken in by hand."""
    path = PurePosixPath(name)
    words = {word: str(told[word]) for word in _OF_ALL if told.get(word)}
    own = {"title": path.stem, "file": path.name, "bundle": bundle, "member": name}
    return words | own | {"depth": str(waiting.depth(told) + 1)}


def _said(names: Mapping[int, str], refused: Mapping[int, str], taken: int) -> str:
    said = f"bundle of {len(names)} file{'s' * (len(names) != 1)}: "
    if not refused:
        return said + ("each is a document of its own" if taken > 1 else "it is a document of its own")
    whys = [f"{names[index]} ({refused[index]})" for index in sorted(refused)]
    more = f" and {len(whys) - _NAMED} more" if len(whys) > _NAMED else ""
    return said + f"{taken} taken out, {len(whys)} not: {', '.join(whys[:_NAMED])}{more}"
