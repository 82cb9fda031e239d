"""Which queries might somebody, or something, type? Real ones, made ones and mutated ones, the same for a seed."""

import random
from collections.abc import Iterator

from search.fields import FIELDS, field_names
from tests.search.test_parse import BAD, GOOD

REAL = [
    *GOOD, *BAD, *(spec.example for spec in FIELDS),
    '"domestic workers" AND country:PHL', "remittances OR diaspora", '"labour migration" publisher:IOM since:2004',
    "recruit* fees NOT seafarers", "(expulsion OR detention) year:2003..2005", "trabajadoras domésticas -país:México",
    "travailleurs migrants date:'mars 2024'", '"droits de l’homme"~5 organe:CMW', "права трудящихся-мигрантов",
    "家政工人 权利", "移徙工人、家政工人", "حقوق العمال المهاجرين", "العمال، المهاجرون؟",
    "symbol:A/HRC/59/* session:59 agenda:3", "article:ICRMW/25 quality:poor",
    "cites:A/RES/45/158 since:'last year'", "cited-by:CMW/C/GC/2 kind:report",
    'person:"Ana María Ruiz" organisation:"Migrant Forum"', "title:migra* language:(fr OR es)", "A/HRC/47/30",
    "date:between 2019 and 2021 visas", "until:12/03/2024 country:(PHL OR IDN OR MEX)", "« travail domestique »~3",
]  # fmt: skip
SIGNS = [
    "AND", "OR", "NOT", "(", ")", '"', "'", "+", "-", "*", "~", "~5", "^2", ":", "..", "/", "\\", "&&", "||", ",", ".",
    "“", "”", "«", "»", "：", "（", "）", "，", "؟", "،", "\x00", "\u200f", "\ufeff", "\U0001f600", "ﷺ",
    "ß", "İ", "ǅ", "é", "\u0301", "\ud800", "٣", "²", "½", "\t", "\n", "\u3000", "A/HRC/*", "ab*", "2024", "1e9",
    "-1", "\\\"",
]  # fmt: skip
WORDS = [
    "worker", "workers", "migrant", "migration", "recruitment", "the", "fee", "égalité", "travailleuse", "migración",
    "doméstica", "العمال", "والعمال", "мигрантов", "трудящиеся", "移徙", "工人", "家政", "Straße", "PHL", "report",
    "Ruiz", "2005", "last", "week", "march", "de",
]  # fmt: skip
NAMES = [*field_names(), "contry", "x"]
LONG = 2_300  # characters: more than a query may have


def queries(number: int, seed: int = 2026) -> Iterator[str]:
    """So many queries."""
    chance = random.Random(seed)
    for _ in range(number):
        yield _query(chance)


def _query(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.35:
        text = chance.choice(REAL)
    elif kind < 0.9:
        text = _made(chance, 0)
    else:
        text = _junk(chance)
    for _ in range(chance.choice((0, 1, 1, 2, 3, 8))):
        text = chance.choice(_MUTATIONS)(text, chance)
    return text[: LONG if len(text) > 200 else 200]


def _made(chance: random.Random, depth: int) -> str:
    """By the grammar."""
    kind = chance.random()
    if depth > 4 or kind < 0.4:
        return _leaf(chance)
    inner = [_made(chance, depth + 1) for _ in range(chance.randint(1, 4))]
    if kind < 0.6:
        return chance.choice((" ", " AND ", " && ")).join(inner)
    if kind < 0.8:
        return "(" + " OR ".join(inner) + ")"
    return chance.choice(("NOT ", "-", "+", "(", "country:", '"')) + inner[0]


def _leaf(chance: random.Random) -> str:
    word = chance.choice(WORDS)
    kind = chance.random()
    if kind < 0.4:
        return word
    if kind < 0.5:
        return word[: chance.randint(1, 4)] + "*"
    if kind < 0.7:
        phrase = " ".join(chance.choices(WORDS, k=chance.randint(1, 4)))
        return f'"{phrase}"' + chance.choice(("", "", "~1", "~5", "~999"))
    values = (word, f'"{word} {word}"', f"{word}*", "2004..2006", "A/59/*", "")
    return f"{chance.choice(NAMES)}:{chance.choice(values)}"


def _junk(chance: random.Random) -> str:
    return "".join(
        chr(chance.choice((chance.randrange(32, 127), chance.randrange(0x300, 0x2FFF), chance.randrange(0x110000))))
        for _ in range(chance.randint(0, 60))
    )


def _inserted(text: str, chance: random.Random) -> str:
    at = chance.randint(0, len(text))
    return text[:at] + chance.choice((chance.choice(SIGNS), chance.choice(WORDS))) + text[at:]


def _cut(text: str, chance: random.Random) -> str:
    at, length = chance.randint(0, len(text)), chance.randint(1, 8)
    return text[:at] + text[at + length :]


def _doubled(text: str, chance: random.Random) -> str:
    at, length = chance.randint(0, len(text)), chance.randint(1, 20)
    return text[:at] + text[at : at + length] * chance.randint(2, 4) + text[at + length :]


def _swapped(text: str, chance: random.Random) -> str:
    words = text.split(" ")
    chance.shuffle(words)
    return " ".join(words)


def _joined(text: str, chance: random.Random) -> str:
    return text + chance.choice((" ", " AND ", " OR ", " NOT ", "", ") ", " (")) + chance.choice(REAL)


def _deepened(text: str, chance: random.Random) -> str:
    depth = chance.choice((1, 2, 5, 30))
    return chance.choice(("(", "NOT (", "-(", "((a) OR ")) * depth + text + ")" * chance.randint(0, depth)


def _repeated(text: str, chance: random.Random) -> str:
    if chance.random() < 0.97:  # long ones are dear; some hundreds of them are enough
        return _cut(text, chance)
    return chance.choice((" ", "", " OR ")).join([text] * chance.randint(2, 120))


def _retyped(text: str, chance: random.Random) -> str:
    old, new = chance.choice((('"', "“"), ('"', "«"), (":", "："), (" ", "\u3000"), ("(", "（"), ('"', "'"), (" ", "")))
    return text.replace(old, new)


def _cased(text: str, chance: random.Random) -> str:
    return chance.choice((text.upper(), text.lower(), text.title(), text.swapcase()))


_MUTATIONS = (_inserted, _inserted, _cut, _doubled, _swapped, _joined, _deepened, _repeated, _retyped, _cased)
