"""How does one ask? The help page, made from the table of fields, and examples that a test runs."""

from typing import NamedTuple

from search.fields import FIELDS, FieldSpec
from search.json_shapes import HelpJson

KINDS = {
    "code": "a name or a code",
    "value": "as it is written in the document",
    "symbol": "a symbol; * at its end takes whatever begins so",
    "text": "words, or a phrase in quotes",
    "article": "an article of a treaty",
    "choice": "one of a few words",
    "document": "the symbol of a document",
    "name": "a name, in quotes if it is more than one word",
    "date": "a year, month or day, in digits or in words (March 2024, last month), or two of them with .. between",
}


class Example(NamedTuple):
    query: str
    says: str


EXAMPLES = (
    Example('"domestic workers" AND country:PHL', "a phrase, in documents that speak of the Philippines"),
    Example("remittances OR diaspora", "either word, in any of its forms"),
    Example('"labour migration" publisher:IOM since:2004', "from one publisher, from 2004 on"),
    Example("instrument:ICRMW body:CMW", "about a convention, by the committee that watches over it"),
    Example("recruit* fees NOT seafarers", "whatever begins with recruit, without one subject"),
    Example("(expulsion OR detention) year:2003..2005", "grouped, within some years"),
    Example("symbol:A/HRC/*", "every document of a series"),
    Example("trabajadoras domésticas", "in the language of the document; six are read"),
)

RULES = (
    ("two words", "Both must be there, in any of their forms: worker finds workers."),
    ('"in quotes"', "The words one after the other."),
    ('"in quotes"~5', "Each word within five of the next."),
    ("OR, AND, NOT", "In capitals. A minus before a word is NOT."),
    ("( )", "Groups what belongs together."),
    ("migra*", "Whatever begins so."),
    ("field:value", "Asks for one of the fields below; quotes around a value of several words."),
    (
        'date:"last month"',
        "Dates in digits, or in words of English, French or Spanish; 2004..2006 is from one to the other.",
    ),
)


def meaning(spec: FieldSpec) -> str:
    """What a field holds; where its data comes later, that too."""
    holds = spec.holds or KINDS.get(spec.kind, spec.kind)
    return f"{holds} (not yet: {spec.later['en']})" if spec.later else holds


def help_json(url: str) -> HelpJson:
    return {
        "url": url,
        "fields": [
            {"field": f.name, "aliases": list(f.aliases), "says": meaning(f), "examples": [f.example]} for f in FIELDS
        ],
        "examples": [example.query for example in EXAMPLES],
    }
