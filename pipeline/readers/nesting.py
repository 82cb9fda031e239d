"""How deep are the tags of a page nested? Counted in one pass, before any parser is asked that suffers from depth."""

import re

DEEPEST = 1000  # a page of a real site has some 60; parsers of trees take time by the square of it

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,30})")
# What has no end, or whose end may be left out so that the next one ends it.
_OPEN_ENDED = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source"))
_OPEN_ENDED |= {"track", "wbr", "p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "thead", "tbody"}
_OPEN_ENDED |= {"tfoot", "colgroup", "rt", "rp", "html", "head", "body"}


def depth(text: str) -> int:
    """The most tags that are open at a time."""
    now = most = 0
    for end, name in _TAG.findall(text):
        if name.lower() in _OPEN_ENDED:
            continue
        now = max(0, now - 1) if end else now + 1
        most = max(most, now)
    return most
