"""Does a schedule fire by itself, on a real Prefect server, and leave its trace where people look?"""

import os
import subprocess
import sys
import time

import httpx
import sqlalchemy as sa

from catalog import Catalog, tables
from crawlers.replica import serve
from tests.conftest import ROOT, free_port

STEPS = {"crawl", "read", "index", "match", "mail", "check", "audit"}
PATIENCE = 200  # seconds: a minute until the cron fires, then the flow itself


def wait_for(what, process, log):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()[-3000:]
        found = what()
        if found:
            return found
        time.sleep(1)
    raise AssertionError(f"it did not happen within {PATIENCE} s:\n{log.read_text()[-3000:]}")


def test_a_schedule_fires(tmp_path):
    home, log, port = tmp_path / "home", tmp_path / "log", free_port()
    with serve(size="small", cache=tmp_path / "replica") as replica:
        environment = dict(os.environ) | {
            "FORUMWATCH_HOME": str(home),
            "FORUMWATCH_REPLICA": replica.url,
            "FORUMWATCH_CONTACT": "test@localhost.example",
            "FORUMWATCH_CRAWL_CRON": "* * * * *",
            "FORUMWATCH_MAIL_CRON": "* * * * *",
            "FORUMWATCH_CHECK_CRON": "* * * * *",
            "FORUMWATCH_PREFECT_PORT": str(port),
        }
        command = [sys.executable, "-m", "flows.cli", "schedule"]
        with log.open("ab") as output:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        try:
            ran = wait_for(lambda: finished_steps(home), process, log)
            api = httpx.Client(base_url=f"http://127.0.0.1:{port}/api", timeout=30)
            runs = wait_for(lambda: flow_runs(api), process, log)
        finally:
            process.terminate()
            process.wait(30)
    assert ran >= STEPS
    assert all(run["auto_scheduled"] for run in runs)
    assert {artifact["key"] for artifact in artifacts_seen(runs)} >= {"sources", "day"}


def finished_steps(home):
    """The steps that the catalog's run table has as done, once all kinds are there."""
    path = home / "catalog.sqlite"
    if not path.exists():
        return set()
    try:
        with Catalog(f"sqlite:///{path}").read() as connection:
            done = sa.select(tables.runs.c.step).where(tables.runs.c.state == "done")
            steps = set(connection.execute(done).scalars())
    except sa.exc.OperationalError:  # its tables are just being made
        return set()
    return steps if steps >= STEPS else set()


def flow_runs(api):
    """The completed runs of the daily flow, each with its artifacts, once there are any."""
    query = {
        "flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}},
        "flows": {"name": {"any_": ["forumwatch-daily"]}},
    }
    runs = api.post("/flow_runs/filter", json=query).json()
    for run in runs:
        wanted = {"artifacts": {"flow_run_id": {"any_": [run["id"]]}}}
        run["artifacts"] = api.post("/artifacts/filter", json=wanted).json()
    return runs


def artifacts_seen(runs):
    return [artifact for run in runs for artifact in run["artifacts"]]
