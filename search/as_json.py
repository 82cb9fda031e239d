"""How is what Forumwatch knows written as JSON? One place for the pages' twins and for the command line.

In marked text the words that matched stand between <mark> and </mark>, and everything else is HTML-escaped;
`plain` is the same text as it is.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from html import escape
from typing import TYPE_CHECKING, Protocol

from pipeline import POOR
from search.audited import LastAudit
from search.checked import LastCheck
from search.json_shapes import (
    AuditedJson,
    CaptureJson,
    CheckedJson,
    ComplaintJson,
    DocumentJson,
    DocumentRecordJson,
    FacetJson,
    GridJson,
    HealthJson,
    HitJson,
    HoldingJson,
    KnownDocumentJson,
    PageJson,
    ParagraphJson,
    PassageJson,
    PicturesJson,
    PlaceJson,
    SearchJson,
    SimilarJson,
    SourceJson,
    SourcesJson,
    SuggestionJson,
    TimelineJson,
    UnreadJson,
    UnreadListJson,
    WatchJson,
    WideningJson,
    WorkJson,
    WorksJson,
)
from search.known import Capture, Known, KnownDocument, Listed, Place, Record
from search.pictures import Pictures
from search.results import Complaint, Facet, Hit, Passage, Results, Suggestion, Widening
from search.standing import Health, Holding, SourceStanding, Unread, UnreadList, needs_ocr
from search.text import ReadDocument, ReadGrid, ReadPage, ReadParagraph
from search.timeline import Timeline

if TYPE_CHECKING:
    from search.alerts.members.rehearsal import Rehearsal
    from search.alerts.members.sought import Asking


class Addresses(Protocol):
    """Where things are, for the `url` fields."""

    def work(self, key: str, query: str = "") -> str: ...

    def document(
        self, sha256: str, at: int | None = None, number: str | None = None, page: int | None = None, query: str = ""
    ) -> str: ...

    def original(self, sha256: str) -> str: ...


def marked(text: str, marks: Iterable[tuple[int, int]]) -> str:
    """`text` as HTML with <mark> around the marked stretches; marks may touch, overlap or lie outside."""
    out: list[str] = []
    done = 0
    for start, end in _joined(marks, len(text)):
        out += [escape(text[done:start]), "<mark>", escape(text[start:end]), "</mark>"]
        done = end
    return "".join([*out, escape(text[done:])])


def results_json(results: Results, urls: Addresses, url: str, next_url: str | None) -> SearchJson:
    return {
        "query": results.query,
        "said": results.said,
        "unit": results.unit,
        "total": results.total,
        "by_meaning": results.by_meaning,
        "suggestion": suggestion_json(results.suggestion),
        "widened": [_widening(each) for each in results.widened],
        "complaints": complaints_json(results.complaints),
        "facets": [facet_json(facet) for facet in results.facets],
        "hits": hits_json(results.hits, urls, results.query),
        "after": results.after,
        "url": url,
        "next_url": next_url,
    }


def rehearsal_json(told: "Rehearsal", sample: str, url_of: "Callable[[Asking], str]", url: str) -> WatchJson:
    return {
        "query": told.asking.query,
        "said": told.said,
        "unit": told.asking.scope,
        "refused": told.refused,
        "verdicts": [
            {"code": each.code, "refuses": each.refuses, "message": each.message, "start": each.start, "end": each.end}
            for each in told.verdicts
        ],
        "since": told.since.isoformat(),
        "whole": told.whole,
        "hurried": told.hurried,
        "hits": told.hits,
        "weekly": told.weekly,
        "weeks": list(told.weeks),
        "here": told.here,
        "hints": [
            {
                "says": each.says,
                "query": each.asking.query,
                "hits": each.hits,
                "weekly": each.weekly,
                "url": url_of(each.asking),
            }
            for each in told.hints
        ],
        "families": [_widening(each) for each in told.families],
        "sample": sample,
        "url": url,
    }


def similar_json(work: str, hits: Iterable[Hit], urls: Addresses) -> SimilarJson:
    return {"work": work, "url": urls.work(work), "hits": hits_json(hits, urls)}


def hits_json(hits: Iterable[Hit], urls: Addresses, query: str = "") -> list[HitJson]:
    """Hits by themselves, such as those of a result that is walked; `query` goes into their addresses."""
    return [_hit(hit, query, urls) for hit in hits]


def timeline_json(line: Timeline) -> TimelineJson:
    return {
        "years": [{"year": each.year, "count": each.count, "selected": each.selected} for each in line.years],
        "undated": line.undated,
    }


def work_json(known: Known, urls: Addresses, passages: Sequence[Passage] = (), query: str = "") -> WorkJson:
    """`passages` are those that answer `query`, where the work was come to by one."""
    return {
        "work": known.work,
        "url": urls.work(known.work),
        "publisher": known.publisher,
        "symbol": known.symbol,
        "symbols": list(known.symbols),
        "title": known.title,
        "body": known.body,
        "session": known.session,
        "agenda_item": known.agenda_item,
        "date": _day(known.date),
        "kind": known.kind,
        "languages": list(known.languages),
        "passages": [_passage(passage, query, urls) for passage in passages],
        "documents": [_known_document(document, urls) for document in known.documents],
        "mentions": [
            {
                "kind": group.kind,
                "total": group.total,
                "values": [
                    {"value": s.value, "text": s.text, "count": s.count, "first": _place(s.first, urls)}
                    for s in group.values
                ],
            }
            for group in known.mentions
        ],
        "citations": [
            {
                "kind": cited.kind,
                "target": cited.target,
                "count": cited.count,
                "first": _place(cited.first, urls),
                "work": cited.work,
                "url": urls.work(cited.work) if cited.work else None,
            }
            for cited in known.citations
        ],
        "cited_by": [
            {"work": c.work, "title": c.title, "symbol": c.symbol, "date": _day(c.date), "url": urls.work(c.work)}
            for c in known.cited_by
        ],
        "captures": [_capture(capture) for capture in known.captures],
    }


def works_json(found: Listed, urls: Addresses, url: str, next_url: str | None) -> WorksJson:
    return {
        "works": [
            {
                "work": entry.work,
                "url": urls.work(entry.work),
                "publisher": entry.publisher,
                "symbol": entry.symbol,
                "title": entry.title,
                "body": entry.body,
                "session": entry.session,
                "agenda_item": entry.agenda_item,
                "date": _day(entry.date),
                "kind": entry.kind,
                "languages": list(entry.languages),
            }
            for entry in found.works
        ],
        "after": found.after,
        "url": url,
        "next_url": next_url,
    }


def record_json(record: Record, urls: Addresses, text_url: str, pages_url: str) -> DocumentRecordJson:
    return {
        **_known_document(record.document, urls),
        "publisher": record.publisher,
        "work": record.work,
        "work_url": urls.work(record.work) if record.work else None,
        "text_url": text_url,
        "pages_url": pages_url,
        "captures": [_capture(capture) for capture in record.captures],
    }


def document_json(document: ReadDocument, urls: Addresses) -> DocumentJson:
    """The text as read: `forumwatch text`, /documents/{sha256}.json."""
    return {
        "sha256": document.sha256,
        "url": urls.document(document.sha256),
        "original_url": urls.original(document.sha256),
        "work": document.work,
        "publisher": document.publisher,
        "state": document.state,
        "reason": document.reason,
        "title": document.title,
        "symbol": document.symbol,
        "date": _day(document.date),
        "language": document.language,
        "media_type": document.media_type,
        "reader": document.reader,
        "facts": {name: list(lines) for name, lines in document.facts.items()},
        "grids": [grid_json(grid) for grid in document.grids],
        "pages": [page_json(page) for page in document.pages],
    }


def source_json(standing: SourceStanding) -> SourceJson:
    return {
        "source": standing.source,
        "publisher": standing.publisher,
        "title": standing.title,
        "cadence": standing.cadence,
        "terms": standing.terms,
        "last_started": _moment(standing.last_started),
        "last_good": _moment(standing.last_good),
        "state": standing.state,
        "reason": standing.reason,
        "counts": standing.counts,
        "files": standing.files,
        "late": standing.late,
        "never": standing.never,
    }


def sources_json(holdings: Sequence[Holding], standings: Sequence[SourceStanding], url: str) -> SourcesJson:
    """What is in here and how each source stands: the front page and /sources."""
    publishers: list[HoldingJson] = [
        {
            "publisher": held.publisher,
            "works": held.works,
            "documents": held.read,
            "waiting": held.waiting,
            "quarantined": held.quarantined,
            "not_tried": held.unread,
        }
        for held in holdings
    ]
    return {"url": url, "publishers": publishers, "sources": [source_json(standing) for standing in standings]}


def unread_json(unread: UnreadList, urls: Addresses, url: str, next_url: str | None) -> UnreadListJson:
    return {
        "quarantined": unread.quarantined,
        "waiting": unread.waiting,
        "needs_ocr": unread.needs_ocr,
        "not_tried": unread.not_tried,
        "documents": [_unread(document, urls) for document in unread.documents],
        "url": url,
        "next_url": next_url,
    }


def health_json(health: Health) -> HealthJson:
    return {
        "status": health.status,
        "works": health.works,
        "documents": health.documents,
        "last_change": health.last_change,
        "behind": health.index.behind,
        "index": health.index.trouble,
        "late": list(health.late),
        "failed": list(health.failed),
        "never": list(health.never),
        "checked": _checked(health.checked),
        "audited": _audited(health.audited),
        "webhooks_given_up": health.given_up,
        "alarms": [{"kind": each.kind, "says": each.says, "remedy": each.remedy} for each in health.alarms],
        "ocr": _pictures(health.pictures),
    }


def _pictures(queue: Pictures) -> PicturesJson:
    return {
        "waiting": queue.waiting,
        "files": queue.files,
        "oldest": _moment(queue.oldest),
        "problem": queue.problem,
        "failed": queue.failed,
    }


def _checked(last: LastCheck | None) -> CheckedJson | None:
    if last is None:
        return None
    return {
        "at": last.at.isoformat(),
        "works": last.works,
        "drift": last.drift,
        "mended": last.mended,
        "failure": last.failure,
    }


def _audited(last: LastAudit | None) -> AuditedJson | None:
    if last is None:
        return None
    return {
        "at": last.at.isoformat(),
        "searches": last.searches,
        "pairs": last.pairs,
        "missed": last.missed,
        "rate": last.rate,
        "failure": last.failure,
    }


def complaints_json(complaints: Iterable[Complaint]) -> list[ComplaintJson]:
    return [{"message": c.message, "start": c.start, "end": c.end, "code": c.code} for c in complaints]


def _hit(hit: Hit, query: str, urls: Addresses) -> HitJson:
    return {
        "work": hit.work,
        "symbols": list(hit.symbols),
        "title": hit.title,
        "date": _day(hit.date),
        "publisher": hit.publisher,
        "body": hit.body,
        "languages": list(hit.languages),
        "passages": [_passage(passage, query, urls) for passage in hit.passages],
        "url": urls.work(hit.work, query=query),
    }


def _passage(passage: Passage, query: str, urls: Addresses) -> PassageJson:
    return {
        "page": passage.page,
        "paragraph": passage.paragraph,
        "text": marked(passage.text, passage.marks),
        "plain": passage.text,
        "citation": passage.citation,
        "language": passage.language,
        "last_page": passage.last_page,
        "quality": passage.quality,
        "poor": passage.poor,
        "similarity": passage.similarity,
        "sha256": passage.sha256,
        "url": urls.document(passage.sha256, at=passage.ordinal, number=passage.paragraph, query=query),
    }


def suggestion_json(suggestion: Suggestion | None) -> SuggestionJson | None:
    if suggestion is None:
        return None
    return {"query": suggestion.query, "words": [{"word": word, "by": by} for word, by in suggestion.words]}


def _widening(widening: Widening) -> WideningJson:
    return {
        "asked": widening.asked,
        "theme": widening.theme,
        "label": widening.label,
        "variants": [
            {"text": v.text, "language": v.language, "total": v.total, "added": v.added, "query": v.query}
            for v in widening.variants
        ],
    }


def _capture(capture: Capture) -> CaptureJson:
    return {
        "sha256": capture.sha256,
        "source": capture.source,
        "url": capture.url,
        "captured": capture.captured.isoformat(),
        "size": capture.size,
        "media_type": capture.media_type,
    }


def facet_json(facet: Facet) -> FacetJson:
    return {
        "field": facet.field,
        "label": facet.label,
        "values": [
            {"value": v.value, "label": v.label, "count": v.count, "selected": v.selected} for v in facet.values
        ],
    }


def _known_document(document: KnownDocument, urls: Addresses) -> KnownDocumentJson:
    return {
        "sha256": document.sha256,
        "url": urls.document(document.sha256),
        "original_url": urls.original(document.sha256),
        "state": document.state,
        "reason": document.reason,
        "language": document.language,
        "languages": list(document.languages),
        "symbols": list(document.symbols),
        "title": document.title,
        "body": document.body,
        "session": document.session,
        "agenda_item": document.agenda_item,
        "date": _day(document.date),
        "kind": document.kind,
        "job_number": document.job_number,
        "media_type": document.media_type,
        "reader": document.reader,
        "read_at": _moment(document.read_at),
        "described_from": document.described_from,
        "pages": document.pages,
        "quality": document.quality,
        "poor": document.quality is not None and document.quality < POOR,
        "methods": list(document.methods),
    }


def page_json(page: ReadPage) -> PageJson:
    return {
        "page": page.page,
        "method": page.method,
        "quality": page.quality,
        "poor": page.poor,
        "language": page.language,
        "note": page.note,
        "awaits_ocr": page.awaits_ocr,
        "text": page.text,
        "paragraphs": [_paragraph(paragraph) for paragraph in page.paragraphs],
    }


def _paragraph(paragraph: ReadParagraph) -> ParagraphJson:
    return {
        "number": paragraph.number,
        "text": paragraph.text,
        "ordinal": paragraph.ordinal,
        "language": paragraph.language,
        "kind": paragraph.kind,
        "page": paragraph.page,
        "last_page": paragraph.last_page,
        "mark": paragraph.mark,
        "marks": [{"start": start, "end": end, "note": note} for start, end, note in paragraph.marks],
        "grid": paragraph.grid,
    }


def grid_json(grid: ReadGrid) -> GridJson:
    return {
        "number": grid.number,
        "page": grid.page,
        "last_page": grid.last_page,
        "title": grid.title,
        "rows": [list(row) for row in grid.rows],
    }


def _unread(document: Unread, urls: Addresses) -> UnreadJson:
    return {
        "sha256": document.sha256,
        "state": document.state,
        "reason": document.reason,
        "needs_ocr": needs_ocr(document.state, document.reason),
        "attempts": document.attempts,
        "try_again": _moment(document.try_again),
        "publisher": document.publisher,
        "media_type": document.media_type,
        "size": document.size,
        "title": document.title,
        "source": document.source,
        "from_url": document.url,
        "captured": _moment(document.captured),
        "original_url": urls.original(document.sha256),
    }


def _place(place: Place, urls: Addresses) -> PlaceJson:
    url = urls.document(place.sha256, at=place.ordinal)
    return {"sha256": place.sha256, "page": place.page, "ordinal": place.ordinal, "url": url}


def _joined(marks: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted((max(0, start), min(end, length)) for start, end in marks):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
