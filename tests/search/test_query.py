"""Is a tree looked up, and said, as its reader means it?"""

import pytest

from search.fields import FIELDS
from search.query import parse, resolve, say
from search.query.resolve import MAX_CITED
from search.query.tree import NOTHING, And, Exact, Match, Not, Or, StartsWith


def resolved(text):
    return resolve(parse(text).tree)


@pytest.mark.parametrize(
    ("text", "field", "values"),
    [
        ("country:Philippines", "country", ("PHL",)),
        ("country:phl", "country", ("PHL",)),
        ("country:filipinas", "country", ("PHL",)),
        ("country:菲律宾", "country", ("PHL",)),
        ("country:الفلبين", "country", ("PHL",)),
        ("body:CMW", "body", ("CMW",)),
        ("body:'Human Rights Council'", "body", ("HRC",)),
        ("theme:'domestic work'", "theme", ("domestic-work",)),
        ("theme:'travail domestique'", "theme", ("domestic-work",)),
        ("language:français", "language", ("fr",)),
        ("publisher:OIT", "publisher", ("ILO",)),
        ("instrument:icrmw", "instrument", ("ICRMW",)),
        ("session:59", "session", ("59",)),
        ("kind:'General Comment'", "kind", ("general comment",)),
        ("symbol:a/hrc/59/60", "symbol", ("a/hrc/59/60",)),
        ("cites:'ICRMW art. 25'", "cites", ("icrmw art. 25",)),
    ],
)
def test_a_value_becomes_what_the_index_holds(text, field, values):
    assert resolved(text).tree == Exact(field, values)
    assert not resolved(text).complaints


def test_a_symbol_with_a_star_is_a_beginning():
    assert resolved("symbol:A/HRC/*").tree == StartsWith("symbol", "a/hrc/")


@pytest.mark.parametrize(
    "text",
    [
        "article:ICRMW/25", "article:'ICRMW art. 25'", "article:'art. 25 ICRMW'", "article:'ICRMW, art. 25 (1) (a)'",
        "article:'artículo 25 de la ICRMW'", "article:'第25条 ICRMW'", "articulo:icrmw/25.1",
        "article:'article 25 of the International Convention on the Protection of the Rights of All Migrant Workers"
        " and Members of Their Families'",
    ],
)  # fmt: skip
def test_an_article_of_a_treaty_is_one_value_however_it_is_written(text):
    assert resolved(text).tree == Exact("article", ("icrmw/25",))
    assert not resolved(text).complaints


def test_a_labour_standard_has_articles_and_digits_of_its_own():
    assert resolved("article:C189/3").tree == Exact("article", ("c189/3",))
    assert resolved("article:'Convention No. 189, art. 3'").tree == Exact("article", ("c189/3",))
    assert resolved("article:C189").tree == StartsWith("article", "c189/")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("article:25", "no treaty is known in '25'; write it as in article:ICRMW/25"),
        ("article:ICRMW/125", "ICRMW has 93 articles"),
        ("quality:bad", "quality is poor, fair, good; not 'bad'"),
        ("cited-by:A/1/2", "cited-by: there is no document 'A/1/2' here"),
    ],
)
def test_a_value_that_cannot_be_is_complained_of(text, message):
    assert [each.message for each in resolved(text).complaints] == [message]


def test_quality_is_asked_for_in_the_readers_words():
    assert resolved("quality:poor").tree == resolved("calidad:mala").tree == Exact("quality", ("poor",))
    assert say(parse("qualite:bonne").tree, "fr") == "Documents avec une page de qualité bonne"


