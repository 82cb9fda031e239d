"""What does a file of plain text say? Old press releases and the like: its encoding is found, its lines are joined.

An empty line parts paragraphs; where there are none, a line that ends well short of the others, or an indent, does.
"""

import re
from collections.abc import Iterator

from pipeline import languages as tongues
from pipeline import sniff
from pipeline.document import Page, Paragraph, Reading
from pipeline.errors import NotADocument, NoText, TooLarge
from pipeline.limits import Limits
from pipeline.readers.encoding import decode
from pipeline.readers.quality import quality
from pipeline.readers.refusals import refuse_impostors
from pipeline.structure.numbering import follows, printed_number
from pipeline.structure.tidy import characters

_RULE = re.compile(r"^[\s\-_=*.~+|]*$")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u00ad]$")
_INDENT = re.compile(r"^(?:\t| {2,})\S")
_TELLING = 60  # characters from which a paragraph tells its own language
_LEAST = 20  # letters: an answer of "error", "OK" or "Not found" in place of a file says less; the shortest note, more
_FULL = 0.75  # of the usual length of a line: a line that ends before, ends its paragraph


class TextReader:
    """Reads plain text; a form feed turns the page."""

    name = "text"

    def bid(self, media_type: str, data: bytes) -> int:
        """Every plain text."""
        return 60 if media_type == sniff.TEXT else 0

    def read(self, data: bytes, limits: Limits, languages: tuple[str, ...]) -> Reading:
        """The reading; raises NoText where there are no words."""
        whole = decode(data).replace("\r\n", "\n").replace("\r", "\n")
        if len(whole) > limits.characters:
            raise TooLarge(f"more than {limits.characters} characters of text")
        if not re.search(r"[^\W\d_]{2}", whole):
            raise NoText("no words in the text")
        if (letters := _letters(whole)) < _LEAST:
            raise NotADocument(f"too little to be a document: {letters} letters of text in all, fewer than {_LEAST}")
        refuse_impostors(whole[:20_000] if len(whole) <= 20_000 else whole)
        language = tongues.detect(whole, next(iter(languages), None))
        pages: list[Page] = []
        paragraphs: list[Paragraph] = []
        last: tuple[int, ...] | None = None
        for number, text in enumerate(whole.split("\f")[: limits.pages], 1):
            pieces = list(_paragraphs(text))
            for piece in pieces:
                printed = printed_number(piece)
                found, cut = None, 0
                if printed and printed.is_sure and follows(printed.parts, last, True):
                    found, last, cut = printed.number, printed.parts, printed.length
                own = tongues.detect(piece, language) if len(piece) > _TELLING else language
                paragraphs.append(Paragraph(len(paragraphs) + 1, number, found, own, piece[cut:]))
            here = "\n".join(pieces)
            pages.append(Page(number, self.name, quality(here, language), tongues.detect(here, language), here))
        facts = {"first_page": [line for line in map(characters, whole.split("\f")[0].split("\n")) if line][:60]}
        return Reading(sniff.TEXT, self.name, tuple(pages), tuple(paragraphs), None, facts)


def _letters(text: str) -> int:
    """How many letters; one of a script that writes words by few signs counts for three."""
    return sum(3 if "\u3040" <= each <= "\u9fff" else 1 for each in text if each.isalpha())


def _paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a page, each in one line."""
    lines = [line.rstrip() for line in text.expandtabs(8).split("\n")]
    usual = _usual(lines)
    gathered: list[str] = []
    before = ""
    for line in lines:
        ended = before and len(before) < _FULL * usual
        if not line.strip() or _RULE.match(line):
            yield from _joined(gathered)
            gathered = []
        elif gathered and (ended or (_INDENT.match(line) and not _INDENT.match(before)) or _begins(line)):
            yield from _joined(gathered)
            gathered = [line]
        else:
            gathered.append(line)
        before = line
    yield from _joined(gathered)


def _usual(lines: list[str]) -> int:
    """How long the full lines are; 0 where lines are paragraphs."""
    lengths = sorted(len(line) for line in lines if line.strip())
    full = lengths[int(0.9 * len(lengths))] if lengths else 0
    return full if full <= 120 else 0


def _begins(line: str) -> bool:
    printed = printed_number(line.strip())
    return printed is not None and printed.is_sure


def _joined(lines: list[str]) -> Iterator[str]:
    whole = ""
    for line in map(str.strip, lines):
        if _HYPHEN.search(whole) and line[:1].islower():
            whole = whole[:-1] + line
        else:
            whole = f"{whole} {line}" if whole else line
    text = characters(whole)
    if text:
        yield text
