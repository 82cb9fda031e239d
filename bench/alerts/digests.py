"""What do the mails of a week cost? Members' digests made, and handed to an SMTP server in another process.

Run alone by `python -m bench.alerts.digests [members]`. Every member has three searches out of some thousands, which
find about ten works together, of 2,000 works of about 700 words; the matches are written by the matcher itself. A mail
holds text and HTML, the passages and the receipt. All is durable: SQLite, as a house has it.
"""

import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection as Pipe
from typing import Any, NamedTuple, Self

import sqlalchemy as sa

from bench.alerts.made import Searches, stock, tree
from bench.measure import peak_memory_mb
from catalog import Catalog
from catalog.tables import (
    captures,
    documents,
    holds,
    matches,
    outbox,
    pages,
    paragraphs,
    saved_searches,
    sources,
    subscribers,
    works,
)
from search.alerts import Letterhead, Links, Smtp, deliver, make_due, match_changes
from search.alerts.members.saved import identity_of
from search.engines import open_engine

MEMBERS, EACH, WORKS, ITEMS = 5_000, 3, 2_000, 10
DRAWN = 9_000  # searches, of which those are taken that find as much as wanted
NOW = datetime(2026, 10, 5, 5, 0, tzinfo=UTC)  # Monday, seven in the morning in Zurich
LINKS = Links("https://forumwatch.example.org", "a secret for the bench, long enough")
LANGUAGES = ("en", "fr", "es")


class Taken(NamedTuple):
    """Seconds by the clock, and of this process's CPU: on a busy machine they are far apart."""

    clock: float
    cpu: float

    @classmethod
    def now(cls) -> Self:
        return cls(time.perf_counter(), time.process_time())

    def since(self, begun: "Taken") -> "Taken":
        return Taken(self.clock - begun.clock, self.cpu - begun.cpu)

    def __add__(self, other: "Taken") -> "Taken":  # type: ignore[override]
        return Taken(self.clock + other.clock, self.cpu + other.cpu)

    def __str__(self) -> str:
        return f"{self.clock:6.1f} s ({self.cpu:5.1f} s of CPU)"


@dataclass(frozen=True, slots=True)
class Digests:
    """What was made and handed over, and what it took."""

    members: int
    matches: int
    mails: int
    mean_kb: float
    largest_kb: float
    made: Taken
    delivered: Taken
    before_mb: float
    peak_mb: float
    taken: int

    def lines(self) -> list[str]:
        memory = f"peak memory {self.peak_mb:.0f} MiB, {self.before_mb:.0f} of them beforehand"
        size = f"{self.mean_kb:.0f} kB each, at most {self.largest_kb:.0f} kB"
        return [
            f"digests: {self.members} members x {EACH} searches, {self.matches} matches in {WORKS} works",
            f"  made       {self.made}  {self.mails} mails of {size}",
            f"  delivered  {self.delivered}  {self.taken} taken by an SMTP server in another process",
            f"  together   {self.made + self.delivered}  {memory}",
        ]


