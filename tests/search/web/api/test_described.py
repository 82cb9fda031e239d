"""Is the API's description true, has everything an example, and does the page about it say what works?"""

import re
import shlex
import subprocess
from html import unescape

import jsonschema
import pytest
from starlette.testclient import TestClient

from search.export import FORMATS
from search.web import create_app
from search.web.gate import Access
from tests.search.web.api.conftest import BASE

KEY, SHA256 = "UN:A/HRC/59/49", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@pytest.fixture(scope="module")
def described(api):
    return api.get("/openapi.json").json()


@pytest.fixture(scope="module")
def ours(described):
    return {path: told["get"] for path, told in described["paths"].items() if path.startswith("/api/v1/")}


def test_it_is_openapi_3_1_and_has_every_address(described, ours):
    assert described["openapi"].startswith("3.1")
    assert set(ours) >= {
        f"/api/v1/{path}"
        for path in (
            *(
                "search",
                "passages",
                "facets",
                "timeline",
                "suggestions",
                "works",
                "works/{key}",
                "works/{key}/mentions",
            ),
            *("works/{key}/citations", "works/{key}/similar", "documents/{sha256}", "documents/{sha256}/text"),
            *("documents/{sha256}/pages", "documents/{sha256}/pages/{number}", "documents/{sha256}/original"),
            *("mentions", "citations", "vocabularies", "vocabularies/{name}", "changes"),
            *(f"export.{form.name}" for form in FORMATS),
        )
    }
    names = [told["operationId"] for told in ours.values()]
    assert len(set(names)) == len(names)


def test_every_parameter_and_every_answer_has_an_example_that_fits(described, ours):
    for path, told in ours.items():
        for parameter in told.get("parameters", ()):
            examples = parameter["schema"].get("examples") or parameter.get("examples")
            assert examples and parameter["description"], (path, parameter["name"])
            for example in examples:
                jsonschema.validate(example, parameter["schema"])
        for media, content in told["responses"]["200"]["content"].items():
            assert content["example"], path
            if media == "application/json":
                whole = {**content["schema"], "components": described["components"]}
                jsonschema.Draft202012Validator(whole).validate(content["example"])


def test_examples_have_no_key_too_few_or_too_many(described, ours):
    """A TypedDict's schema lets more keys pass; an example has those that are declared, all and only."""
    for path, told in ours.items():
        content = told["responses"]["200"]["content"].get("application/json")
        if content:
            name = content["schema"]["$ref"].rpartition("/")[2]
            declared = described["components"]["schemas"][name]["properties"]
            assert set(content["example"]) == set(declared), path


def test_real_answers_fit_the_description(api, described, ours):
    work = api.get("/api/v1/works?limit=1").json()["works"][0]["work"]
    sha256 = api.get(f"/api/v1/works/{work}").json()["documents"][0]["sha256"]
    for path, told in ours.items():
        content = told["responses"]["200"]["content"].get("application/json")
        if content is None:
            continue
        real = path.replace("{key}", work).replace("{sha256}", sha256).replace("{number}", "1")
        answer = api.get(real.replace("{name}", "bodies")).json()
        whole = {**content["schema"], "components": described["components"]}
        jsonschema.Draft202012Validator(whole).validate(answer)
        name = content["schema"]["$ref"].rpartition("/")[2]
        assert set(answer) == set(described["components"]["schemas"][name]["properties"]), path


def test_the_page_has_a_command_for_each_address_that_works(api, address, ours, tmp_path):
    html = api.get("/api").text
    commands = [unescape(found) for found in re.findall(r"<code>(curl .*?)</code>", html)]
    assert len(commands) == len(ours)
    work = api.get("/api/v1/works?limit=1").json()["works"][0]["work"]
    sha256 = api.get(f"/api/v1/works/{work}").json()["documents"][0]["sha256"]
    for example in commands:
        command = example
        for invented, real in ((BASE, address), (KEY, work), (SHA256, sha256)):
            command = command.replace(invented, real)
        command = re.sub("/(pages|tables)/12", r"/\1/1", command)
        ran = subprocess.run(
            [*shlex.split(command), "--silent", "--show-error", "--fail"], cwd=tmp_path, capture_output=True, timeout=60
        )
        assert ran.returncode == 0, (command, ran.stderr)
    assert 'href="/openapi.json"' in html and "No key is needed" in html


def test_the_page_says_where_keys_are_needed(searcher, tmp_path):
    closed = create_app(searcher.catalog, searcher, lambda s: tmp_path / s, "s" * 20, BASE, None, Access(frozenset()))
    assert "Some of it needs a key" in TestClient(closed).get("/api").text
