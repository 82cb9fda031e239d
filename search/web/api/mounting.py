"""Where does the API hang? All its routers below /api/v1, in the order in which addresses are tried."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from search.web.api import changes, documents, exporting, page, places, searching, vocabularies, works
from search.web.api.routes import new_router
from search.web.site import Site


def mount(app: FastAPI, site: Site) -> None:
    router = new_router()
    for subject in (searching, exporting, documents, places, vocabularies, works, changes):
        subject.mount(router, site)
    app.include_router(router)
    exporting.mount_beside_the_page(app, site)
    page.mount(app, site)
    _keep_nulls(app, [*app.routes, *router.routes])


def _keep_nulls(app: FastAPI, routes: Sequence[BaseRoute]) -> None:
    """FastAPI takes what is null out of examples too; here null says that something is not known."""
    made = app.openapi

    def whole() -> dict[str, Any]:
        schema = made()
        for route in routes:
            if isinstance(route, APIRoute) and "get" in schema["paths"].get(route.path_format, ()):
                shown = schema["paths"][route.path_format]["get"]["responses"]["200"]["content"]
                for media, content in route.responses.get(200, {}).get("content", {}).items():
                    shown[media]["example"] = content["example"]
        return schema

    app.openapi = whole  # type: ignore[method-assign]
