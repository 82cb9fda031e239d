"""What does it look like when everything works? The whole main job on one machine, against the replica.

`make demo` runs this. Only two things are not real: the publishers' web is crawlers/replica, and the clock stands
on the Monday after the replica's week. Everything it makes is kept in build/demo (or --home), so that a second run,
or one after a kill, goes on from there.
"""

import argparse
import os
import random
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from rich.text import Text

from catalog import ForumwatchError
from flows import shown, steps
from flows.children import start, stop
from flows.house import House
from flows.orchestrator import environment, server
from flows.settings import read_settings

WEEK_ONE = datetime(2026, 10, 5, 7, 0, tzinfo=ZoneInfo("Europe/Zurich"))  # the Monday on which week 1 is told
START_SECONDS = 60
ZONE = "Europe/Zurich"  # of the members: their Monday morning has come when the clock of week 1 stands still
MEMBERS = (
    ("ana@members.example", {"language": "es"}, [
        ("Trabajo doméstico", "theme:domestic-work", "weekly"),
        ("Filipinas", "country:PHL", "weekly"),
    ]),
    ("secretariat@members.example", {"language": "en"}, [
        ("Domestic workers and the Philippines", '"domestic workers" AND country:PHL', "weekly"),
        ("Mode 4", '"natural persons" OR "mode 4"', "weekly"),
        ("Detention", "detention OR détention OR detención", "daily"),
    ]),
    ("yasmine@members.example", {"language": "fr"}, [
        ("Travailleurs domestiques", '"travailleurs domestiques" OR "domestic workers"', "weekly"),
    ]),
    ("joy@members.example", {"language": "en", "heartbeat": True}, [
        ("Seafarers", '"stranded seafarers" AND country:PHL', "weekly"),
    ]),
)  # fmt: skip
MORE = ("FORUMWATCH_SMTP_HOST", "FORUMWATCH_SMTP_USER", "FORUMWATCH_SMTP_PASSWORD", "FORUMWATCH_CATALOG")
CLUSTER = ("FORUMWATCH_SEARCH", "FORUMWATCH_SEARCH_CLOUD_ID")


class DemoFailed(ForumwatchError):
    """Raised when a part of the demo does not do what it shows; says which."""


