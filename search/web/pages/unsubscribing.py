"""How does someone stop the mails? By the signed link in each: a page that asks, and the answer that stops them."""

from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from search.web.signed import found
from search.web.site import Site

if TYPE_CHECKING:
    from search.alerts import Unsubscribed


SAY = {
    "en": {
        "title": "Stop these mails?",
        "one": "You will get no more mail about this search. Your other searches go on.",
        "all": "You will get no more mail from Forumwatch.",
        "button": "Stop",
        "stopped": "Stopped",
        "after": "No more mail will come. To begin again, subscribe as you did before.",
    },
    "fr": {
        "title": "Ne plus recevoir ces messages ?",
        "one": "Vous ne recevrez plus de message sur cette recherche. Vos autres recherches continuent.",
        "all": "Vous ne recevrez plus de message de Forumwatch.",
        "button": "Arrêter",
        "stopped": "C’est arrêté",
        "after": "Vous ne recevrez plus de message. Pour reprendre, abonnez-vous comme la première fois.",
    },
    "es": {
        "title": "¿Dejar de recibir estos mensajes?",
        "one": "No recibirá más mensajes sobre esta búsqueda. Sus otras búsquedas continúan.",
        "all": "No recibirá más mensajes de Forumwatch.",
        "button": "Dejar de recibir",
        "stopped": "Hecho",
        "after": "No recibirá más mensajes. Para volver a empezar, suscríbase como la primera vez.",
    },
}


def mount(app: FastAPI, site: Site) -> None:
    """GET only asks, since mail scanners follow links; POST stops, also for mail programs (RFC 8058)."""

    def ask(token: str) -> HTMLResponse:
        from search.alerts import read_token

        about = found(lambda: read_token(site.catalog, site.secret, token))
        return site.page("unsubscribe.html", _shown(token, about, asking=not about.done))

    def stop(token: str) -> HTMLResponse:
        from search.alerts import unsubscribe_by_token

        about = found(lambda: unsubscribe_by_token(site.catalog, site.secret, token))
        return site.page("unsubscribe.html", _shown(token, about, asking=False))

    for endpoint, method in ((ask, "GET"), (stop, "POST")):
        app.add_api_route(
            "/unsubscribe/{token}",
            endpoint,
            methods=[method],
            response_class=HTMLResponse,
            response_model=None,
            include_in_schema=False,
        )


def _shown(token: str, about: "Unsubscribed", asking: bool) -> dict[str, object]:
    language = about.language if about.language in SAY else "en"
    return {"token": token, "about": about, "asking": asking, "language": language, "say": SAY[language]}
