"""What do all tests share? A fresh catalog, on SQLite always and on PostgreSQL where Debian's server is installed."""

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings

from catalog import Catalog

settings.register_profile("forumwatch", deadline=None)  # these machines are shared: time is measured by the bench
settings.load_profile("forumwatch")

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
