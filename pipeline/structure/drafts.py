"""What is known of a paragraph while it is put together? Its lines, its number, its pages, is it a title."""

import re
from dataclasses import dataclass, field

from pipeline.readers.sheet import Line

HEADING = 220  # characters a heading has at most
END = tuple('.:;!?…”"»。：；！？؟؛)]')
STOP = tuple(".:;!?…。：；！？؟؛")
_ROMAN = re.compile(r"^(?:[IVXLC]+|[A-Z]|[一二三四五六七八九十]+)\s?[.、．]\s?\S")
_TITLE = re.compile(
    r"^(?:Annex|Appendix|Article|Chapter|Part|Section|Annexe|Chapitre|Partie|Anexo|Artículo|Capítulo|Sección|Статья"
    r"|Глава|Приложение|Раздел|المادة|الفصل|المرفق|第.{1,4}[条章节部]|附件)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Draft:
    """A paragraph being put together."""

    page: int
    kind: str
    number: str | None
    lines: list[str] = field(default_factory=list)
    last: Line | None = None
    language: str | None = None
    bold: bool = False
    on: int = 0  # the page of its last line,
    around: list[Line] = field(default_factory=list)  # and the lines of that page
    before: tuple[int, ...] | None = None  # the last number before this paragraph's
    mark: str | None = None  # of a note
    cells: list[Line] = field(default_factory=list)  # of a row
    grid: int | None = None

    @property
    def text(self) -> str:
        """As its lines stand, for a look at it."""
        return " ".join(self.lines)

    def take(self, line: Line, page: int) -> None:
        """One line more."""
        self.lines.append(line.text)
        self.last, self.on = line, page


def is_heading(draft: Draft, body: float) -> bool:
    """Whether this is a title; `body` is the usual height of the document's lines."""
    text = draft.text
    last = draft.last
    if last is None or not is_heading_text(text) or (text.endswith((".", ";", ",")) and not _ROMAN.match(text)):
        return False
    return last.bold or last.size > 1.08 * body or text.isupper() or bool(_ROMAN.match(text) or _TITLE.match(text))


def is_numbered_heading(draft: Draft) -> bool:
    """ "1. Sources" in bold is the title of a section, not paragraph 1."""
    single = draft.number is not None and draft.number.isdigit()
    return single and draft.bold and is_heading_text(draft.text) and not draft.text.endswith(END)


def is_heading_text(text: str) -> bool:
    """Whether it could be one by its words."""
    return 1 < len(text) <= HEADING and any(map(str.isalpha, text)) and not text[0].islower()
