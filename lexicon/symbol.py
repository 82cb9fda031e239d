"""What is a document symbol, once read? Its canonical text and what the grammar tells about it."""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol in canonical form; two symbols are equal when they name the same document.

    `stem` is the text without its modifiers; `tail` what the ILO writes behind them ("/Decision"). `language` tells
    which copy was named ("(E)", "-EN"), so it takes no part in equality.
    """

    family: str  # un, ilo, iom, wto
    stem: str
    modifiers: tuple[str, ...] = ()
    series: str = ""
    session: int | None = None
    year: int | None = None
    tail: str = ""
    language: str | None = field(default=None, compare=False)

    @property
    def text(self) -> str:
        """The canonical text in the publisher's style: the ILO puts modifiers in brackets, others behind a slash."""
        if self.family == "ilo":
            return self.stem + "".join(f"({modifier})" for modifier in self.modifiers) + self.tail
        return "/".join((self.stem, *self.modifiers))

    @property
    def base(self) -> "Symbol":
        """The symbol without Rev., Add., Corr., Amend., Suppl. and Summary: what all its versions have in common."""
        return replace(self, modifiers=(), language=None)

    @property
    def parent(self) -> "Symbol | None":
        """The symbol this one modifies (its last modifier taken away), None if it modifies none."""
        if self.tail:
            return replace(self, tail="", language=None)
        if self.modifiers:
            return replace(self, modifiers=self.modifiers[:-1], language=None)
        return None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class SymbolSpan:
    """A symbol found in a text, from `start` to `end` (in characters)."""

    start: int
    end: int
    symbol: Symbol


def format_symbol(symbol: Symbol) -> str:
    """The canonical text of `symbol`."""
    return symbol.text
