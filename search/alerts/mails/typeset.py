"""From which templates are mails set? MJML and text with Jinja in them, made ready once a process."""

import re
import textwrap
from functools import cache
from typing import Any

import jinja2

WIDTH = 72


@cache
def templates(name: str) -> tuple[jinja2.Template, jinja2.Template]:
    """The text and the HTML template of a kind of mail. MJML is laid out before it is filled in."""
    loader = jinja2.PackageLoader("search.alerts.mails", "templates")
    options: dict[str, Any] = {"loader": loader, "undefined": jinja2.StrictUndefined}
    options |= {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True}
    of_text = jinja2.Environment(**options, autoescape=False)  # plain text: nothing to escape
    of_text.filters["wrapped"] = wrapped
    of_html = jinja2.Environment(**options, autoescape=True)
    source, _, _ = loader.get_source(of_html, f"{name}.mjml")
    return of_text.get_template(f"{name}.txt"), of_html.from_string(_laid_out(source))


def wrapped(text: str, indent: int, first: bool = False) -> str:
    """The text in lines of WIDTH, those after the first (or all) indented; links are never broken."""
    room = WIDTH - indent
    lines = textwrap.wrap(str(text), room, break_long_words=False, break_on_hyphens=False) or [""]
    pad = " " * indent
    return (pad if first else "") + f"\n{pad}".join(lines)


def tidy(text: str) -> str:
    """At most two blank lines together, none at the ends of lines."""
    return re.sub(r"\n{4,}", "\n\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip() + "\n"


def _laid_out(source: str) -> str:
    """MJML as HTML, with the Jinja in it untouched; no fonts are fetched from anywhere."""
    import mrml

    page = mrml.to_html(source, render_options=mrml.RenderOptions(fonts={}))
    return re.sub(r"\n\s*", "\n", str(page.content))
