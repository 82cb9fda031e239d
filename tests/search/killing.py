"""How is indexing killed, and what must be true afterwards? For indexes on disk and in a cluster alike."""

import multiprocessing
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from catalog import Catalog, tables
from search import index_changes, open_engine
from search.checking import check
from search.engines import Cluster
from search.query import parse, resolve
from tests.search import drift
from tests.search.dying_indexer import PARAGRAPHS, Orders, as_version, obey, watch
from tests.search.many import fill_many

WORKS = 60
RANDOM_KILLS = 10
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.search.dying_indexer"])


class Scene:
    """A catalog, an index of it, and processes that are killed over it."""

    def __init__(self, catalog: Catalog, place: Path | Cluster, seed: int) -> None:
        self.catalog, self.place = catalog, place
        self.chance = random.Random(seed)
        self.engine = open_engine(place)
        self.ids = fill_many(catalog, WORKS, PARAGRAPHS)
        self.made = 0
        self.finish(self.another())

    def another(self) -> str:
        self.made += 1
        return f"v{self.made}"

    def current(self) -> str:
        """The version that readers see."""
        target = self.engine.reading()
        assert target
        return dict(target.shape() or {})["analysis"]

    def change(self) -> None:
        """Some works say something else, and their changes are recorded."""
        with self.catalog.write() as connection:
            for work in self.chance.sample(self.ids, 25):
                first = (tables.paragraphs.c.document_id == work) & (tables.paragraphs.c.ordinal == 1)
                text = f"workers said {self.chance.randint(0, 10**6)}"
                connection.execute(sa.update(tables.paragraphs).where(first).values(text=text))
                self.catalog.record_change(connection, "updated", work)

    def kill(self, orders: Orders, after: float | None = None) -> bool:
        """kill -9, where the orders say or after so many seconds; whether the process was still at work."""
        ours, theirs = PROCESSES.Pipe()
        child = PROCESSES.Process(target=obey, args=(orders, theirs))
        child.start()
        theirs.close()
        assert ours.poll(60) and ours.recv() == "begun"
        if after is None:
            assert ours.poll(60) and ours.recv() == "here", f"it never came to {orders.point}"
        else:
            ours.poll(after)
        child.kill()
        child.join(60)
        return child.exitcode == -9

    def orders(self, version: str, point: str = "", nth: int = 1, mend: bool = False) -> Orders:
        return Orders(self.catalog.url, self.elsewhere, version, point, nth, mend)

    @property
    def elsewhere(self) -> Path | Cluster:
        """The place, without the connections that this process has to it."""
        return replace(self.place) if isinstance(self.place, Cluster) else self.place

    def finish(self, version: str) -> None:
        """What was broken off is done to its end, and nothing is missing then."""
        with as_version(version):
            index_changes(self.catalog, self.engine)
            report = check(self.catalog, self.engine, repair=False)
        assert (report.works, report.held, report.waiting, report.drift) == (WORKS, WORKS, 0, 0), report

    @contextmanager
    def watched(self) -> Iterator[set[str]]:
        """A reader asks all the while; afterwards the marks that it saw."""
        end, (ours, theirs) = PROCESSES.Event(), PROCESSES.Pipe()
        reader = PROCESSES.Process(target=watch, args=(self.elsewhere, WORKS, end, theirs))
        reader.start()
        marks = set[str]()
        try:
            yield marks
        finally:
            end.set()
            assert ours.poll(60)
            asked, seen, wrong = ours.recv()
            reader.join(60)
        marks |= seen
        assert not wrong, f"of {asked} answers:\n" + "\n".join(wrong)
        assert asked > 20


def killed_at_points(scene: Scene, rebuilding: list[tuple[str, int]], following: list[tuple[str, int]]) -> None:
    points = [(point, nth, True) for point, nth in rebuilding] + [(point, nth, False) for point, nth in following]
    scene.chance.shuffle(points)
    with scene.watched() as marks:
        for point, nth, rebuild in points:
            before = scene.current()
            scene.change()
            version = scene.another() if rebuild else before
            assert scene.kill(scene.orders(version, point, nth)), point
            if scene.chance.random() < 0.5:
                scene.finish(scene.chance.choice([version, before]))  # back to the version before: a change of mind
        scene.finish(scene.current())
        scene.finish(scene.another())
    assert len(marks) > 3


def killed_at_any_moment(scene: Scene) -> None:
    kills = tries = 0
    with scene.watched() as marks:
        while kills < RANDOM_KILLS:
            scene.change()
            version = scene.another() if scene.chance.random() < 0.7 else scene.current()
            kills += scene.kill(scene.orders(version), after=scene.chance.uniform(0, 0.7))
            tries += 1
            assert tries < 10 * RANDOM_KILLS, "it is always done before it can be killed"
            if kills % 4 == 0:
                scene.finish(version)
        scene.finish(scene.current())
    assert marks


def killed_while_mending(scene: Scene, point: str) -> None:
    version = scene.current()
    drift.lose(scene.engine, scene.ids[:40])
    assert scene.kill(scene.orders(version, point, mend=True))
    with as_version(version):
        left = check(scene.catalog, scene.engine)
    assert 0 < left.drift <= 40 and left.mended == left.drift
    scene.finish(version)


def back_to_what_was_half_removed(scene: Scene, point: str) -> None:
    """The version before is wanted again, of which only half is left: as if it had never been."""
    before = scene.current()
    assert scene.kill(scene.orders(scene.another(), point))
    assert scene.current() != before
    scene.finish(before)
    assert scene.current() == before
    phrase = resolve(parse('"migrant workers number"').tree).tree
    assert len(scene.engine.members(phrase)) == WORKS
