"""docs.un.org: how is a document reached by its symbol?"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crawlers.replica.exhibit import Exhibit, robots, soft_404
from crawlers.replica.works import LANGUAGES, Edition

BODY = "the United Nations"


def un_documents(exhibit: Exhibit) -> list[Route]:
    """With ?direct=true the file; without, a small shell that a browser's script replaces by the file."""
    works = {work.symbol: work for work in exhibit.library.by("UN") if work.symbol}

    def by_symbol(request: Request) -> Response:
        language, symbol = request.path_params["language"], request.path_params["symbol"]
        if request.query_params.get("direct") != "true":
            return exhibit.page("docs_shell.html", BODY, language=language, symbol=symbol)
        work = works.get(symbol)
        published = work is not None and language in LANGUAGES and language in work.languages
        if work is None or not published or work.week_of(language) > exhibit.week:
            return soft_404()
        return exhibit.file(request, Edition(work, language))

    return [
        Route("/robots.txt", lambda request: robots("User-agent: *\nDisallow:\n")),
        Route("/{language}/{symbol:path}", by_symbol),
    ]
