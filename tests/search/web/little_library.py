"""What do the tests of the pages read? A few works with all that a page can show, and some that are hostile."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from catalog import Catalog, tables
from search.results import Complaint, Facet, FacetValue, Hit, Passage, Results

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
KEY = "UN:A/HRC/59/49"
HOSTILE = """<script>alert("1")</script>'"><img src=x onerror=alert(2)>{{7*7}}"""
HOSTILE_KEY = "WTO:S/C/<b>&?q=1#x"
LONG = " ".join(f"The committee heard from association number {n} about recruitment fees." for n in range(900))
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" + (
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
HTML = b"<!doctype html><script>document.title='owned'</script><p>hello"


def sha(name: str) -> str:
    return hashlib.sha256(BYTES.get(name, name.encode())).hexdigest()


BYTES = {"english": PDF, "page": HTML}

TEXT = {
    "english": [
        (1, None, "Human Rights Council, fifty-ninth session: protecting the rights of domestic workers."),
        (1, "1", "The present report is submitted pursuant to resolution A/RES/45/158."),
        (2, "2", "Domestic workers in the Philippines and in Mexico have no weekly day of rest."),
        (2, "3", 'Recruiters withhold passports & wages; <b>fees</b> are charged "twice".'),
        (4, "1", "Annex: the recommendations, numbered anew."),
    ],
    "arabic": [(1, "1", "العمال المنزليون في الفلبين ليس لهم يوم راحة أسبوعية.")],
    "long": [(page, str(page), LONG) for page in range(1, 6)],
    "hostile": [(1, HOSTILE[:12], HOSTILE)],
    "page": [(1, None, "A page of a web site about migrants.")],
}


def fill(catalog: Catalog) -> None:
    with catalog.write() as connection:
        report = _work(connection, KEY, "UN", "A/HRC/59/49", "Report on the human rights of domestic workers", "HRC")
        cited = _work(connection, "UN:A/RES/45/158", "UN", "A/RES/45/158", "International Convention", None)
        hostile = _work(connection, HOSTILE_KEY, "WTO", None, HOSTILE, HOSTILE[:60])
        english = _document(connection, report, "english", "en", "A/HRC/59/49", media_type="application/pdf")
        _document(connection, report, "arabic", "ar", "A/HRC/59/49", quality=0.3)
        _document(connection, cited, "long", "en", "A/RES/45/158")
        _document(connection, hostile, "hostile", "xx", None, title=HOSTILE)
        _document(connection, cited, "page", "en", "A/RES/45/158", media_type="text/html")
        for value, ordinal in (("PHL", 3), ("PHL", 3), ("MEX", 3)):
            _mention(connection, english, "country", value, ordinal)
        _mention(connection, english, "person", HOSTILE[:100], 4)
        connection.execute(
            sa.insert(tables.citations).values(
                document_id=english,
                kind="symbol",
                target="A/RES/45/158",
                text="A/RES/45/158",
                ordinal=2,
                page=1,
                start=55,
                end=67,
            )
        )
        _unread(connection, "broken", "quarantined", "the file ends in the middle of a page")
        _unread(connection, "scan", "waiting", "needs OCR: none of its 12 pages has text")
        _capture(connection, "not tried", "un-tb")
        _source(connection, "un-tb", "UN", "Treaty bodies", "daily", NOW - timedelta(hours=3))
        _source(connection, "ilo-gb", "ILO", "Governing Body", "weekly", NOW - timedelta(days=30))
        _source(connection, "wto-m4", "WTO", "Mode 4", "weekly", None)


def keep_bytes(folder: Path) -> None:
    for name in (*TEXT, "broken", "scan"):
        (folder / sha(name)).write_bytes(BYTES.get(name, name.encode()))


