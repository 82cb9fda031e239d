"""Do both engines put the same first? On paragraphs that human rights lawyers labelled by whom they speak of."""

import gzip
import json
import math
from collections import Counter
from statistics import mean

import pytest

from search import open_engine
from search.engines.engine import IndexedParagraph, IndexedWork, Question
from search.query import parse, resolve
from tests.conftest import place_of_its_own

EACH = 40  # paragraphs of a work that are taken


@pytest.fixture(scope="module")
def labelled(corpus):
    with gzip.open(corpus / "data" / "bulk" / "human_rights_paragraph_labels.jsonl.gz", "rt") as file:
        return [json.loads(line) for line in file]


@pytest.fixture(scope="module")
def engines(labelled, elasticsearch_url):
    works = [
        IndexedWork(number, row["id"], None, (("en", row["title"]),), {}, {}, _paragraphs(number, row))
        for number, row in enumerate(labelled, 1)
    ]
    memory = open_engine(None)
    memory.add(works)
    memory.commit()
    with place_of_its_own(elasticsearch_url) as cluster:
        engine = open_engine(cluster)
        with engine.writing(engine.shape()):
            engine.add(works)
            engine.commit()
        yield memory, engine


def _paragraphs(number, row):
    texts = [each["text"] for each in row["paragraphs"][:EACH]]
    return tuple(IndexedParagraph(number, ordinal, "en", text) for ordinal, text in enumerate(texts, 1))


def gain(order, grades) -> float:
    """nDCG of the first ten."""

    def discounted(values):
        return sum(value / math.log2(place + 2) for place, value in enumerate(values[:10]))

    return discounted([grades.get(each, 0) for each in order]) / discounted(sorted(grades.values(), reverse=True))


def test_the_order_by_relevance_is_nearly_the_same_and_as_good(labelled, engines):
    counted = Counter(label for row in labelled for each in row["paragraphs"][:EACH] for label in each["labels"])
    gains, shared, alike = [], [], []
    for label in counted:
        tree = resolve(parse(label).tree).tree
        grades = {
            number: sum(label in each["labels"] for each in row["paragraphs"][:EACH])
            for number, row in enumerate(labelled, 1)
        }
        here, there = (engine.ask(Question(tree, limit=10)) for engine in engines)
        assert here.total == there.total
        if here.total:
            gains.append((gain(here.works, grades), gain(there.works, grades)))
            shared.append(len(set(here.works) & set(there.works)) / len(here.works))
            alike.append(here.works[0] == there.works[0])
        here, there = (engine.ask_paragraphs(Question(tree, limit=10)) for engine in engines)
        assert here.total == there.total
        if here.total:
            shared.append(len(set(here.paragraphs) & set(there.paragraphs)) / len(here.paragraphs))
    one, other = (mean(each) for each in zip(*gains, strict=True))
    assert len(gains) > 12 and one > 0.4
    assert abs(one - other) < 0.02
    assert all(abs(one - other) < 0.1 for one, other in gains)
    assert mean(shared) > 0.95 and mean(alike) > 0.9
