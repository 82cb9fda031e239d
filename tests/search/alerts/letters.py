"""A letter to look at: six works of four publishers, in four languages, one quoted from a poor scan."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from search.alerts.links import Letterhead, Links
from search.alerts.mails.letter import Item, Letter, Watched
from search.alerts.mails.receipt import Receipt
from search.results import Passage
from search.standing import SourceStanding

SECRET = "a secret for tests, long enough"
LINKS = Links("https://forumwatch.example.org/", SECRET)
LETTERHEAD = Letterhead("digest@forumwatch.example.org", reply_to="people@forumwatch.example.org")
MADE = datetime(2026, 10, 5, 5, 0, tzinfo=UTC)

DOMESTIC = Watched(3, "Domestic work", '"domestic workers"', "Documents with the phrase “domestic workers”")
TRAINING = Watched(
    5,
    "Pre-departure training",
    "training AND country:PHL",
    "Documents with the word “training” and with country Philippines",
)


def passage(text: str, *marked: str, language: str = "en", citation: str = "A/HRC/47/30, para. 45", **other) -> Passage:
    marks = tuple((text.index(words), text.index(words) + len(words)) for words in marked)
    given = {"sha256": "0" * 64, "page": 12, "paragraph": "45", "ordinal": 60, "quality": 0.97} | other
    return Passage(language=language, text=text, marks=marks, citation=citation, **given)


def item(key: str, title: str, publisher: str = "UN", **other) -> Item:
    given = {"symbol": key, "date": date(2026, 9, 29), "body": None, "languages": ("en",)}
    given |= {"reasons": (DOMESTIC,), "passage": None} | other
    return Item(key, title, publisher=publisher, **given)


def standing(name: str, title: str, publisher: str, **other) -> SourceStanding:
    seen = MADE - timedelta(hours=3)
    given = {"cadence": "daily", "terms": "https://example.org", "last_started": seen, "last_good": seen}
    given |= {"state": "done", "reason": "", "counts": {}, "files": 12, "late": False, "never": False} | other
    return SourceStanding(name, publisher, title, **given)


ITEMS = (
    item(
        "A/HRC/59/12",
        "Fair recruitment of migrant domestic workers along the corridors of the western Indian Ocean",
        body="HRC",
        languages=("en", "fr", "es"),
        reasons=(DOMESTIC, TRAINING),
        passage=passage(
            "The Committee notes that training before departure is still paid for by the women themselves, and that "
            "domestic workers who leave through private agencies rarely see a contract in a language they read. It "
            "recommends that the fees be borne by the employer, in line with general principles and operational "
            "guidelines for fair recruitment, and that attachés meet every new arrival within a month of arrival.",
            "training",
            "domestic workers",
            citation="A/HRC/59/12, para. 45",
        ),
    ),
    item(
        "CMW/C/LKA/3",
        "التقرير الدوري الثالث المقدم من سري لانكا",
        body="CMW",
        languages=("ar", "en"),
        passage=passage(
            "تلاحظ اللجنة أن العمال المنزليين المهاجرين لا يتمتعون بالحماية الكاملة (CMW/C/LKA/2) بموجب قانون العمل.",
            "العمال المنزليين",
            language="ar",
            citation="CMW/C/LKA/3, para. 7",
            page=3,
        ),
    ),
    item(
        "GB.358/POL/2",
        "Actualización sobre el trabajo doméstico decente",
        "ILO",
        body="ILO-GB",
        languages=("es",),
        date=date(2026, 10, 1),
        passage=passage(
            "La Oficina informa de que las trabajadoras del hogar migrantes representan un quinto de las personas.",
            "trabajadoras del hogar",
            language="es",
            citation="GB.358/POL/2, párr. 4",
            quality=0.4,
        ),
    ),
    item("C/116/INF/9", "Cooperation with Member States on return", "IOM", body="IOM-COUNCIL", date=None),
    item("S/C/W/412", "Mode 4: presence of natural persons, a background note", "WTO", languages=("en", "fr")),
    item("A/81/201", "Протокол заседания о правах трудящихся-мигрантов", body="GA", languages=("ru",)),
)
SOURCES = (
    standing("ilo-gb", "ILO Governing Body documents", "ILO"),
    standing("iom-council", "IOM Council documents", "IOM", state="failed", reason="the session page answered 503"),
    standing("un-treaty-bodies", "UN treaty body documents", "UN"),
    standing("wto-mode4", "WTO documents on GATS Mode 4", "WTO", late=True, last_good=MADE - timedelta(days=9)),
)


def letter(language: str = "en", items=ITEMS, sources=SOURCES, **other) -> Letter:
    made = Letter(
        subscriber_id=7,
        address="ana@members.example.net",
        language=language,
        kind="weekly",
        period="2026-W40",
        first=date(2026, 9, 28),
        last=date(2026, 10, 4),
        made=MADE,
        items=tuple(items),
        receipt=Receipt(tuple(sources), MADE - timedelta(days=7), 214, {"ilo-gb": 12, "un-treaty-bodies": 202}),
    )
    return replace(made, **other)