def results(query: str) -> Results:
    """Results as the searcher could give them, with what is worst in each field."""
    text, arabic = TEXT["english"][2][2], TEXT["arabic"][0][2]
    return Results(
        query=query,
        said=f"the words {query}",
        total=2,
        hits=(
            Hit(
                1, KEY, ("A/HRC/59/49",), "Report on the human rights of domestic workers", date(2025, 6, 12), "UN",
                "HRC",
                ("en", "ar"),
                (
                    Passage(sha("english"), "en", 2, "2", 3, text, ((0, 16), (10, 16)), "A/HRC/59/49, para. 2", 0.98),
                    Passage(sha("arabic"), "ar", 1, "1", 1, arabic, ((0, 6),), "A/HRC/59/49, para. 1", 0.3),
                ),
            ),
            Hit(
                3, HOSTILE_KEY, (), HOSTILE, None, "WTO", None, ("xx",),
                (Passage(sha("hostile"), "xx", 1, HOSTILE[:12], 1, HOSTILE, ((1, 7),), HOSTILE, 0.9),),
            ),
        ),
        facets=(
            Facet(
                "publisher", "Publisher",
                (FacetValue("UN", "United Nations", 1), FacetValue("WTO", HOSTILE, 1, selected=True)),
            ),
            Facet("year", "Year", tuple(FacetValue(str(year), str(year), 1) for year in range(2004, 2026))),
        ),
        complaints=(Complaint(f"no field {HOSTILE}", 0, 4),),
        after="the:cursor&/next",
    )  # fmt: skip


def _work(connection, key, publisher, symbol, title, body):
    row = {"key": key, "publisher": publisher, "symbol": symbol, "title": title, "body": body, "session": "59"}
    row |= {"agenda_item": "3", "date": date(2025, 6, 12), "kind": "report"}
    return connection.execute(sa.insert(tables.works).values(row).returning(tables.works.c.id)).scalar_one()


def _document(connection, work_id, name, language, symbol, quality=0.98, title="", media_type="application/pdf"):
    row = {
        "sha256": sha(name), "work_id": work_id, "state": "read", "publisher": "UN", "media_type": media_type,
        "symbol": symbol, "symbols": [symbol] if symbol else [], "title": title or f"The title in {language}",
        "language": language, "languages": [language], "read_at": NOW, "described_from": {"title": "source"},
    }  # fmt: skip
    made = connection.execute(sa.insert(tables.documents).values(row).returning(tables.documents.c.id)).scalar_one()
    last = max(page for page, _, _ in TEXT[name])
    for page in range(1, last + 1):
        text = "\n".join(words for on, _, words in TEXT[name] if on == page)
        connection.execute(
            sa.insert(tables.pages).values(
                document_id=made, page=page, method="pypdfium2", quality=quality, language=language, text=text
            )
        )
    for ordinal, (page, number, words) in enumerate(TEXT[name], 1):
        connection.execute(
            sa.insert(tables.paragraphs).values(
                document_id=made, ordinal=ordinal, page=page, number=number, language=language, text=words
            )
        )
    _capture(connection, name, "un-tb")
    return made


def _mention(connection, document_id, kind, value, ordinal):
    row = {"document_id": document_id, "kind": kind, "value": value, "text": value, "origin": "lexicon"}
    connection.execute(sa.insert(tables.mentions).values(**row, ordinal=ordinal, page=2, start=0, end=3))


def _unread(connection, name, state, reason):
    row = {"sha256": sha(name), "state": state, "reason": reason, "attempts": 1, "publisher": "ILO"}
    connection.execute(sa.insert(tables.documents).values(row))
    _capture(connection, name, "ilo-gb")


def _capture(connection, name, source):
    row = {"source": source, "publisher": "ILO" if source == "ilo-gb" else "UN", "url": f"https://files.example/{name}"}
    row |= {"sha256": sha(name), "size": 41234, "words": {"title": f"About {name}"}, "captured": NOW}
    connection.execute(sa.insert(tables.captures).values(row))


def _source(connection, name, publisher, title, cadence, good):
    row = {"name": name, "publisher": publisher, "title": title, "cadence": cadence, "last_good": good}
    row |= {"terms": "https://terms.example/", "last_started": good, "last_state": "done" if good else None}
    connection.execute(sa.insert(tables.sources).values(**row, last_counts={"found": 3, "fetched": 1}))
