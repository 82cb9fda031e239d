"""The world in which mails are killed, and what must be true of it at the end: nothing lost, nothing told twice.

The oracle knows nothing of our code: each member waits for one of two words, each work says some words, and the
relay's journal says who was told of what.
"""

import json
import random
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import deliveries, matches, outbox, saved_searches, subscribers, works
from search.alerts.members.settings import MailSettings
from search.alerts.members.subscribers import subscribe
from tests.chaos.dying import BROKEN, FULL, Orders, begin, points, wait
from tests.chaos.relay import NOBODY
from tests.search.library import Document, Work

WORDS = ("wages", "passports", "remittances", "seafarers", "nurses", "farms", "visas", "camps", "courts", "borders")
ZONES = ("UTC", "Europe/Zurich", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati")
CADENCES = ("at once", "daily", "weekly")
ROOT = Path(__file__).parents[2]
DAY = timedelta(days=1)


@dataclass
class Figures:
    """What a run of chaos came to."""

    rounds: int = 0
    kills: int = 0
    full: int = 0  # rounds that ended because the disk was full
    mails: int = 0  # taken by the relay, doubles included
    doubles: int = 0  # taken twice, under one Message-ID, in the one window: after it was taken ...
    answer_lost: int = 0  # ... the relay's answer was lost
    died: int = 0  # ... the sender died
    refused: int = 0  # for good, by the relay; reported, and told to nobody
    pairs: int = 0  # (member, work) to be told
    lost: int = 0
    told_twice: int = 0


@dataclass
class Scene:
    """A catalog, a relay and a clock. Use it in a `with`."""

    folder: Path
    seed: int
    members: int = 12
    figures: Figures = field(default_factory=Figures)

    def __enter__(self) -> "Scene":
        self.chance = random.Random(self.seed)
        self.home = self.folder / "home"
        self.home.mkdir()
        self.url = f"sqlite:///{self.home / 'catalog.sqlite'}"
        self.now = datetime.now(UTC) + timedelta(hours=1)
        self.number = 0
        self.waits_for: dict[str, frozenset[str]] = {}
        self.says: dict[int, frozenset[str]] = {}
        self.windows: list[range] = []  # of the journal: what was taken while somebody was killed
        self.journal = self.folder / "journal"
        self._join()
        program = [sys.executable, "-m", "tests.chaos.relay", str(self.journal), str(self.seed)]
        self.relay = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
        self.port = int(self.relay.stdout.readline())
        self.calm = True
        self.met = points(self.orders(news=1))
        for _ in range(20):  # at some hours of the day nobody's mail is due yet
            if "before data" in self.met:
                break
            self.met = points(self.orders(news=1))
        self.calm = False
        return self

    @property
    def calm(self) -> bool:
        """The relay takes everything."""
        return (self.folder / "journal.calm").exists()

    @calm.setter
    def calm(self, yes: bool) -> None:
        if yes:
            (self.folder / "journal.calm").touch()
        else:
            (self.folder / "journal.calm").unlink(missing_ok=True)

    def __exit__(self, *_: object) -> None:
        self.relay.kill()
        self.relay.wait()
        self.relay.stdin.close()
        self.relay.stdout.close()

    def orders(self, news: int | None = None, **other: object) -> Orders:
        """The next round: its time has come, and something has been published (or nothing)."""
        self.now += timedelta(minutes=self.chance.uniform(16, 600))
        news = self.chance.choice((0, 1, 1, 2)) if news is None else news
        patience = 20.0 if self.calm else 0.5
        works = [self._work() for _ in range(news)]
        return Orders(self.url, self.home, self.port, self.now, works, patience=patience, **other)

    def round(self, *orders: Orders, after: float | None = None) -> list[int]:
        """All at once; each is killed where its orders say, the first also `after` so many seconds."""
        taken = self._taken()
        children = [begin(each) for each in orders]
        codes = [wait(child, after if number == 0 else None) for number, child in enumerate(children)]
        assert BROKEN not in codes and not set(codes) - {0, FULL, -9}, codes
        self.figures.rounds += len(codes)
        self.figures.kills += codes.count(-9)
        self.figures.full += codes.count(FULL)
        if set(codes) - {0}:
            self.windows.append(range(taken, self._taken()))
        return codes

    def keep_copy(self, name: str) -> Path:
        """A backup, made while everything runs."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(self.home / "catalog.sqlite")) as live, closing(sqlite3.connect(path)) as saved:
            live.backup(saved)
        assert not [*self.folder.glob(f"{name}-*")]
        return path

    def put_back(self, saved: Path) -> None:
        for path in self.home.glob("catalog.sqlite*"):
            path.unlink()
        shutil.copy(saved, self.home / "catalog.sqlite")

    def end(self) -> Figures:
        """The relay is calm now, and nobody dies; then everything must have been told, once."""
        self.calm = True
        for _ in range(6):
            self.now += 4 * DAY
            assert self.round(self.orders(news=0)) == [0]
        catalog = Catalog(self.url)
        try:
            self._judge(catalog)
        finally:
            catalog.engine.dispose()
        return self.figures

    def _join(self) -> None:
        catalog = Catalog(self.url)
        catalog.migrate()
        for number in range(self.members):
            address = NOBODY if number == 1 else f"member{number}@example.net"
            words = self.chance.sample(WORDS, 2)
            settings = MailSettings(timezone=ZONES[number % len(ZONES)], heartbeat=number % 4 == 0)
            cadence = CADENCES[number % len(CADENCES)]
            subscribe(catalog, address, "en", [(f"Search {number}", " OR ".join(words))], cadence, settings=settings)
            self.waits_for[address] = frozenset(words)
        catalog.engine.dispose()

    def _work(self) -> Work:
        self.number += 1
        words = self.chance.sample(WORDS, 2)
        self.says[self.number] = frozenset(words)
        symbol = f"A/90/{self.number}"
        text = [(1, "1", f"The committee spoke of {words[0]}."), (1, "2", f"It also recalled {words[1]}.")]
        source = f"body{self.number // 40}"  # or all of this would be one flood, and be held as such
        return Work("UN", "A report", [Document("en", symbol, "A report", text, source=source)], symbol=symbol)

    def _taken(self) -> int:
        return len(self._lines())

    def _lines(self) -> list[dict]:
        with suppress(FileNotFoundError):
            return [json.loads(line) for line in self.journal.read_text(encoding="utf-8").splitlines()]
        return []

    def _judge(self, catalog: Catalog) -> None:
        lines, figures = self._lines(), self.figures
        with catalog.read() as connection:
            states = Counter(connection.execute(sa.select(outbox.c.state)).scalars())
            kept = {
                int(symbol.rpartition("/")[2]) for symbol in connection.execute(sa.select(works.c.symbol)).scalars()
            }
            sent_twice = connection.execute(
                sa.select(deliveries.c.outbox_id)
                .where(deliveries.c.outcome == "sent")
                .group_by(deliveries.c.outbox_id)
                .having(sa.func.count() > 1)
            ).all()
            refused = connection.execute(
                sa.select(subscribers.c.address, works.c.symbol)
                .select_from(matches)
                .join(outbox, outbox.c.id == matches.c.outbox_id)
                .join(subscribers, subscribers.c.id == outbox.c.subscriber_id)
                .join(works, works.c.id == matches.c.work_id)
                .where(outbox.c.state.in_(("failed", "bounced", "suppressed")))
                .where(sa.exists().where(deliveries.c.outbox_id == outbox.c.id))  # and that is in the ledger
            ).all()
            searches = connection.execute(sa.select(sa.func.count()).select_from(saved_searches)).scalar_one()
        assert searches == self.members
        assert not set(states) - {"sent", "failed", "bounced", "suppressed"}, states
        reported = {(address, int(symbol.rpartition("/")[2])) for address, symbol in refused}
        expected = {
            (address, number)
            for address, words in self.waits_for.items()
            for number in kept
            if words & self.says[number]
        }
        told: dict[tuple[str, int], set[str]] = defaultdict(set)
        for line in lines:
            for number in line["works"]:
                told[line["to"], number].add(line["id"])
        figures.mails, figures.pairs, figures.refused = len(lines), len(expected), states["failed"]
        figures.doubles = len(lines) - len({line["id"] for line in lines})
        lost = expected - set(told) - reported
        twice = {pair: ids for pair, ids in told.items() if len(ids) > 1}
        figures.lost, figures.told_twice = len(lost), len(twice)
        assert not lost, sorted(lost)[:10]
        assert not twice, list(twice.items())[:10]
        assert not set(told) - expected, "told of what nobody asked for"
        assert not sent_twice, "written down as sent, and sent again"
        assert {address for address, _ in reported} - {NOBODY} <= set(self.waits_for)
        self._only_in_the_window(lines)

    def _only_in_the_window(self, lines: list[dict]) -> None:
        """A mail that was taken may come again only if its answer was lost, or its sender died in that very round."""
        last: dict[str, int] = {}
        for place, line in enumerate(lines):
            before = last.get(line["id"])
            if before is not None:
                assert lines[before]["sha256"] == line["sha256"], "the same Message-ID, and another mail"
                died = any(before in window for window in self.windows)
                assert lines[before]["lost"] or died, f"{line['id']} came again, though it was known to be sent"
                self.figures.answer_lost += lines[before]["lost"]
                self.figures.died += not lines[before]["lost"]
            last[line["id"]] = place


def ten_days(orders: Orders, days: int) -> Orders:
    """The same round by a clock that is wrong by so many days."""
    return replace(orders, now=orders.now + days * DAY)
