"""Which documents and treaty articles are cited, and where?

A resolution named in words ("Human Rights Council resolution 34/21") is cited by its symbol. An article counts only
where the treaty is certain: named beside it, the only one of the document's, or the committee's own.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

import lexicon
from pipeline.description.ordinals import chinese_number
from pipeline.document import Citation, Description, Mention, Paragraph

_MOST = 20_000  # citations of one document
_LONGEST = 20_000  # characters of a paragraph
_NEAR = 70  # characters between a resolution's number and the organ's name
_RANGE = 40  # articles that "articles 7 to 15" may mean

_RESOLUTION = re.compile(
    r"(?<!\w)(?P<before>(?:[Ii]ts|[Ss]a|[Ss]es|[Ss]us?)\s)?(?:[Rr]esolutions?|[Rr]ésolutions?|[Rr]esoluci(?:ón|ones)|резолюци[яию]й?|القرار|第)\s?"
    r"(?P<list>(?:\d{1,4}/\d{1,3}|\d{2,4}\s\((?:19|20)\d\d\))(?:(?:,|,?\s(?:and|et|y|и))\s(?:\d{1,4}/\d{1,3}|\d{2,4}\s\((?:19|20)\d\d\))){0,30})"
)
_OF_THE = re.compile(r"\s(?:of|de|du|des|del)(?:\sthe|\sla|\sl['’])?\s?")
_ONE_RESOLUTION = re.compile(r"\d{1,4}/\d{1,3}|\d{2,4}\s\((?:19|20)\d\d\)")
_SERIES = {"GA": "A/RES/{}", "HRC": "A/HRC/RES/{}", "ECOSOC": "E/RES/{}", "CHR": "E/CN.4/RES/{}", "SC": "S/RES/{}"}

_PARAGRAPH = (
    r"(?:\s?\(\d{1,2}\)|\s?\([a-z]\)|,?\s(?:paragraph(?:e?s|e)?|paras?|par|párr(?:afo)?s?|п)\.?\s\d{1,2}(?:\s?\([a-z]\))?"
    r"(?:\s(?:and|et|y|и|to|à|a)\s\d{1,2}(?!\d)(?!\s?\())?){0,3}"
)
_JOIN = r"(?:,\s(?:and\s|et\s|y\s)?|\s(?:and|or|to|et|ou|à|al?|y|o|и|по)\s|\s?[-–]\s?)"
_ARTICLE = re.compile(
    r"(?<!\w)(?:[Aa]rticles?|[Aa]rts?\.|[Aa]rtículos?|ARTICLES?|[Сс]тать(?:я|и|е|ю|ей|ям|ях|ями)|[Сс]т\.|الماد(?:ة|تين|تان)|المواد)\s"
    rf"(?P<list>\d{{1,3}}(?:\s?bis)?{_PARAGRAPH}(?:{_JOIN}\d{{1,3}}(?:\s?bis)?{_PARAGRAPH}){{0,20}})(?!\d|/)"
)
_CHINESE_ARTICLE = re.compile(r"(?:《(?P<name>[^》]{2,60})》)?第(?P<number>[一二三四五六七八九十百]{1,5}|\d{1,3})条")
_CONNECTION = re.compile(
    r",?\s?(?:\([^()]{1,30}\)\s?)?(?:(?:of|to|in|under|de|du|des|del|в|من)\s)?(?:de\s)?(?:(?:the|la|le|les|el|los)\s|l['’]\s?)?(?:(?:ILO|present|said|présente|presente)\s)?"
)
_NOUNS = {
    "convention": re.compile(r"convention|convenci[oó]n|convenio|конвенци|(?:ال)?اتفاقية|公约", re.IGNORECASE),
    "covenant": re.compile(r"covenant|pacte|pacto|пакт|العهد|公约", re.IGNORECASE),
    "protocol": re.compile(
        r"(?:optional\s|facultatif\s|facultativo\s)?protocol|факультативн\w+\sпротокол|البروتوكول|议定书", re.IGNORECASE
    ),
    "agreement": re.compile(r"agreement|accord\b|acuerdo|соглашени|الاتفاق\b|协定", re.IGNORECASE),
    "charter": re.compile(r"charter|charte|carta\b|устав|الميثاق|宪章", re.IGNORECASE),
    "declaration": re.compile(r"declaration|déclaration|declaración|декларац|الإعلان|宣言", re.IGNORECASE),
}  # fmt: skip


def find_citations(
    paragraphs: Sequence[Paragraph], mentions: Sequence[Mention], description: Description, publisher: str
) -> tuple[Citation, ...]:
    """All citations in the order of the text; the document's own symbols are not cited by it."""
    by_paragraph: dict[int, list[Mention]] = {}
    for mention in mentions:
        if mention.kind in ("body", "instrument"):
            by_paragraph.setdefault(mention.ordinal, []).append(mention)
    treaty = _Treaties(description)
    found: list[Citation] = []
    for paragraph in paragraphs:
        near = by_paragraph.get(paragraph.ordinal, [])
        found.extend(_symbols(paragraph, description, publisher))
        found.extend(_resolutions(paragraph, near, description))
        found.extend(_labour_standards(paragraph, near))
        found.extend(_articles(paragraph, near, treaty))
        treaty.note(near)
    unique = {(one.ordinal, one.start, one.target): one for one in found}
    ordered = sorted(unique.values(), key=lambda one: (one.ordinal, one.start, one.end, one.target))
    return tuple(ordered[:_MOST])


