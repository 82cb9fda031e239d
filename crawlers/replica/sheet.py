"""What does one document say, ready to be set: masthead, blocks, notice?"""

from dataclasses import dataclass
from datetime import date

Block = dict[str, object]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the template needs, in one language."""

    data: dict[str, object]
    published: date

    @property
    def symbol(self) -> str:
        return str(self.data["symbol"])

    @property
    def title(self) -> str:
        return str(self.data["title"])

    @property
    def date(self) -> str:
        return str(self.data["date"])

    @property
    def notice(self) -> str:
        return str(self.data["notice"])

    @property
    def body_name(self) -> str:
        masthead = self.data["masthead"]
        assert isinstance(masthead, dict)
        return str(masthead["organization"])

    def text_lines(self) -> list[str]:
        """The running text, without masthead and notice."""
        blocks = [*blocks_of(self.data["front"]), *blocks_of(self.data["body"])]
        return [f"{block.get('mark', '')} {block['text']}".strip() for block in blocks if "text" in block]

    def lines(self) -> list[str]:
        masthead = self.data["masthead"]
        assert isinstance(masthead, dict)
        head = [self.symbol, *(str(value) for value in masthead.values() if value), self.date, self.title]
        return [line for line in [*head, *self.text_lines(), self.notice] if line]


def blocks_of(value: object) -> list[Block]:
    assert isinstance(value, list)
    return value
