"""What do all tests share? A fresh catalog, on SQLite always and on PostgreSQL where Debian's server is installed."""

import contextlib
import fcntl
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
import sqlalchemy as sa
from hypothesis import settings

from catalog import Catalog
from search.engines import Cluster
from tests.elastic import NoServer, Server

# These machines are shared: time is measured by the bench. CI tries the same examples each time, so that what fails
# there is the change and not the luck of the day; new examples are looked for wherever else the tests run.
settings.register_profile("forumwatch", deadline=None, derandomize="FORUMWATCH_CI" in os.environ)
settings.load_profile("forumwatch")

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


def free_port() -> int:
    """A port that nobody is given by chance meanwhile: from below those that the kernel hands out."""
    while True:
        port = random.SystemRandom().randrange(10_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Real documents by others, beside the repository; never part of it."""
    folder = SHARED / "corpus" / "dev"
    if not folder.is_dir():
        pytest.skip(f"NOT TESTED on real documents: {folder} is missing")
    return folder


@pytest.fixture(scope="session")
def postgresql():
    """A real PostgreSQL server for this run (Debian's package), or a loud skip; in .ci/run it must be there."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not binaries:
        if os.environ.get("FORUMWATCH_CI"):
            pytest.fail("PostgreSQL is missing: .ci/run must install it")
        pytest.skip("PostgreSQL: NOT TESTED (no server here: apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="forumwatch-pg-"))
    as_user: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    where, port = binaries[-1].parent, free_port()
    run = {"check": True, "capture_output": True, "cwd": "/", "timeout": 120}
    subprocess.run([*as_user, str(where / "initdb"), "-A", "trust", "-U", "postgres", "-D", f"{folder}/data"], **run)
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    pg_ctl = [*as_user, str(where / "pg_ctl"), "-D", f"{folder}/data", "-w"]
    subprocess.run([*pg_ctl, "-o", options, "-l", f"{folder}/log", "start"], **run)
    yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    subprocess.run([*pg_ctl, "-m", "immediate", "stop"], **run)
    shutil.rmtree(folder, ignore_errors=True)


def pytest_configure(config):
    """One folder for all processes of a run, where the first that needs an Elasticsearch leaves word of it."""
    if not hasattr(config, "workerinput"):
        os.environ["FORUMWATCH_TEST_RUN"] = tempfile.mkdtemp(prefix="forumwatch-tests-")


def pytest_unconfigure(config):
    if hasattr(config, "workerinput"):
        return
    run = Path(os.environ.pop("FORUMWATCH_TEST_RUN"))
    for started in run.glob("elasticsearch-*"):
        _, pid, folder = started.read_text().split()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(int(pid), signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(run, ignore_errors=True)


def pytest_terminal_summary(terminalreporter):
    reason = Path(os.environ["FORUMWATCH_TEST_RUN"]) / "no-elasticsearch"
    if reason.exists():
        terminalreporter.write_sep("=", f"Elasticsearch: not tested ({reason.read_text()})", red=True)


@pytest.fixture(scope="session")
def elasticsearch_url() -> str:
    """A real Elasticsearch for all processes of this run, or a loud skip; in .ci/run it must be there."""
    if given := os.environ.get("FORUMWATCH_TEST_ELASTICSEARCH"):
        return given
    run = Path(os.environ["FORUMWATCH_TEST_RUN"])
    started, missing = run / "elasticsearch-plain", run / "no-elasticsearch"
    with (run / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not started.exists() and not missing.exists():
            try:
                server = Server().start()
                started.write_text(f"{server.url} {server.pid} {server.folder}")
            except NoServer as error:
                missing.write_text(str(error))
    if missing.exists():
        _not_tested(missing.read_text())
    return started.read_text().split()[0]


@pytest.fixture(scope="session")
def secured_elasticsearch() -> Iterator[Server]:
    """A server of its own, with TLS and users, that a test may stop and start."""
    try:
        with Server(secured=True, heap="512m") as server:
            yield server
    except NoServer as error:
        (Path(os.environ["FORUMWATCH_TEST_RUN"]) / "no-elasticsearch").write_text(str(error))
        _not_tested(str(error))


def _not_tested(reason: str) -> NoReturn:
    if os.environ.get("FORUMWATCH_CI"):
        pytest.fail(f"Elasticsearch must run here: {reason}")
    pytest.skip(f"Elasticsearch: not tested ({reason})")


@contextlib.contextmanager
def place_of_its_own(url: str) -> Iterator[Cluster]:
    """A place in a server that is empty, and is gone afterwards."""
    cluster = Cluster(url, prefix=f"t{uuid.uuid4().hex[:12]}")
    yield cluster
    cluster.client.indices.delete(index=f"{cluster.prefix}-*")
    cluster.client.options(ignore_status=404).indices.delete_index_template(name=f"{cluster.prefix}-*")
    cluster.client.close()


@pytest.fixture
def cluster(elasticsearch_url) -> Iterator[Cluster]:
    """A place in the shared server that is a test's own, and empty."""
    with place_of_its_own(elasticsearch_url) as cluster:
        yield cluster


@pytest.fixture
def catalog(tmp_path) -> Catalog:
    """A fresh catalog on SQLite."""
    catalog = Catalog(f"sqlite:///{tmp_path}/catalog.sqlite")
    catalog.migrate()
    return catalog


@pytest.fixture(params=["sqlite", "postgresql"])
def any_catalog(request, tmp_path):
    """A fresh catalog, once on each database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("catalog")
        return
    server = request.getfixturevalue("postgresql")
    name = f"t{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(server.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    catalog = Catalog(server.rsplit("/", 1)[0] + "/" + name)
    catalog.migrate()
    yield catalog
    catalog.engine.dispose()
    admin.dispose()