def _citation(kind: str, target: str, paragraph: Paragraph, start: int, end: int) -> Citation:
    text = paragraph.text[start:end]
    return Citation(kind, target[:200], text[:300], paragraph.ordinal, paragraph.page, start, end)


def _symbols(paragraph: Paragraph, description: Description, publisher: str) -> Iterator[Citation]:
    for span in lexicon.find_symbols(paragraph.text[:_LONGEST], publisher):
        target = str(span.symbol)
        if target not in description.symbols:
            yield _citation("symbol", target, paragraph, span.start, span.end)


def _resolutions(paragraph: Paragraph, near: list[Mention], description: Description) -> Iterator[Citation]:
    """Resolutions named by organ and number; a bare number, and "its resolution", is the document's own organ's."""
    text = paragraph.text[:_LONGEST]
    for match in _RESOLUTION.finditer(text):
        organ = _organ(text, match, near)
        for one in _ONE_RESOLUTION.finditer(match["list"]):
            start = match.start("list") + one.start()
            symbol = _resolution_symbol(one[0], organ, description)
            if symbol and symbol not in description.symbols:
                yield _citation("symbol", symbol, paragraph, start, start + len(one[0]))


def _organ(text: str, match: re.Match[str], near: list[Mention]) -> str | None:
    """The organ named last before the number, or, joined by "of the", right behind it."""
    if match["before"]:
        return None
    for mention in near:
        if mention.kind == "body" and _OF_THE.fullmatch(text[match.end() : mention.start]):
            return mention.value
    before = [m for m in near if m.kind == "body" and m.end <= match.start() and match.start() - m.end <= _NEAR]
    if before and not re.search(r"[.;]\s", text[before[-1].end : match.start()]):
        return before[-1].value
    return None


def _resolution_symbol(number: str, organ: str | None, description: Description) -> str | None:
    if "(" in number:
        symbol = lexicon.parse_symbol(f"S/RES/{number}", "UN")
        return str(symbol) if symbol else None
    session = int(number.split("/")[0])
    by_year = session >= 1946
    if organ is None and not by_year and description.session and description.session.isdigit():
        organ = description.body if session <= int(description.session) else None
    if organ not in _SERIES or organ == "SC" or by_year != (organ in ("ECOSOC", "CHR")):
        return None
    symbol = lexicon.parse_symbol(_SERIES[organ].format(number), "UN")
    return str(symbol) if symbol else None


def _labour_standards(paragraph: Paragraph, near: list[Mention]) -> Iterator[Citation]:
    """ "Convention No. 97" is cited as C097, whatever the way it is named."""
    for mention in near:
        if mention.kind == "instrument" and re.fullmatch(r"[CRP]\d{3}", mention.value):
            yield _citation("symbol", mention.value, paragraph, mention.start, mention.end)


