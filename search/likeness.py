"""Which works are like this one? Those that share most of its telling words: often here, in few works elsewhere.

The words are taken from the titles, the text and the names of persons and organisations in every language that the
work has, each language with words of its own; a Chinese word is a pair of characters. The index only has to know in
how many works a word stands, whatever engine it is.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog
from catalog.tables import documents, mentions, paragraphs, works
from search import analysis
from search.engines.engine import Engine, Question
from search.errors import MistakenRequest
from search.fields import OTHER
from search.query.tree import NOTHING, Exact, Match, Node, either

DOCUMENTS = 12  # of a work that are looked into
PARAGRAPHS = 2_000  # of a document
READ = 120_000  # characters of each language: what a work is about, it says early and often
CANDIDATES = 150  # words of each language, by how often they stand
TERMS = 24  # words that are searched for, all languages together
LEAST_TERMS = 6  # of each language
NAMES = 4  # persons and organisations, of each
FEW_WORKS = 2  # that may all have a word, and it still tells something
TITLE_WEIGHT = 5  # a word of the title counts as if it stood so often in the text
SHORTEST = 3  # letters

_IDEOGRAPHS = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]{2,}")


@dataclass(slots=True)
class _Words:
    """How often each word (unstemmed; in Chinese a pair of characters) stands in one language of the work."""

    counts: Counter[str] = field(default_factory=Counter)
    read: int = 0

    def take(self, text: str, chain: str, weight: int = 1) -> None:
        words = _pairs(text) if chain == "zh" else analysis.forms(text)
        for word in words:
            if chain == "zh" or (len(word) >= SHORTEST and word.isalpha()):
                self.counts[word] += weight


def alike(catalog: Catalog, engine: Engine, key: str) -> tuple[Node, int]:
    """A tree that finds what is like the work with this key, the most alike first, and the work's own id."""
    with catalog.read() as connection:
        work = connection.execute(sa.select(works.c.id, works.c.title).where(works.c.key == key)).one_or_none()
        if work is None:
            raise MistakenRequest(f"there is no work {key[:200]!r}")
        words = _words(connection, work.id, work.title)
        names = _names(connection, work.id)
    leaves = [*_telling(engine, words), *names]
    return (either(leaves) if leaves else NOTHING), work.id


def _words(connection: Connection, work_id: int, title: str) -> dict[str, _Words]:
    found: dict[str, _Words] = defaultdict(_Words)
    of_work = sa.select(documents.c.id, documents.c.language, documents.c.title, documents.c.state)
    rows = connection.execute(of_work.where(documents.c.work_id == work_id).order_by(documents.c.id)).all()
    for document in [row for row in rows if row.state == "read"][:DOCUMENTS]:
        chain = analysis.chain_of(document.language)
        found[chain].take(document.title or title, chain, TITLE_WEIGHT)
        for language, text in _text(connection, document.id):
            chain = analysis.chain_of(language or document.language)
            words = found[chain]
            if words.read < READ:
                words.take(text[: READ - words.read], chain)
                words.read += len(text)
    return found


def _text(connection: Connection, document_id: int) -> Iterator[tuple[str | None, str]]:
    query = (
        sa.select(paragraphs.c.language, sa.func.substr(paragraphs.c.text, 1, READ))
        .where(paragraphs.c.document_id == document_id)
        .order_by(paragraphs.c.ordinal)
        .limit(PARAGRAPHS)
    )
    with connection.execute(query.execution_options(yield_per=50)) as rows:
        yield from rows.tuples()


def _names(connection: Connection, work_id: int) -> list[Node]:
    """The persons and organisations that the work speaks of most."""
    times = sa.func.count()
    query = (
        sa.select(mentions.c.kind, mentions.c.value)
        .join(documents, documents.c.id == mentions.c.document_id)
        .where(documents.c.work_id == work_id, mentions.c.kind.in_(("person", "organisation")))
        .group_by(mentions.c.kind, mentions.c.value)
        .order_by(times.desc(), mentions.c.value)
        .limit(NAMES * 2)
    )
    named = [(kind, tuple(analysis.analyse(value, OTHER))) for kind, value in connection.execute(query).tuples()]
    return [Match(kind, ((OTHER, tokens),)) for kind, tokens in named if len(tokens) > 1]


def _telling(engine: Engine, words: Mapping[str, _Words]) -> list[Node]:
    """Of each language the words that weigh most: often here, and in some works of the language but not in most."""
    candidates = {chain: each.counts.most_common(CANDIDATES) for chain, each in words.items() if each.counts}
    asked = {part for chain, found in candidates.items() for word, _ in found for part in _parts(word, chain)}
    if not asked:
        return []
    known = engine.frequencies(sorted(asked))
    share = max(LEAST_TERMS, TERMS // len(candidates))
    leaves: list[Node] = []
    for chain, found in candidates.items():
        all_works = _works_in(engine, chain)
        weights: dict[tuple[str, ...], float] = {}
        for word, times in found:
            having = min(known.get(part, 0) for part in _parts(word, chain))
            if 1 < having <= max(all_works / 2, FEW_WORKS) and (tokens := tuple(analysis.analyse(word, chain))):
                weight = (1 + math.log(times)) * math.log(1 + all_works / having)
                weights[tokens] = max(weight, weights.get(tokens, 0.0))
        best = sorted(weights, key=lambda tokens: (-weights[tokens], tokens))[:share]
        leaves += [Match("text", ((chain, tokens),)) for tokens in best]
    return leaves


def _works_in(engine: Engine, chain: str) -> int:
    return engine.count() if chain == OTHER else engine.ask(Question(Exact("language", (chain,)), limit=0)).total


def _parts(word: str, chain: str) -> tuple[str, ...]:
    """What the index knows the frequency of."""
    return tuple(word) if chain == "zh" else (word,)


def _pairs(text: str) -> list[str]:
    runs = _IDEOGRAPHS.findall(text)
    return [run[i : i + 2] for run in runs for i in range(len(run) - 1)]
