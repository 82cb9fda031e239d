"""Does a mail say why: the search in words, and of several alternatives the one that stands in the passage?"""

import pytest

from search.alerts.mails.asked import clause, narrowed, said
from search.alerts.mails.untold import Asked
from tests.search.alerts.letters import LINKS, passage

WAGES = passage("Unpaid wages are claimed.", "wages")


@pytest.mark.parametrize(
    ("query", "names", "spares"),
    [
        ("wages OR visas", "wages", "visas"),
        ('wages OR "domestic workers" OR country:PHL', "wages", "domestic"),
        ("wages OR claimed OR visas", "claimed", "visas"),
    ],
)
def test_of_alternatives_the_one_in_the_passage_is_named(query, names, spares):
    asked = Asked(query)
    assert names in clause(asked, WAGES, "en") and spares not in clause(asked, WAGES, "en")
    assert spares in said(asked, "en").lower() and clause(asked, None, "en") == said(asked, "en")


@pytest.mark.parametrize("query", ["wages AND visas", "wages NOT visas", "visas OR permits", "wages OR claimed"])
def test_else_all_of_the_search_is_said(query):
    assert clause(Asked(query), WAGES, "en") == said(Asked(query), "en")


def test_filters_and_scope_are_said_and_led_to():
    asked = Asked.of("wages", {"publisher": ["ILO", "UN"], "country": []}, "paragraphs")
    assert "International Labour Organization" in said(asked, "en") and "in one paragraph" in said(asked, "en")
    assert clause(asked, WAGES, "en") == said(asked, "en")
    link = LINKS.search("wages", narrowed(asked))
    assert link.endswith("/search?q=wages&publisher=ILO&publisher=UN&unit=paragraphs&sort=-date")
    assert Asked.of("wages", {"publisher": ["ILO", "UN"]}, "paragraphs") == asked  # one question, looked up once
