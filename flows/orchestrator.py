"""Where is the Prefect server? One of our own on localhost, its data in the home folder, nothing outside contacted."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from catalog import ForumwatchError
from flows.children import start, stop

START_SECONDS = 90


class OrchestratorError(ForumwatchError):
    """Raised when the Prefect server does not come up; says where its log is."""


def environment(home: Path, api_url: str) -> dict[str, str]:
    """What Prefect must find in the environment before it is imported: our server, our folder, no telemetry."""
    return {
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_API_URL": api_url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_LEVEL": os.environ.get("PREFECT_LOGGING_LEVEL", "WARNING"),
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    }


@contextmanager
def server(home: Path, port: int, ui: bool = True) -> Iterator[str]:
    """A running Prefect server; yields its API's address and leaves it in os.environ for whoever imports Prefect."""
    home.mkdir(parents=True, exist_ok=True)
    api_url = f"http://127.0.0.1:{port}/api"
    os.environ.update(environment(home, api_url))
    ui_host = "" if ui else "--no-ui"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    log = home / "prefect.log"
    process = start([*command, *filter(None, [ui_host])], dict(os.environ), log)
    try:
        _wait(api_url, process, log)
        yield api_url
    finally:
        stop(process)


def _wait(api_url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise OrchestratorError(f"the Prefect server ended at once (exit {process.returncode}): see {log}")
        try:
            if httpx.get(f"{api_url}/health", timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise OrchestratorError(f"the Prefect server did not answer within {START_SECONDS} s: see {log}")
