"""How is a result written as lines of JSON? A hit a line, as the API has it, with the rest of its description.

The last line has `end`, the number of lines before it: a file without it was cut short on its way.
"""

import json
from collections.abc import Iterable, Iterator

from typing_extensions import TypedDict

from search.as_json import complaints_json, hits_json
from search.export.citable import About, Citable
from search.json_shapes import ComplaintJson, HitJson


class LineJson(HitJson):
    """One result; `changed` is when the catalog last heard of its work."""

    symbol: str | None
    session: str | None
    agenda_item: str | None
    kind: str | None
    changed: str | None


class EndJson(TypedDict):
    """The last line: how many lines came before it, and of what they are the answer."""

    end: int
    query: str
    said: str
    unit: str
    complaints: list[ComplaintJson]


def write_lines(found: Iterable[Citable], about: About) -> Iterator[str]:
    lines = 0
    for each in found:
        lines += 1
        yield _line(line_json(each, about))
    end: EndJson = {
        "end": lines,
        "query": about.query,
        "said": about.said,
        "unit": about.unit,
        "complaints": complaints_json(about.complaints),
    }
    yield _line(end)


def line_json(each: Citable, about: About) -> LineJson:
    (hit,) = hits_json([each.hit], about.urls)
    return {
        **hit,
        "symbol": each.symbol,
        "session": each.session,
        "agenda_item": each.agenda_item,
        "kind": each.kind,
        "changed": each.changed.isoformat() if each.changed else None,
    }


def _line(data: LineJson | EndJson) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"
