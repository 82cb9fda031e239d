"""What has changed in a passage? Its words before and after, those that went and those that came marked."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from search.alerts.mails.letter import Piece, plain

AROUND = 12  # words that are shown on each side of a change
MOST = 500  # words that are compared


def compared(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both passages in pieces: marked are the words that are gone in the first, and those that are new in the second.

    What is the same far from any change is left out.
    """
    old, new = _words(before), _words(after)
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    left = [(" ".join(old[a:b]), tag != "equal") for tag, a, b, _, _ in steps]
    right = [(" ".join(new[a:b]), tag != "equal") for tag, _, _, a, b in steps]
    return tuple(_shortened(left)), tuple(_shortened(right))


def _words(text: str) -> list[str]:
    words = re.findall(r"\S+", plain(text))
    return words[:MOST] + (["…"] if len(words) > MOST else [])


def _shortened(pieces: list[tuple[str, bool]]) -> Iterator[Piece]:
    shown = [(text, marked) for text, marked in pieces if text]
    for number, (text, marked) in enumerate(shown):
        space = " " if number + 1 < len(shown) else ""
        if marked:
            yield Piece(text, True)
            if space:
                yield Piece(space, False)
            continue
        words = text.split(" ")
        kept = [AROUND if number else 0, AROUND if number + 1 < len(shown) else 0]
        if len(words) <= sum(kept) + 3 or len(shown) == 1:
            yield Piece(text + space, False)
            continue
        head, tail = words[: kept[0]], words[len(words) - kept[1] :] if kept[1] else []
        yield Piece(" ".join([*head, "…", *tail]) + space, False)
