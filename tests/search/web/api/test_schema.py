"""Does the API answer as its schema says? Schemathesis asks what the schema allows, and what it does not."""

import tempfile

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import positive_data_acceptance

from catalog import Catalog
from search.web import create_app
from tests.search.web.api.conftest import BASE

TOGETHER = {"after", "kind", "value"}


def paths():
    with tempfile.TemporaryDirectory() as folder:
        empty = create_app(Catalog(f"sqlite:///{folder}/c"), None, None, "s" * 20, BASE)
    return sorted(path for path in empty.openapi()["paths"] if path.startswith("/api/v1/"))


@pytest.fixture(scope="module")
def schema(app):
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
@pytest.mark.parametrize("path", paths())
def test_answers_are_as_described(schema, path, mode):
    operation = schema[path]["GET"]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=15,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
        phases=[Phase.generate],
    )
    def ask(case):
        # a cursor of another search, or half of a pair: no schema says what is wrong with it, and a sentence does
        meant = TOGETHER & {name for name, value in (case.query or {}).items() if value}
        case.call_and_validate(excluded_checks=[positive_data_acceptance] if meant else [])

    try:
        ask()
    except Unsatisfiable:
        assert mode == GenerationMode.NEGATIVE  # it takes no parameter that could be wrong
