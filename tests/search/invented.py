"""What do engines have to hold in their tests? Works in seven languages, made by chance, and questions about them."""

import random
from datetime import date, timedelta

from hypothesis import strategies as st

from search.engines.engine import IndexedParagraph, IndexedWork
from search.query.tree import DateRange, Everything, Field, Not, Phrase, Prefix, Word, both, either

VOCABULARY = {
    "en": ["worker", "workers", "domestic", "migrant", "migration", "recruit", "recruitment", "the", "of", "fee"],
    "fr": ["travail", "travailleur", "travailleuse", "égalité", "égal", "recrutement", "domestique", "du", "migrant"],
    "es": ["trabajo", "trabajador", "migrante", "migración", "igualdad", "doméstica", "contratación", "la", "de"],
    "ar": ["العمال", "عامل", "العاملات", "المهاجرون", "مهاجر", "الحقوق", "حق", "والعمال"],
    "zh": ["移徙", "工人", "家政", "家", "权利", "移民工人", "工"],
    "ru": ["мигрант", "мигрантов", "трудящиеся", "труд", "права", "право"],
    "de": ["Arbeit", "Arbeiter", "Straße", "Recht", "migrant"],
}
WORDS = sorted({word for words in VOCABULARY.values() for word in words})
COUNTRIES, KINDS = ("PHL", "IDN", "MEX", "USA"), ("report", "note", "draft resolution")
SYMBOLS = ("A/HRC/47/30", "A/HRC/48/1", "A/59/328", "CMW/C/GC/1", "GB.309/PFA/5")


PEOPLE = ("Ana María Ruiz", "Ruiz", "Li Wei", "Ana Petrova")
THEMES, CITED = ("domestic-work", "detention"), ("a/hrc/47/30", "a/hrc/47", "a/res/45/158")


def invented(number: int, chance: random.Random) -> IndexedWork:
    """A work as `load_works` gathers it: what is said of a paragraph is said of its work too."""
    languages = chance.sample(sorted(VOCABULARY), chance.randint(1, 3))
    paragraphs = tuple(
        _paragraph(number * 10 + document, ordinal, language, chance)
        for document, language in enumerate(languages, 1)
        for ordinal in range(1, chance.randint(2, 4))
    )
    titles = tuple((language, " ".join(chance.choices(VOCABULARY[language], k=3))) for language in languages)
    day = date(2004, 1, 1) + timedelta(days=chance.randint(0, 1000)) if chance.random() < 0.8 else None
    values = {
        "language": tuple(languages),
        "kind": (chance.choice(KINDS),),
        "publisher": (chance.choice(("UN", "ILO")),),
        "year": (str(day.year),) if day else (),
        "symbol": tuple(symbol.lower() for symbol in chance.sample(SYMBOLS, chance.randint(0, 2))),
    } | {field: _said(paragraphs, field) for field in ("country", "theme", "cites")}
    names = {"person": _said(paragraphs, "person")}
    return IndexedWork(number, f"UN:{number}", day, titles, values, names, paragraphs)


def _paragraph(document: int, ordinal: int, language: str, chance: random.Random) -> IndexedParagraph:
    words = chance.choices(VOCABULARY[language], k=chance.randint(1, 7))
    found = [("country", each) for each in chance.sample(COUNTRIES, chance.choice((0, 0, 1, 2)))]
    found += [("person", each) for each in chance.sample(PEOPLE, chance.choice((0, 0, 1, 2)))]
    found += [("theme", each) for each in chance.sample(THEMES, chance.choice((0, 1)))]
    found += [("cites", each) for each in chance.sample(CITED, chance.choice((0, 0, 1)))]
    text = ("" if language == "zh" else " ").join(words)
    return IndexedParagraph(document, ordinal, language, text, tuple(found), chance.choice(("text", "text", "heading")))


def _said(paragraphs: tuple[IndexedParagraph, ...], field: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for each in paragraphs for name, value in each.values if name == field))


WORKS = [invented(number, random.Random(number)) for number in range(1, 181)]


word = st.sampled_from(WORDS)
leaves = st.one_of(
    word.map(Word),
    st.builds(Prefix, word.map(lambda text: text[: max(2, len(text) - 3)])),
    st.builds(Phrase, st.lists(word, min_size=1, max_size=3).map(tuple), st.sampled_from([0, 0, 0, 1, 2, 4])),
    st.builds(Field, st.just("title"), word),
    st.builds(Field, st.just("title"), word.map(lambda text: text[:3] + "*")),
    st.builds(Field, st.just("person"), st.sampled_from(["Ruiz", "maria ruiz", "Ana*", "Petrova Ana"])),
    st.builds(Field, st.just("theme"), st.sampled_from(["domestic-work", "detention"])),
    st.builds(Field, st.just("cites"), st.sampled_from(["A/RES/45/158", "A/HRC/*"])),
    st.builds(Field, st.just("country"), st.sampled_from(["PHL", "Mexico", "indonesia", "Atlantis"])),
    st.builds(Field, st.just("symbol"), st.sampled_from([*SYMBOLS, "A/HRC/*", "a*", "GB.3*", "A/+"])),
    st.builds(Field, st.just("language"), st.sampled_from(["fr", "en", "chinese"])),
    st.builds(Field, st.just("kind"), st.sampled_from(["report", "Draft  Resolution"])),
    st.builds(DateRange, st.dates(date(2004, 1, 1), date(2005, 1, 1)), st.dates(date(2005, 1, 2), date(2006, 12, 1))),
    st.builds(DateRange, st.none(), st.dates(date(2004, 1, 1), date(2006, 1, 1))),
    st.just(Everything()),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(both),
        st.lists(inner, min_size=2, max_size=3).map(either),
        inner.map(Not),
    ),
    max_leaves=8,
)
filters = st.dictionaries(
    st.sampled_from(["country", "kind", "language"]),
    st.lists(st.sampled_from([*COUNTRIES, *KINDS, "fr", "en", "de"]), max_size=3),
    max_size=2,
)
