"""One Prefect server for all tests of the flows: it takes seconds to start, and flow runs do not disturb each other."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT, free_port


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory):
    """The address of a real Prefect server."""
    from flows.orchestrator import server

    before = dict(os.environ)
    with server(tmp_path_factory.mktemp("prefect"), free_port(), ui=False) as api_url:
        yield api_url
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def forumwatch(tmp_path):
    """Runs the command as a person would; returns the finished process."""

    def run(*arguments, home=tmp_path / "home", **more):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("FORUMWATCH_")}
        environment |= {"FORUMWATCH_HOME": str(home)} | more.pop("env", {})
        command = [sys.executable, "-m", "flows.cli", *map(str, arguments)]
        return subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=more.pop("timeout", 300)
        )

    return run