def test_cited_by_stands_for_what_the_document_cites():
    cited = {"A/1": ("a/res/45/158", "c189"), "A/2": (), "A/3": tuple(map(str, range(MAX_CITED + 1)))}
    assert resolve(parse("cited-by:A/1").tree, cited.get).tree == Exact("symbol", ("a/res/45/158", "c189"))
    nothing = resolve(parse("cited-by:A/2").tree, cited.get)
    assert nothing.tree == NOTHING and nothing.complaints[0].message == "A/2 cites no document"
    many = resolve(parse("cited-by:A/3").tree, cited.get)
    assert len(many.tree.values) == MAX_CITED and "the first 1000 were taken" in many.complaints[0].message


def test_an_unknown_value_gives_a_suggestion_and_no_hits_from_its_clause():
    both = resolved("workers country:Philipines")
    assert both.tree.items[1] == NOTHING
    (complaint,) = both.complaints
    assert complaint.message == "no country 'Philipines'; did you mean Philippines?"
    assert (complaint.start, complaint.end) == (16, 26)


def test_a_word_is_looked_up_in_every_language_unless_the_query_is_limited():
    every = resolved("trabajadores").tree
    assert dict(every.alternatives)["es"] == ("trabaj",) and dict(every.alternatives)["other"] == ("trabajadores",)
    limited = resolved("trabajadores language:es").tree.items[0]
    assert [chain for chain, _ in limited.alternatives] == ["es"]
    either = resolved("travail language:(es OR fr)").tree.items[0]
    assert [chain for chain, _ in either.alternatives] == ["fr", "es"]
    negative = resolved("travail -language:en").tree.items[0]
    assert len(negative.alternatives) == 7


def test_a_bare_symbol_finds_the_document_too():
    tree = resolved("A/HRC/59/60").tree
    assert isinstance(tree, Or) and tree.items[1] == Exact("symbol", ("a/hrc/59/60",))
    assert isinstance(resolved("and/or").tree, Match)


def test_a_prefix_of_several_tokens_is_a_phrase_and_a_prefix():
    tree = resolved("co-operat*").tree
    assert isinstance(tree, And) and tree.items[1].prefix and tree.items[1].alternatives[0] == ("en", ("operat",))


SAID = {
    "en": {
        '"domestic workers" country:PHL': "Documents with the phrase “domestic workers” and speaking of Philippines",
        "NOT recruit* year:2004": "Documents without a word that begins with “recruit” and dated 2004",
        "": "All documents",
    },
    "fr": {
        '"travail forcé" country:PHL': "Documents avec l’expression « travail forcé » et parlant du pays Philippines",
        "(a OR b) -language:fr": "Documents (avec le mot « a » ou avec le mot « b ») et non en français",
    },
    "es": {
        "a date:2004-02": "Documentos con la palabra «a» y fechados en 2004-02",
        '"a b"~1': "Documentos con «a b», cada una a una palabra como máximo de la siguiente",
    },
}


@pytest.mark.parametrize(("language", "query"), [(lang, query) for lang in SAID for query in SAID[lang]])
def test_a_query_is_said(language, query):
    assert say(parse(query).tree, language) == SAID[language][query]


@pytest.mark.parametrize("query", ["(((", "country:*", "date:2026-13-45", "workers date:2026-13-45", "NOT *"])
def test_what_can_match_nothing_is_said_so(query):
    parsed = parse(query)
    assert say(parsed.tree) == "Nothing: no document can match"
    assert say(parsed.tree, "fr") == "Rien : aucun document ne peut correspondre"
    assert say(parsed.tree, "es") == "Nada: ningún documento puede coincidir"
    assert parsed.complaints or query == "NOT *"


def test_what_can_match_is_not_said_to_match_nothing():
    assert say(parse("a OR date:2026-13-45").tree) == "Documents with the word “a” or that cannot exist"
    assert "Nothing" not in say(parse("NOT country:PHL").tree)


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", None])
def test_every_field_can_be_said_in_every_language(language):
    for spec in FIELDS:
        sentence = say(parse("migrants" if spec.later else spec.example).tree, language)
        assert sentence.startswith("Documentos" if language == "es" else "Documents")
    assert say(Not(NOTHING), language)