def digests(members: int = MEMBERS) -> Digests:
    """One run: everything is made anew in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog(f"sqlite:///{folder}/catalog.sqlite")
        catalog.migrate()
        _fill(catalog)
        _subscribe(catalog, members)
        match_changes(catalog)
        _release(catalog)
        before = peak_memory_mb()
        begun = Taken.now()
        mails = make_due(catalog, NOW, LINKS, Letterhead("digest@forumwatch.example.org"))
        made = Taken.now().since(begun)
        with _post_office() as (port, taken):
            begun = Taken.now()
            report = deliver(catalog, Smtp("127.0.0.1", port, tls="none"), NOW)
            delivered = Taken.now().since(begun)
            count = taken()
        assert report.sent == mails == count, (report, mails, count)
        with catalog.read() as connection:
            found = connection.execute(sa.select(sa.func.count()).select_from(matches)).scalar_one()
            size = sa.func.length(outbox.c.message)
            mean, largest = connection.execute(sa.select(sa.func.avg(size), sa.func.max(size))).one()
        catalog.engine.dispose()
    return Digests(members, found, mails, mean / 1000, largest / 1000, made, delivered, before, peak_memory_mb(), count)


def _fill(catalog: Catalog) -> None:
    stamp = NOW - timedelta(days=2)
    with catalog.write() as connection:
        rows: dict[sa.Table, list[dict[str, Any]]] = {
            table: [] for table in (works, documents, captures, pages, paragraphs)
        }
        for work in stock(WORKS):
            number, language = work.id, str(work.paragraphs[0].language)
            title = work.titles[0][1] if work.titles else work.key
            who = {"publisher": work.values["publisher"][0], "body": next(iter(work.values.get("body", ())), None)}
            rows[works].append({"id": number, "key": work.key, "title": title, "date": work.date} | who)
            file = {"id": number, "sha256": f"{number:064}", "work_id": number, "state": "read", "title": title}
            file |= {"language": language, "languages": [language], "symbol": work.key.partition(":")[2]}
            rows[documents].append(file | {"publisher": who["publisher"], "media_type": "text/html"})
            capture = {"source": "bench", "publisher": who["publisher"], "url": f"https://x.org/{number}", "size": 1}
            rows[captures].append(capture | {"sha256": f"{number:064}", "words": {}, "captured": stamp})
            for at, paragraph in enumerate(work.paragraphs, 1):
                place = {"document_id": number, "page": at, "language": language, "text": paragraph.text}
                rows[pages].append(place | {"method": "html", "quality": 1.0})
                rows[paragraphs].append(place | {"ordinal": at, "number": str(at)})
        for table, some in rows.items():
            connection.execute(sa.insert(table), some)
        known = {"name": "bench", "publisher": "UN", "title": "The bench's own documents", "cadence": "daily"}
        known |= {"terms": "", "last_good": stamp, "last_state": "done", "last_counts": {}, "last_reason": ""}
        connection.execute(sa.insert(sources).values(known))
        for row in rows[documents]:
            catalog.record_change(connection, "created", row["work_id"], row["id"])


def _release(catalog: Catalog) -> None:
    """So many documents at once are a flood; the secretariat has looked at it."""
    with catalog.write() as connection:
        connection.execute(sa.update(holds).values(state="released"))


def _subscribe(catalog: Catalog, members: int) -> None:
    known, chance = _queries(), random.Random(5)
    asked = [chance.choice(known) for _ in range(members * EACH)]
    people, searches = [], []
    for number in range(1, members + 1):
        who = {"id": number, "address": f"member{number}@example.net", "language": LANGUAGES[number % 3]}
        people.append(who | {"timezone": "Europe/Zurich", "state": "active", "since": NOW - timedelta(days=90)})
        for query in dict.fromkeys(asked[(number - 1) * EACH : number * EACH]):
            search = {"subscriber_id": number, "name": query[:200], "query": query, "start_seq": 0}
            searches.append(search | {"identity": identity_of(query)})
    with catalog.write() as connection:
        connection.execute(sa.insert(subscribers), people)
        connection.execute(sa.insert(saved_searches), searches)


def _queries() -> list[str]:
    """Searches that find two to five of the works each."""
    held = stock(WORKS)
    engine = open_engine(None)
    engine.add(held)
    engine.commit()
    drawn = dict.fromkeys(Searches(held, ITEMS / EACH / WORKS).some(DRAWN))
    return [query for query in drawn if 2 <= len(engine.members(tree(query))) <= 5]


@contextmanager
def _post_office() -> Iterator[tuple[int, Any]]:
    """A real SMTP server in a process of its own; yields its port, and a question for how many mails it took."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        port = ours.recv()

        def taken() -> int:
            ours.send("how many")
            return int(ours.recv())

        yield port, taken
    finally:
        ours.send("stop")
        process.join(10)


class _Taker:
    def __init__(self) -> None:
        self.taken = 0

    async def handle_DATA(self, _server: Any, _session: Any, _envelope: Any) -> str:
        self.taken += 1
        return "250 taken"


def _serve(pipe: Pipe) -> None:
    import socket

    from aiosmtpd.controller import Controller

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    taker = _Taker()
    controller = Controller(taker, hostname="127.0.0.1", port=port)
    controller.start()
    pipe.send(port)
    while pipe.recv() == "how many":
        pipe.send(taker.taken)
    controller.stop()


def main() -> int:
    for line in digests(int(sys.argv[1]) if len(sys.argv) > 1 else MEMBERS).lines():
        sys.stdout.write(f"{line}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
