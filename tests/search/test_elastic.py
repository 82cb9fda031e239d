"""Does the engine keep its manners with a cluster? Generations, versions, what is refused, who may write, bad days."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from search import analysis, index_changes, indexing, load_works, open_engine
from search.engines import Cluster
from search.engines.elastic import elastic, lease, line, reader, writer
from search.engines.elastic.lease import Lease
from search.engines.elastic.line import Breaker, ClusterAway, Line
from search.engines.engine import IndexedParagraph, IndexedWork, Question
from search.errors import REBUILD, IndexUnavailable, MistakenRequest, WorksRefused
from search.query import parse, resolve
from search.query.tree import And, Everything, Exact, Not, Or
from tests.conftest import free_port
from tests.search.faulty import FaultyWay
from tests.search.invented import WORKS
from tests.search.library import WORKS as LIBRARY
from tests.search.library import changed, put, withdraw
from tests.search.test_indexing import content, from_scratch, watermarks

SHAPE = {"made": "for tests"}


def tree(text: str):
    return resolve(parse(text).tree).tree


def work(number: int, *texts: str, seq: int = 0, **values: tuple[str, ...]) -> IndexedWork:
    paragraphs = tuple(IndexedParagraph(number, ordinal, "en", text) for ordinal, text in enumerate(texts, 1))
    return IndexedWork(number, f"UN:{number}", None, (), values, {}, paragraphs, seq)


def shape_of(engine) -> dict[str, str]:
    return {**SHAPE, **engine.shape()}


@pytest.fixture
def engine(cluster):
    return open_engine(cluster)


@pytest.fixture
def way(elasticsearch_url) -> Iterator[FaultyWay]:
    with FaultyWay(elasticsearch_url) as way:
        yield way


@pytest.fixture
def faulty(cluster, way) -> Iterator[Cluster]:
    """The same place as `cluster`, by a way on which things go wrong."""
    faulty = replace(cluster, url=way.url, seconds=5.0)
    yield faulty
    faulty.client.close()


def indexes(cluster: Cluster) -> set[str]:
    return set(cluster.client.indices.get_alias(index=f"{cluster.prefix}-*"))


def aliased(cluster: Cluster) -> dict[str, str]:
    found = cluster.client.indices.get_alias(index=f"{cluster.prefix}-*")
    return {alias: index for index, each in found.items() for alias in each["aliases"]}


def test_a_rebuild_is_made_beside_and_both_aliases_move_together(engine, cluster):
    reading = open_engine(cluster)
    with engine.writing(shape_of(engine)) as target:
        first = target.name
        engine.add([work(1, "old words")])
        engine.commit()
        target.publish()
    assert reading.members(tree("old")) == (1,)
    with engine.writing({**shape_of(engine), "made": "anew"}) as target:
        second = target.name
        engine.add([work(2, "new words")])
        engine.commit()
        assert reading.members(tree("words")) == (1,)
        assert aliased(cluster) == {cluster.named(part): cluster.named(part, first) for part in ("works", "passages")}
        target.publish()
        assert aliased(cluster) == {cluster.named(part): cluster.named(part, second) for part in ("works", "passages")}
        assert reading.members(tree("words")) == (2,)
    assert indexes(cluster) == {cluster.named(part, second) for part in ("works", "passages")} | {
        cluster.named("writer")
    }
    assert reading.reading().shape()["made"] == "anew"


def test_a_first_generation_is_seen_at_once_and_one_broken_off_is_gone_on_with(engine, cluster):
    assert engine.reading() is None and engine.count() == 0 and engine.members(Everything()) == ()
    assert engine.ask(Question(Everything(), facets=("kind",))).counts == {"kind": ()}
    assert list(engine.walk(Question(Everything()))) == [] and list(engine.holdings()) == []
    with pytest.raises(OSError), engine.writing(shape_of(engine)) as target:
        first = target.name
        engine.add([work(1, "word")])
        engine.commit()
        target.note(7)
        raise OSError("the power is gone")
    assert engine.count() == 1 and engine.reading().noted() == 7
    begun = {**shape_of(engine), "made": "anew"}
    with pytest.raises(OSError), engine.writing(begun) as target:
        second = target.name
        target.note(3)
        raise OSError("again")
    with engine.writing(begun) as target:
        assert (target.name, target.noted()) == (second, 3)
    with engine.writing({**shape_of(engine), "made": "otherwise"}) as target:
        third = target.name
    assert {first, third} == {name.split("-", 2)[2] for name in indexes(cluster) if "works" in name}
    with engine.writing(shape_of(engine), afresh=True) as target:
        assert target.name not in (first, second, third)


def test_another_schema_is_not_read(engine, monkeypatch):
    with engine.writing({"schema": "of tomorrow"}):
        pass
    with pytest.raises(IndexUnavailable) as caught:
        engine.ask(Question(Everything()))
    assert str(caught.value) == REBUILD and "of tomorrow" in caught.value.detail


def test_mappings_are_strict_and_templates_keep_them_so(engine, cluster):
    with engine.writing(shape_of(engine)) as target:
        name = target.name
    for part in ("works", "passages"):
        made = cluster.client.indices.get_mapping(index=cluster.named(part, name)).body
        ((_, found),) = made.items()
        assert found["mappings"]["dynamic"] == "strict"
    by_hand = cluster.named("works", "made-by-hand")
    with pytest.raises(Exception, match="strict_dynamic_mapping_exception"):
        cluster.client.index(index=by_hand, document={"guess": 1})


def test_what_is_refused_is_named_and_stops_nothing_else(engine, monkeypatch):
    monkeypatch.setattr(writer, "LONGEST_WORK", 1000)
    bad = work(2, "two words", nonsense=("a value of a field that is not there",))
    with pytest.raises(WorksRefused) as caught, engine.writing(shape_of(engine)) as target:
        engine.add([work(1, "one word"), bad, work(3, "three words"), work(4, "long " * 500)])
        engine.commit()
        target.publish()
    assert engine.members(tree("word")) == (1, 3)
    assert set(caught.value.refused) == {2, 4}
    assert "work 2" in str(caught.value) and "nonsense" in str(caught.value)
    with engine.writing(shape_of(engine)):
        engine.add([work(2, "two words, mended")])
        engine.commit()
    assert engine.members(tree("word")) == (1, 2, 3)


def test_a_change_never_replaces_a_newer_one_and_the_same_may_come_twice(engine):
    with engine.writing(shape_of(engine)):
        engine.add([work(1, "newer", "second", seq=5)])
        engine.add([work(1, "older", "another", "third", seq=4)])
        engine.commit()
        assert engine.members(tree("newer")) == (1,) and engine.members(tree("older OR third")) == ()
        assert [each.passages for each in engine.holdings()] == [2]
        engine.add([work(1, "newer", seq=5)])
        engine.commit()
        assert [each.passages for each in engine.holdings()] == [1]
        engine.remove([1, 99], 7)
        engine.add([work(1, "newer", seq=5)])  # late
        engine.commit()
        assert engine.count() == 0 and list(engine.holdings()) == []
        engine.add([work(1, "back", seq=8)])
        engine.remove([1], 6)  # late
        engine.commit()
        assert engine.members(tree("back")) == (1,)
        engine.remove([1])
        engine.commit()
        assert engine.count() == 0


@pytest.mark.parametrize("committed", [True, False])
def test_passages_that_a_work_no_longer_has_are_gone(engine, committed):
    with engine.writing(shape_of(engine)):
        engine.add([work(1, "one", "two", "three"), work(2, "two")])
        if committed:
            engine.commit()
        engine.add([work(1, "one", "other")])
        engine.commit()
        assert [(each.work, each.passages) for each in engine.holdings()] == [(1, 2), (2, 1)]
        assert engine.passages(tree("two OR three"), [1], "en", 5) == {1: ()}


def test_what_a_dead_writer_left_is_put_right_by_the_next(engine):
    with pytest.raises(OSError), engine.writing(shape_of(engine)):
        engine.add([work(1, "one", "two", "three", seq=3)])
        raise OSError("killed before the commit")
    assert engine.count() == 0
    with engine.writing(shape_of(engine)):
        engine.add([work(1, "one", seq=4)])
        engine.commit()
    assert [(each.work, each.passages) for each in engine.holdings()] == [(1, 1)]


def test_more_than_one_page_of_everything(engine, monkeypatch):
    monkeypatch.setattr(reader, "PAGE", 7)
    monkeypatch.setattr(writer, "PAGE", 7)
    monkeypatch.setattr(elastic, "PAGE", 7)
    monkeypatch.setattr(writer, "CHUNK_DOCUMENTS", 5)
    with engine.writing(shape_of(engine)):
        for _ in range(2):
            engine.add(WORKS[:40])
            engine.commit()
    memory = open_engine(None)
    memory.add(WORKS[:40])
    memory.commit()
    assert engine.members(Everything()) == memory.members(Everything())
    assert list(engine.holdings()) == list(memory.holdings())
    for sort in ("relevance", "date", "-date"):
        question = Question(tree("worker OR migrant"), {"kind": ("report", "note")}, sort=sort, limit=100)
        walked = list(engine.walk(question))
        assert walked == list(engine.ask(question).works) and len(walked) > 7


def test_a_walk_sees_one_state_and_leaves_nothing_open(engine, cluster, monkeypatch):
    monkeypatch.setattr(reader, "PAGE", 5)
    with engine.writing(shape_of(engine)):
        engine.add([work(number, "word") for number in range(1, 21)])
        engine.commit()
        walking = engine.walk(Question(tree("word"), sort="date"))
        seen = [next(walking) for _ in range(3)]
        engine.remove(range(10, 21))
        engine.add([work(30, "word")])
        engine.commit()
        assert seen + list(walking) == list(range(1, 21))
        assert engine.members(tree("word")) == (*range(1, 10), 30)
        broken_off = engine.walk(Question(tree("word")))
        next(broken_off)
        broken_off.close()
    stats = cluster.client.indices.stats(index=f"{cluster.prefix}-*", metric="search")
    assert stats["_all"]["total"]["search"]["open_contexts"] == 0


def test_a_walk_whose_index_is_replaced_says_so(engine, monkeypatch):
    monkeypatch.setattr(reader, "PAGE", 5)
    with engine.writing(shape_of(engine)) as target:
        engine.add([work(number, "word") for number in range(1, 21)])
        engine.commit()
    walking = engine.walk(Question(tree("word")))
    next(walking)
    with engine.writing(shape_of(engine), afresh=True) as target:
        target.publish()
    with pytest.raises(IndexUnavailable, match="replaced while it was being read"):
        list(walking)


def test_deep_trees_and_long_lists_are_answered(engine):
    with engine.writing(shape_of(engine)):
        engine.add([work(1, "worker"), work(2, "other")])
        engine.commit()
    node = tree("worker")
    for depth in range(60):
        other = Exact("kind", ("report",))
        node = And((Everything(), Or((other, node)))) if depth % 3 else And((Everything(), Not(Not(node))))
    assert engine.members(node) == (1,)
    many = Exact("kind", tuple(str(number) for number in range(200_000)))
    assert engine.members(Or((many, tree("worker")))) == (1,)


def test_an_index_in_several_shards_gives_the_same_answers(cluster):
    engine, memory = open_engine(replace(cluster, shards=3)), open_engine(None)
    memory.add(WORKS)
    memory.commit()
    with engine.writing(shape_of(engine)):
        engine.add(WORKS)
        engine.commit()
    assert "3 shards" in engine.shape()["engine"]
    assert list(engine.holdings()) == list(memory.holdings())
    for text in ("worker", "migra* -workers", '"domestic worker"~3', "country:PHL migrant", ""):
        assert engine.members(tree(text)) == memory.members(tree(text))
        for sort in ("relevance", "-date"):
            question = Question(tree(text), facets=("country", "year"), sort=sort, limit=10)
            here, there = engine.ask(question), memory.ask(question)
            assert (here.total, {f: dict(c) for f, c in here.counts.items()}) == (
                there.total,
                {f: dict(c) for f, c in there.counts.items()},
            )
            assert sort == "relevance" or here.works == there.works
            pages, after = [], None
            while after or not pages:
                page = engine.ask(replace(question, after=after))
                pages += page.works
                after = page.after
            assert sorted(pages) == list(engine.members(tree(text)))
            assert pages == list(engine.walk(question))


def test_frequencies_are_of_works_in_any_language(engine):
    with engine.writing(shape_of(engine)):
        engine.add([work(1, "worker", "worker"), work(2, "workers")])
        engine.add([IndexedWork(3, "c", None, (("fr", "Worker"),), {}, {}, ())])
        engine.commit()
    assert engine.frequencies(["worker", "workers", "absent"]) == {"worker": 2, "workers": 1, "absent": 0}


def test_one_writes_and_another_waits_or_is_told(engine, cluster):
    other = open_engine(cluster)
    told = pytest.raises(IndexUnavailable, match="another process is writing")
    with engine.writing(SHAPE), told, other.writing(SHAPE, wait=0.3):
        pass
    entered = threading.Event()

    def write() -> None:
        with other.writing(SHAPE, wait=20):
            entered.set()

    with engine.writing(SHAPE):
        waiting = threading.Thread(target=write)
        waiting.start()
        assert not entered.wait(0.5)
    assert entered.wait(20)
    waiting.join(20)


def test_the_right_to_write_is_free_when_its_process_is_gone(cluster, monkeypatch):
    held = Lease(Line(cluster), cluster.named("writer"))
    held._owner = held._owner.replace(f" {lease._began(lease.os.getpid())} ", " 12345 ")  # a process of another time
    held._take(1.0)
    told = pytest.raises(IndexUnavailable, match="another process has begun to write")
    with Lease(Line(cluster), cluster.named("writer")).held(wait=0.5), told:
        held.check()


def test_of_a_process_elsewhere_silence_is_waited_for(cluster, monkeypatch):
    elsewhere = Lease(Line(cluster), cluster.named("writer"))
    elsewhere._owner = "another-host 1 1 1"
    elsewhere._take(1.0)
    with (
        pytest.raises(IndexUnavailable, match="another process is writing"),
        Lease(Line(cluster), cluster.named("writer")).held(wait=0.3),
    ):
        pass
    monkeypatch.setattr(lease, "LEASE_SECONDS", 0.5)
    with Lease(Line(cluster), cluster.named("writer")).held(wait=5):
        pass


def test_whoever_lost_the_right_publishes_and_cleans_nothing(engine, cluster):
    with engine.writing(shape_of(engine)) as target:
        target.publish()
    with engine.writing(shape_of(engine), afresh=True) as target:
        taken = cluster.client.get(index=cluster.named("writer"), id="writer")["_source"]
        thief = taken | {"owner": "another-host 1 1 1"}
        cluster.client.index(index=cluster.named("writer"), id="writer", document=thief)
        before = indexes(cluster)
        with pytest.raises(IndexUnavailable, match="another process has begun to write"):
            target.publish()
        assert indexes(cluster) == before


def test_writing_asks_for_the_right_to_write(engine):
    for verb in (lambda: engine.add([]), lambda: engine.remove([1]), engine.commit):
        with pytest.raises(IndexUnavailable):
            verb()


def test_nobody_answers_and_after_three_attempts_it_is_said_at_once():
    cluster = Cluster(f"http://127.0.0.1:{free_port()}", api_key="c2VjcmV0OnNlY3JldA==", seconds=2.0)
    engine = open_engine(cluster)
    for _ in range(line.FAILURES + 2):
        with pytest.raises(IndexUnavailable) as caught:
            engine.ask(Question(Everything()))
        assert str(caught.value) == line.AWAY
        assert cluster.api_key not in caught.value.detail
    assert caught.value.detail == "the line is taken to be dead"


def test_a_dead_line_is_tried_again_by_one_call():
    breaker = Breaker(failures=2, seconds=0.2)
    for _ in range(2):
        breaker.check()
        breaker.failed()
    with pytest.raises(ClusterAway):
        breaker.check()
    time.sleep(0.25)
    breaker.check()
    with pytest.raises(ClusterAway):
        breaker.check()  # while the first is away
    breaker.answered()
    breaker.check()
    breaker.check()


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(401, line.UNKNOWN), (403, line.FORBIDDEN), (429, line.BUSY), (503, line.BUSY), (500, line.BROKEN)],
)
def test_a_refusal_is_said_in_a_sentence(engine, faulty, way, status, sentence):
    with engine.writing(shape_of(engine)):
        pass
    reading = open_engine(faulty)
    assert reading.count() == 0
    way.refuse("_search", status, times=10)
    with pytest.raises(IndexUnavailable) as caught:
        reading.ask(Question(Everything()))
    assert str(caught.value) == sentence and str(status) in caught.value.detail


def test_a_cloud_id_that_cannot_be_read_is_said_without_being_quoted():
    with pytest.raises(IndexUnavailable) as caught:
        open_engine(Cluster(cloud_id="secret:no-base64")).count()
    assert str(caught.value) == line.WRONG and "secret" not in caught.value.detail


def test_a_busy_cluster_is_waited_for(engine, faulty, way, monkeypatch):
    writing = open_engine(faulty)
    with writing.writing(shape_of(writing), wait=20):
        way.refuse("_bulk", 429, times=2)
        way.lose("_bulk")
        writing.add([work(1, "word", "words", seq=2)])
        way.refuse("_refresh", 503)
        writing.commit()
    assert engine.members(tree("word")) == (1,)
    assert [(each.work, each.passages) for each in engine.holdings()] == [(1, 2)]
    assert sum("_bulk" in what for what in way.asked) >= 4


def test_indexing_waits_while_the_cluster_is_away_and_catches_up(library, engine, faulty, way, monkeypatch):
    monkeypatch.setattr(indexing, "BATCH", 4)
    monkeypatch.setattr(indexing, "COMMIT_EVERY", 1)
    monkeypatch.setattr(line, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(line, "DEAD_SECONDS", 0.5)
    bulks: list[str] = []

    def before(what: str) -> None:
        if "_bulk" in what:
            bulks.append(what)
            if len(bulks) == 2:
                way.cut = True
                threading.Timer(1.0, lambda: setattr(way, "cut", False)).start()

    way.before = before
    assert index_changes(library, open_engine(faulty), wait=30) == len(LIBRARY)
    assert content(engine) == from_scratch(library)


def test_indexing_that_waited_in_vain_goes_on_later_without_loss(library, engine, faulty, way, monkeypatch):
    monkeypatch.setattr(indexing, "BATCH", 4)
    monkeypatch.setattr(indexing, "COMMIT_EVERY", 1)
    bulks: list[str] = []

    def before(what: str) -> None:
        bulks.extend([what] * ("_bulk" in what))
        way.cut = way.cut or len(bulks) == 2

    way.before = before
    with pytest.raises(IndexUnavailable) as caught:
        index_changes(library, open_engine(faulty), wait=0.5)
    assert str(caught.value) == line.AWAY
    assert list(watermarks(library).values()) == [4]
    put(library, changed(LIBRARY[0], "meanwhile"))
    withdraw(library, LIBRARY[1].key)
    index_changes(library, engine)
    assert content(engine) == from_scratch(library)


def test_changes_are_followed_and_another_shape_is_rebuilt(library, engine, monkeypatch):
    assert index_changes(library, engine) == len(LIBRARY)
    assert index_changes(library, engine) == 0
    put(library, changed(LIBRARY[0], "another text"))
    withdraw(library, LIBRARY[1].key)
    assert index_changes(library, engine) == 2
    assert content(engine) == from_scratch(library)
    put(library, LIBRARY[1])
    assert index_changes(library, engine) == 1
    assert content(engine) == from_scratch(library)
    monkeypatch.setattr(analysis, "VERSION", "another")
    monkeypatch.setattr(indexing, "BATCH", 5)
    monkeypatch.setattr(indexing, "COMMIT_EVERY", 1)
    seen: list[int] = []

    def failing(catalog, ids):
        seen.append(engine.count())
        if len(seen) == 3:
            raise OSError("the disk is full")
        return load_works(catalog, ids)

    with monkeypatch.context() as patched, pytest.raises(OSError, match="disk is full"):
        patched.setattr(indexing, "load_works", failing)
        index_changes(library, engine)
    assert seen == [len(LIBRARY)] * 3  # the old one answers
    assert index_changes(library, engine) == len(LIBRARY) - 10
    assert content(engine) == from_scratch(library)


def test_cursors_are_of_their_own_question_and_reach_the_end(engine):
    with engine.writing(shape_of(engine)):
        engine.add([work(number, "word " * (number % 3 + 1)) for number in range(1, 31)])
        engine.commit()
    question, seen = Question(tree("word"), limit=4), []
    while True:
        answer = engine.ask(question)
        seen += answer.works
        if answer.after is None:
            break
        question = replace(question, after=answer.after)
    assert sorted(seen) == list(range(1, 31)) and answer.total == 30
    for other in (Question(tree("word"), sort="date"), Question(tree("other")), Question(Everything())):
        with pytest.raises(MistakenRequest):
            engine.ask(replace(other, after=question.after))
