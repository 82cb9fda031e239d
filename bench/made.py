"""Where do the documents of the benchmarks come from? Words drawn by rank, as in a language; the same in every run."""

import random
from datetime import date, timedelta

from search.engines.engine import IndexedParagraph, IndexedWork

TOPICS = ("domestic workers", "recruitment fees", "immigration detention", "labour inspection", "consular protection")
COUNTRIES = ("PHL", "MAR", "IDN", "MEX", "NPL", "ETH", "TUN", "BOL", "LKA", "UKR")


def vocabulary(size: int = 20_000) -> list[str]:
    chance = random.Random(7)
    syllables = [
        "mi",
        "gra",
        "tion",
        "la",
        "bour",
        "re",
        "cruit",
        "ment",
        "so",
        "cial",
        "pro",
        "tec",
        "de",
        "ten",
        "co",
    ]
    return sorted({"".join(chance.choices(syllables, k=chance.randint(2, 5))) for _ in range(size * 2)})[:size]


def works(number: int, paragraphs: int = 12, words: int = 60) -> list[IndexedWork]:
    """`number` works of about `paragraphs` x `words` words, in English."""
    chance, known = random.Random(11), vocabulary()
    weights = [1 / rank for rank in range(1, len(known) + 1)]
    stock = chance.choices(known, weights, k=number * paragraphs * words)
    return [_work(i, stock[i * paragraphs * words :], paragraphs, words, chance) for i in range(number)]


def _work(number: int, stock: list[str], paragraphs: int, words: int, chance: random.Random) -> IndexedWork:
    texts = [" ".join(stock[i * words : (i + 1) * words]) for i in range(paragraphs)]
    texts[0] += f" {chance.choice(TOPICS)}"
    day = date(2000, 1, 1) + timedelta(days=number % 9000)
    country = chance.choice(COUNTRIES)
    values = {"publisher": ("UN",), "country": (country,), "year": (str(day.year),), "language": ("en",)}
    return IndexedWork(
        id=number + 1,
        key=f"UN:A/HRC/{number % 60}/{number}",
        date=day,
        titles=(("en", texts[0][:80]),),
        values=values,
        names={},
        paragraphs=tuple(IndexedParagraph(number + 1, n, "en", text) for n, text in enumerate(texts, 1)),
    )
