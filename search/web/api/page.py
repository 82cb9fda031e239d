"""What does a person read about the API? One page, made from its description, so that it never says what is not."""

import shlex
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from search.web.api.routes import PREFIX
from search.web.site import Site

TELLING = ("q", "target", "kind", "value")  # parameters that an example needs to say something


@dataclass(frozen=True, slots=True)
class Address:
    """What an address gives, and a command that asks for it."""

    summary: str
    curl: str


def mount(app: FastAPI, site: Site) -> None:
    def about() -> HTMLResponse:
        schema = app.openapi()
        paths = {path: methods["get"] for path, methods in schema["paths"].items() if _is_ours(path, methods)}
        shown = {
            "root": site.whole.base + PREFIX,
            "site": site.whole.base,
            "addresses": [_address(site.whole.base, path, told) for path, told in paths.items()],
            "keys": any({} not in told.get("security", [{}]) for told in paths.values()),
        }
        return site.page("api.html", shown)

    app.add_api_route("/api", about, methods=["GET", "HEAD"], response_model=None, include_in_schema=False)


def _is_ours(path: str, methods: dict[str, Any]) -> bool:
    return path.startswith(f"{PREFIX}/") and "get" in methods


def _address(base: str, path: str, told: dict[str, Any]) -> Address:
    """The command is made of the examples of the parameters."""
    pairs: list[tuple[str, str]] = []
    for each in told.get("parameters", ()):
        (example, *_) = each["schema"].get("examples") or each.get("examples") or [""]
        if each["in"] == "path":
            path = path.replace(f"{{{each['name']}}}", quote(str(example), safe="/:"))
        elif each["name"] in TELLING and isinstance(example, str) and example:
            pairs.append((each["name"], str(example)))
    url = base + path + (f"?{urlencode(pairs)}" if pairs else "")
    plain = all(media == "application/json" for media in told["responses"]["200"]["content"])
    return Address(told["summary"], f"curl {'' if plain else '-O '}{shlex.quote(url)}")