def main() -> int:
    """0: done; 1: failed, and says what; 2: misused."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that children are stopped in order
    asked = _parser().parse_args()
    if asked.docs is not None and not asked.docs.is_dir():
        _say(f"demo: {asked.docs} is not a folder")
        return 2
    try:
        return _run(asked)
    except ForumwatchError as error:
        _say(f"demo FAILED: {error}")
        return 1
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m flows.demo", description=__doc__)
    parser.add_argument("--week", type=int, default=1, choices=(1, 2), help="how much the replica has published")
    parser.add_argument("--docs", type=Path, help="the replica publishes the PDFs of this folder instead of its own")
    parser.add_argument("--once", action="store_true", help="end when the work is done, and say if it is as it should")
    parser.add_argument("--port", type=int, default=8700, help="of the search page; 0: any")
    parser.add_argument("--home", type=Path, help="where everything is kept; default: build/demo or build/demo-docs")
    parser.add_argument("--cluster", action="store_true", help="search in the Elasticsearch of FORUMWATCH_SEARCH")
    parser.add_argument("--prefect", default="", metavar="URL", help="the API of a server of ours that runs already")
    parser.add_argument("--size", choices=("full", "small"), default="full", help="of the replica; small: for tests")
    return parser


def _run(asked: argparse.Namespace) -> int:
    begun = time.monotonic()
    home = (asked.home or Path("build/demo-docs" if asked.docs else "build/demo")).absolute()
    home.mkdir(parents=True, exist_ok=True)
    with ExitStack() as running:
        house = _furnish(running, home, asked)
        pages = house.settings.base_url
        _say(f"Search page: {pages}  (it fills while the work goes on)")
        names = ["un_treaty_bodies"] if asked.docs else sorted(house.sources)
        failures = _work(running, house, names, asked.prefect)
        shown.sources([line for line in steps.summary(house) if line.source in names])
        _report(house, home, pages, time.monotonic() - begun)
        if asked.docs:
            failures += _unaccounted(house)
        if failures:
            raise DemoFailed("; ".join(failures))
        if not asked.once:
            _say("Serving until Ctrl-C.")
            while True:
                time.sleep(3600)
    return 0


def _furnish(running: ExitStack, home: Path, asked: argparse.Namespace) -> House:
    """Starts what the house needs around it: the replica, a mailbox, the pages. All of it ends with us."""
    from search.alerts import LocalMailbox

    for name in (*MORE, *(() if asked.cluster else CLUSTER)):  # never to touch what a real installation uses
        os.environ.pop(name, None)
    replica_port, page_port = _free_port(), _free_port(asked.port)
    mailbox = running.enter_context(LocalMailbox(home / "mailbox"))
    clock = WEEK_ONE + timedelta(weeks=asked.week - 1)
    os.environ.update(
        FORUMWATCH_HOME=str(home),
        FORUMWATCH_REPLICA=f"http://127.0.0.1:{replica_port}",
        FORUMWATCH_BASE_URL=f"http://127.0.0.1:{page_port}",
        FORUMWATCH_CONTACT="demo@localhost.example",
        FORUMWATCH_SMTP_HOST="127.0.0.1",
        FORUMWATCH_SMTP_PORT=str(mailbox.port),
        FORUMWATCH_SMTP_SECURITY="none",
        FORUMWATCH_SEARCH_PREFIX="forumwatch-demo",
        FORUMWATCH_CLOCK=clock.isoformat(),
        FORUMWATCH_SECRET="the demo signs its links with a word that everyone may know",
    )
    house = House(read_settings())
    replica = [sys.executable, "-m", "crawlers.replica", "--port", str(replica_port), "--week", str(asked.week)]
    replica += ["--size", asked.size, "--cache", str(home.parent / "replica")]
    replica += ["--docs", str(asked.docs.absolute())] if asked.docs else []
    running.enter_context(_child(replica, home / "replica.log", house.settings.replica))
    _ = house.catalog.engine  # made before the pages look for it
    pages = [sys.executable, "-m", "flows.cli", "serve", "--port", str(page_port)]
    running.enter_context(_child(pages, home / "pages.log", f"{house.settings.base_url}/health"))
    return house


def _work(running: ExitStack, house: House, names: list[str], prefect: str) -> list[str]:
    """Subscribes the members, then runs the flows as the schedule would; returns what failed."""
    from search.alerts import MailSettings, Wanted, subscribe

    for address, wishes, searches in MEMBERS:
        settings = MailSettings(timezone=ZONE, **wishes)
        wanted = [Wanted(name, query, cadence=cadence) for name, query, cadence in searches]
        subscribe(house.catalog, address, settings.language, wanted, settings=settings)
    if prefect:
        os.environ.update(environment(house.home, prefect))
    else:
        _say("Starting Prefect")
        api_url = running.enter_context(server(house.home, _free_port()))
        _say(f"Prefect: {api_url.removesuffix('/api')}  (the runs, with a summary each)")
    from flows import daily

    failures = []
    with shown.bars():
        for flow, arguments in ((daily.daily, {"sources": names}), (daily.mail, {})):
            state: Any = flow(**arguments, return_state=True)
            if not state.is_completed():
                failures.append(f"{flow.name}: {state.message}")
    return failures


def _report(house: House, home: Path, pages: str, seconds: float) -> None:
    """What there is now and where to look at it; asks the pages themselves, as a reader would."""
    from search.alerts.post.maildir import Maildir

    found = httpx.get(f"{pages}/search.json", params={"q": '"domestic workers" AND country:PHL'}, timeout=30)
    found.raise_for_status()
    mails = len(Maildir(home / "mailbox").messages())
    _say(f"\nDone in {seconds:.0f} s. Everything here comes from the replica, not from the bodies it names.")
    _say(f"Search page  {pages}" + (f"  (on Elasticsearch, {house.cluster.place})" if house.cluster else ""))
    _say(f"An example   {pages}/search?q=%22domestic+workers%22+AND+country%3APHL  ({found.json()['total']} works)")
    _say(f"Not read     {pages}/quarantine  ({len(steps.unread(house))} files, each with its reason)")
    _say(f"Mailbox      {home / 'mailbox'}  ({mails} mails; a maildir: mutt -f, or less {home / 'mailbox'}/new/*)")
    _say(f"By hand      FORUMWATCH_HOME={home} .venv/bin/forumwatch --help")


def _unaccounted(house: House) -> list[str]:
    """Every file of the folder must have ended somewhere: searchable, or listed with its reason."""
    lost = [
        line for line in steps.summary(house) if line.found > line.read + line.waiting + line.quarantined + line.failed
    ]
    return [f"{line.source}: of {line.found} files found, some are neither read nor listed" for line in lost]


@contextmanager
def _child(command: list[str], log: Path, address: str) -> Iterator[None]:
    """A helper process that answers at `address` before we go on."""
    process = start(command, dict(os.environ), log)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > deadline:
                raise DemoFailed(f"{' '.join(command[1:4])} does not answer: see {log}")
            time.sleep(0.1)
        yield
    finally:
        stop(process)


def _answers(address: str) -> bool:
    try:
        httpx.get(address, timeout=5)
    except httpx.HTTPError:
        return False
    return True


def _free_port(wanted: int = 0) -> int:
    """The wanted port, or any from below those that the kernel hands out: it is still free when a child takes it."""
    some = (random.SystemRandom().randrange(10_000, 32_000) for _ in range(100))
    for port in (wanted, *some) if wanted else some:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                if port == wanted:
                    _say(f"Port {port} is taken: another is used")
                continue
            return port
    raise DemoFailed("no free port on localhost")


def _say(line: str) -> None:
    shown.console.print(Text(line))


if __name__ == "__main__":
    sys.exit(main())
