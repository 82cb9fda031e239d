"""Where does the API hang? All its routers below /api/v1, in the order in which addresses are tried."""

from fastapi import FastAPI

from search.web.api import changes, documents, exporting, places, searching, vocabularies, works
from search.web.api.routes import new_router
from search.web.site import Site


def mount(app: FastAPI, site: Site) -> None:
    router = new_router()
    for subject in (searching, exporting, documents, places, vocabularies, works, changes):
        subject.mount(router, site)
    app.include_router(router)
    exporting.mount_beside_the_page(app, site)
