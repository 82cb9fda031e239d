"""How does one handler make two addresses? The page for people, and the same as JSON, described in OpenAPI."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from search.json_shapes import ErrorJson
from search.web.site import Answer, Site

Handler = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Described:
    """What OpenAPI says of a JSON twin. `parameters` are those of the query string: (name, meaning, example)."""

    summary: str
    shape: type
    example: Mapping[str, Any]
    parameters: Sequence[tuple[str, str, str]] = ()
    fails: Mapping[int, str] = field(default_factory=dict)


def serve(app: FastAPI, site: Site, path: str, handler: Handler, described: Described, twin: str | None = None) -> None:
    """Adds `path` and `path`.json (or `twin`). The JSON comes first: a path with room for slashes takes anything."""
    json_path = twin or f"{path}.json"

    @wraps(handler)
    def as_json(*args: Any, **kwargs: Any) -> Response:
        answer = handler(*args, **kwargs)
        return JSONResponse(answer.data, answer.status)

    @wraps(handler)
    def as_page(*args: Any, **kwargs: Any) -> Response:
        answer = handler(*args, **kwargs)
        return site.page(answer.template, answer.shown, answer.status, twin=str(answer.shown["twin_url"]))

    name = described.shape.__name__.removesuffix("Json").lower()
    app.add_api_route(
        json_path,
        as_json,
        methods=["GET"],
        response_model=described.shape,
        summary=described.summary,
        operation_id=f"get_{name}_{len(app.routes)}",
        responses=_responses(described),
        openapi_extra={"parameters": [_parameter(*each) for each in described.parameters]},
        tags=["json"],
    )
    app.add_api_route(json_path, as_json, methods=["HEAD"], include_in_schema=False)
    app.add_api_route(
        path,
        as_page,
        methods=["GET", "HEAD"],
        response_class=HTMLResponse,
        response_model=None,
        include_in_schema=False,
    )


def wants_json(request: Request) -> bool:
    """A twin was asked for, or something that would rather have JSON than a page."""
    accept = request.headers.get("accept", "")
    path = str(request.scope["path"]).removeprefix(str(request.scope.get("root_path", "")))
    if path.endswith(".json") or path.startswith("/api/v1/"):
        return True
    return "application/json" in accept and "text/html" not in accept


def _responses(described: Described) -> dict[int | str, dict[str, Any]]:
    answers: dict[int | str, dict[str, Any]] = {
        200: {"content": {"application/json": {"example": dict(described.example)}}},
    }
    for status, said in described.fails.items():
        answers[status] = {"model": ErrorJson, "description": said}
    return answers


def _parameter(name: str, meaning: str, example: str) -> dict[str, Any]:
    many = meaning.startswith("[many] ")
    text: dict[str, Any] = {"type": "string"}
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": meaning.removeprefix("[many] "),
        "schema": {"type": "array", "items": text} if many else text,
        "example": [example] if many else example,
        **({"style": "form", "explode": True} if many else {}),
    }
