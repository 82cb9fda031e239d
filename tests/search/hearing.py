"""Can a sentence that `say` made be understood again? Its reader, made from the same forms, for tests."""

import re
from calendar import monthrange
from datetime import date
from functools import cache

import lexicon
from search.fields import FIELDS
from search.query.say import _words
from search.query.tree import DateRange, Everything, Field, Node, Not, Phrase, Prefix, Word, both, either

CLOSING = {"en": "”", "fr": "»", "es": "»"}
LABELS = {
    "country": lexicon.countries, "body": lexicon.bodies, "instrument": lexicon.instruments, "theme": lexicon.themes,
    "publisher": lexicon.publishers, "language": lexicon.languages,
}  # fmt: skip


def hear(sentence: str, language: str) -> Node:
    """The tree that the sentence says; ValueError if it says none."""
    heard = _Hearing(sentence, language)
    node = heard.sentence()
    if heard.at != len(sentence):
        raise ValueError(f"not understood: {sentence[heard.at :]!r}")
    return node


class _Hearing:
    def __init__(self, text: str, language: str) -> None:
        self.text, self.language, self.at = text, language, 0
        self.words = _words()[language]

    def sentence(self) -> Node:
        for form, node in (("all", Everything()), ("none", Not(Everything()))):
            if self.text == self.words[form]:
                self.at = len(self.text)
                return node
        self.take(self.words["sentence"].partition("{")[0])
        return self.clauses()

    def clauses(self) -> Node:
        items, joint = [self.clause()], ""
        while found := next((s for s in (", ", self.words["and"], self.words["or"]) if self.ahead(s)), ""):
            self.take(found)
            items.append(self.clause())
            joint = found
        return both(items) if joint == self.words["and"] else either(items)

    def clause(self) -> Node:
        if self.ahead("("):
            self.take("(")
            inside = self.clauses()
            self.take(")")
            return inside
        matches = [(m, make) for pattern, make in _forms(self.language) if (m := pattern.match(self.text, self.at))]
        if matches:
            match, make = max(matches, key=lambda each: each[0].end())
            self.at = match.end()
            return make(*match.groups())
        self.take(self.words["not"].partition("{")[0])
        return Not(self.clause())

    def ahead(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def take(self, text: str) -> None:
        if not self.ahead(text):
            raise ValueError(f"not understood: {self.text[self.at :]!r}")
        self.at += len(text)


@cache
def _forms(language: str):
    words = _words()[language]
    things = {
        "word": lambda text: Word(text),
        "prefix": lambda text: Prefix(text),
        "phrase": lambda text: Phrase(tuple(text.split())),
        "near": lambda text, slop: Phrase(tuple(text.split()), int(slop)),
        "near_one": lambda text: Phrase(tuple(text.split()), 1),
    }
    dates = {
        "between": lambda first, last: DateRange(_first(first), _last(last)),
        "since": lambda first: DateRange(_first(first), None),
        "until": lambda last: DateRange(None, _last(last)),
        "on": lambda day: DateRange(_first(day), _last(day)),
    }
    forms = [(_pattern(words[name], language), make) for name, make in dates.items()]
    for name, make in things.items():
        forms.append((_pattern(words["with"].replace("{thing}", words[name]), language), make))
        without = words["without"].replace("{thing}", words[name])
        forms.append((_pattern(without, language), lambda *found, make=make: Not(make(*found))))
    for spec in FIELDS:
        if spec.name in words["field"]:
            pattern = _pattern(words["field"][spec.name], language, _value(spec, language))
            forms.append((pattern, lambda value, name=spec.name: Field(name, _typed(value, language))))
    forms.append((_pattern(words["everything"], language), Everything))
    return forms


def _pattern(form: str, language: str, value: str = "") -> re.Pattern[str]:
    """{first} and {last} are dates, {text} whatever does not close the quotation, {value} as given."""
    holes = {"text": f"([^{CLOSING[language]}]*?)", "slop": r"(\d+)", "value": f"({value})(?![\\w./-])"}
    holes |= dict.fromkeys(("first", "last"), r"(\d{4}(?:-\d\d){0,2})")
    parts = re.split(r"{(\w+)}", form)
    return re.compile("".join(holes[part] if at % 2 else re.escape(part) for at, part in enumerate(parts)))


def _value(spec, language: str) -> str:
    if spec.name == "title":
        return f"[^{CLOSING[language]}]*"
    quoted = re.escape(_words()[language]["quoted"]).replace(re.escape("{text}"), f"[^{CLOSING[language]}]*")
    names = [names[language] for names in spec.choices.values()]
    if spec.name in LABELS:
        names = [each.names.get(language) or each.names.get("en", "") for each in LABELS[spec.name]()]
    known = sorted(map(re.escape, filter(None, names)), key=len, reverse=True)
    return "|".join([*known, quoted, r"[\w./-]+…?"])


def _typed(value: str, language: str) -> str:
    before, after = _words()[language]["quoted"].split("{text}")
    value = value.removeprefix(before).removesuffix(after)
    return value.removesuffix("…") + "*" if value.endswith("…") else value


def _first(text: str) -> date:
    return date.fromisoformat((text + "-01-01")[:10])


def _last(text: str) -> date:
    if len(text) == 10:
        return date.fromisoformat(text)
    year, month = int(text[:4]), int(text[5:7] or 12)
    return date(year, month, monthrange(year, month)[1])
