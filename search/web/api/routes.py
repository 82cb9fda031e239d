"""How does an answer of the API go out? Described in OpenAPI, with an entity tag, and as 304 to who has it already."""

import hashlib
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute

from search.json_shapes import ErrorJson

PREFIX = "/api/v1"
ASK_AGAIN = "private, no-cache"  # may be kept, but is asked for again with its tag
FAILS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ErrorJson, "description": "Something in the request is not as it must be; the message says what."},
    503: {"model": ErrorJson, "description": "The index or the catalog cannot be read at the moment; try again later."},
}


class Tagged(APIRoute):
    """Gives each answer that has none a tag made from its content; answers 304 if the asker named that tag."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def tagged(request: Request) -> Response:
            return _unless_known(request, await handler(request))

        return tagged


@dataclass(frozen=True, slots=True)
class Told:
    """What OpenAPI says of an address beside its parameters; the shape is what the handler says it returns."""

    summary: str
    example: Any
    description: str = ""
    media: str = "application/json"


def new_router() -> APIRouter:
    return APIRouter(prefix=PREFIX, route_class=Tagged, tags=["api"])


def offer(router: APIRouter, path: str, handler: Callable[..., Any], told: Told) -> None:
    """GET and HEAD for one address. Addresses that end in more come before those that take any path."""
    files: dict[str, Any] = {}
    if told.media != "application/json":
        files = {"response_class": Response, "response_model": None}
    content: Mapping[str, Any] = {told.media: {"example": told.example, **({"schema": _TEXT} if files else {})}}
    router.add_api_route(
        path,
        handler,
        methods=["GET"],
        summary=told.summary,
        description=told.description or None,
        operation_id=f"api_{handler.__name__}",
        responses={200: {"description": "The answer", "content": content}, **FAILS},
        **files,
    )
    router.add_api_route(path, handler, methods=["HEAD"], include_in_schema=False, **files)


_TEXT = {"type": "string"}


def _unless_known(request: Request, response: Response) -> Response:
    if response.status_code != 200:
        return response
    response.headers.setdefault("cache-control", ASK_AGAIN)
    if "etag" not in response.headers:
        # weak: the same answer goes out compressed and not
        response.headers["etag"] = f'W/"{hashlib.sha256(response.body).hexdigest()[:32]}"'
    if not _named(request.headers.get("if-none-match", ""), response.headers["etag"]):
        return response
    kept = {name: response.headers[name] for name in ("etag", "cache-control")}
    return Response(status_code=304, headers=kept)


def _named(wanted: str, tag: str) -> bool:
    """Whether If-None-Match has this tag; it compares weakly (RFC 9110, 13.1.2)."""
    names = [name.strip().removeprefix("W/") for name in wanted.split(",")]
    return "*" in names or tag.removeprefix("W/") in names