def _articles(paragraph: Paragraph, near: list[Mention], treaty: "_Treaties") -> Iterator[Citation]:
    text = paragraph.text[:_LONGEST]
    instruments = [mention for mention in near if mention.kind == "instrument"]
    for match in _ARTICLE.finditer(text):
        code = treaty.behind(text, match.end(), instruments)
        for number in _numbers(match["list"]) if code else ():
            yield _citation("article", f"{code} art. {number}", paragraph, match.start(), match.end())
    for match in _CHINESE_ARTICLE.finditer(text):
        code = treaty.named(match["name"], [m for m in instruments if match.start() <= m.start < match.end()])
        article = int(match["number"]) if match["number"].isdecimal() else chinese_number(match["number"])
        if code and article:
            yield _citation("article", f"{code} art. {article}", paragraph, match.start(), match.end())


def _numbers(text: str) -> list[int]:
    """The articles of "7 (1) and 9 to 11", without their paragraphs."""
    plain = re.sub(
        r"\([^()]*\)|,?\s(?:par|pár|п)[^\d]{0,12}\d{1,2}(?:\s(?:and|et|y|и|to|à|a)\s\d{1,2}(?!\d))?", "", text
    )
    numbers: list[int] = []
    for match in re.finditer(r"(?P<range>(?:to|à|al?|по|[-–])\s?)?(?P<number>\d{1,3})", plain):
        number = int(match["number"])
        if match["range"] and numbers and 0 < number - numbers[-1] <= _RANGE:
            numbers.extend(range(numbers[-1] + 1, number))
        numbers.append(number)
    return list(dict.fromkeys(number for number in numbers if number))


class _Treaties:
    """Which treaty "the Convention" is, as far as the document says."""

    def __init__(self, description: Description) -> None:
        self._own = next((b.instrument for b in lexicon.bodies() if b.code == description.body and b.instrument), None)
        self._seen: dict[str, list[str]] = {}

    def note(self, mentions: Sequence[Mention]) -> None:
        """Remembers what was mentioned in a paragraph."""
        for mention in mentions:
            if mention.kind == "instrument":
                for noun in _nouns_of(mention.value):
                    self._seen.setdefault(noun, []).append(mention.value)

    def behind(self, text: str, end: int, instruments: Sequence[Mention]) -> str | None:
        """The treaty of an article whose number ends at `end`."""
        connection = _CONNECTION.match(text, end)
        place = connection.end() if connection else end
        for mention in instruments:
            if end <= mention.start <= place + 1 or mention.start <= end < mention.end:
                return mention.value
        for noun, pattern in _NOUNS.items():
            if pattern.match(text, place):
                return self._the(noun, [mention.value for mention in instruments if mention.end <= end])
        stands_alone = place == end or not text[place : place + 1].isalpha()
        return self._own if stands_alone and not re.match(r",?\s(?:of|de|du|del)\s", text[end : end + 12]) else None

    def named(self, name: str | None, instruments: Sequence[Mention]) -> str | None:
        """The treaty"""
        if instruments:
            return instruments[0].value
        if name is None:
            return self._own
        return next((self._the(noun) for noun, pattern in _NOUNS.items() if pattern.fullmatch(name)), None)

    def _the(self, noun: str, here: Sequence[str] = ()) -> str | None:
        """ "The Convention": the committee's own; the last named one if none but it was named lately."""
        if self._own and noun in _nouns_of(self._own):
            return self._own
        lately = [code for code in here if noun in _nouns_of(code)] or self._seen.get(noun, [])[-4:]
        return lately[-1] if len(set(lately)) == 1 else None


@cache
def _nouns_of(code: str) -> tuple[str, ...]:
    """Whether an instrument is a convention, a covenant, a protocol, ... by its English name."""
    instrument = lexicon.find_instrument(code)
    name = instrument.names.get("en", "") if instrument else ""
    found = ((match.start(), noun) for noun, pattern in _NOUNS.items() if (match := pattern.search(name)))
    return tuple(noun for _, noun in sorted(found)[:1])
