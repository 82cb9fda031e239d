"""Does the API give the same from either database, and bear what PostgreSQL does not take?"""

import re

import pytest
from starlette.testclient import TestClient

from search import Searcher, index_changes, open_engine
from search.web import create_app
from tests.search.library import fill
from tests.search.web.api.conftest import BASE

KEY = "UN:A/HRC/47/30"
PATHS = [
    "search?q=migrants&country=PHL", "passages?q=migrants", "facets", "timeline", "works?limit=2", f"works/{KEY}",
    "works/a/hrc/47/30/mentions?limit=2", f"works/{KEY}/citations", f"works/{KEY}/similar",
    "mentions?kind=country&value=PHL&limit=2", "mentions?limit=3", "citations?target=a/res/45/158", "citations?limit=1",
    "vocabularies", "vocabularies/kinds", "suggestions?q=a/hrc", "suggestions?q=cmw/C",
    *(f"export.{form}?q=migrants&sort=date" for form in ("csv", "jsonl", "bib", "ris", "atom")),
]  # fmt: skip
WORST = ("%00", "%ED%A0%80", "x" * 199, "%F0%9F%98%80", "'; --", "%25_", "99999999999999999999")


@pytest.fixture
def answers(any_catalog, tmp_path):
    fill(any_catalog)
    engine = open_engine(None)
    index_changes(any_catalog, engine)
    app = create_app(any_catalog, Searcher(any_catalog, engine), lambda sha256: tmp_path / sha256, "s" * 20, BASE)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


def test_every_address_answers_as_it_does_from_the_other_database(answers, api):
    for path in PATHS:
        found, known = (each.get(f"/api/v1/{path}") for each in (answers, api))
        assert found.status_code == 200, (path, found.text)
        moments = re.compile(r"\d{4}-\d\d-\d\dT[\d:.+]+")  # when a row was written: not the same in two catalogs
        assert moments.sub("", found.text) == moments.sub("", known.text), path


def test_nothing_breaks_it(answers):
    for worst in WORST:
        for path in (
            f"search?q={worst}", f"search?country={worst}", f"search?after={worst}", f"works/{worst}",
            f"works/{worst}/mentions", f"mentions?kind=x&value={worst}", f"citations?target={worst}",
            f"suggestions?q=A/HRC{worst}", f"works?after={worst}", f"documents/{worst}", f"export.csv?q={worst}",
            f"changes?after={worst}", f"vocabularies/{worst}", f"facets?q=symbol:{worst}", f"export.csv?year={worst}",
        ):  # fmt: skip
            answer = answers.get(f"/api/v1/{path}")
            assert answer.status_code in (200, 400, 404, 409), (path, answer.text)
