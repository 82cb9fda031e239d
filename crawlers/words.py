"""How do spiders take the publisher's words from a page? As written, with only the white space put in order."""

import re

from parsel import Selector, SelectorList
from scrapy.http import Response, TextResponse

from crawlers.errors import SourceChanged

SPACE = re.compile(r"[\s\u00a0\u200b\ufeff]+")


def tidy(text: str | None) -> str:
    """The words with single spaces between them."""
    return SPACE.sub(" ", text or "").strip()


def text_of(part: Selector | SelectorList[Selector]) -> str:
    """All the text inside, as one line."""
    return tidy(" ".join(part.css("::text").getall()))


def only_said(**words: str) -> dict[str, str]:
    """The words that the publisher did say; what it did not say is left out, not guessed."""
    return {name: tidied for name, word in words.items() if (tidied := tidy(word))}


def page(response: Response) -> TextResponse:
    """The answer as a page of HTML or XML, or SourceChanged: something else came where a page was asked for."""
    if not isinstance(response, TextResponse) or response.selector.type == "json":
        raise SourceChanged(f"{response.url} is no page any more")
    return response


def plain(response: Response) -> str:
    """The answer as text, or SourceChanged."""
    if not isinstance(response, TextResponse):
        raise SourceChanged(f"{response.url} is no text any more")
    return response.text


def format_of(words: str) -> str:
    """One of found.FORMATS, if a link's own words or address say so; "" if they do not."""
    said = re.search(r"\b(pdf|docx?|html?|odt|rtf|wpd|zip|gz)\b", words.lower())
    return {"htm": "html"}.get(said.group(1), said.group(1)) if said else ""
