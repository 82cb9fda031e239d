"""When are two written names the same name? After folding: case, accents, apostrophes, hyphens and spaces set aside."""

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´ʻ′"), " ")
_ARTICLE_BEFORE = re.compile(r"^(?:the|le|la|les|l|el|los|las) (?=\S)")
_ARTICLE_BEHIND = re.compile(r"\(\s*(?:the|le|la|les|l|el|los|las)\s*\)\s*$", re.IGNORECASE)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """`text` in lower case without marks and punctuation; in any script, words separated by one space."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES))
    kept = (_kept(character) for character in decomposed.casefold())
    return " ".join("".join(kept).split())


def _kept(character: str) -> str:
    category = unicodedata.category(character)
    if category.startswith("M") or category == "Cf" or character == "ـ":  # marks, zero width, Arabic tatweel
        return ""
    return character if category[0] in "LN" else " "


def fold_name(name: str) -> str:
    """Like `fold`, and without a definite article before ("the Sudan") or behind ("Sudan (the)")."""
    return _ARTICLE_BEFORE.sub("", fold(_ARTICLE_BEHIND.sub("", name.translate(_APOSTROPHES)))) or fold(name)
