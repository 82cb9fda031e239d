"""Are the commands kept as promised? JSON where asked, exit 0, 1 or 2, and one sentence when something is wrong."""

import json
import os
import zipfile
from pathlib import Path

import pytest

from flows.settings import Settings
from tests.conftest import ROOT, free_port


@pytest.fixture(scope="session")
def papers(tmp_path_factory) -> Path:
    """A folder with four of the replica's documents and three files that cannot be read."""
    from crawlers.replica.press import Press
    from crawlers.replica.settings import ReplicaSettings
    from crawlers.replica.works import Library

    folder = tmp_path_factory.mktemp("papers")
    library = Library.of(ReplicaSettings.checked(seed=1, week=1, docs=None, size="small", cache=folder / "cache"))
    press = Press(1)
    editions = [e for e in library.all_editions() if not e.work.fault and e.work.publisher == "UN"][:4]
    for edition in editions:
        (folder / f"{edition.name.replace('/', '_')}.pdf").write_bytes(press.make(edition))
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "noise.pdf").write_bytes(bytes(range(256)) * 40)
    (folder / "cut.pdf").write_bytes(press.make(editions[0])[:900])
    return folder


def lines(ran):
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_file_on_its_way(forumwatch, papers):
    added = forumwatch("add", papers, "--publisher", "UN", "--json")
    assert added.returncode == 0, added.stderr
    found = {Path(line["file"]).name: line for line in lines(added)}
    assert all(set(line) == {"file", "sha256", "status", "reason", "work", "symbol"} for line in found.values())
    good = [line for name, line in found.items() if name not in ("empty.pdf", "noise.pdf", "cut.pdf")]
    assert len(good) == 4
    assert all(line["status"] == "indexed" and line["symbol"] for line in good), good
    for name in ("empty.pdf", "noise.pdf", "cut.pdf"):
        assert found[name]["status"] == "quarantined"
        assert found[name]["reason"]

    again = lines(forumwatch("add", papers, "--json"))
    assert {line["status"] for line in again} == {"known", "quarantined"}

    symbol, sha256 = good[0]["symbol"], good[0]["sha256"]
    for name in (symbol, sha256, good[0]["work"]):
        shown = forumwatch("show", name, "--json")
        assert shown.returncode == 0, shown.stderr
        known = json.loads(shown.stdout)
        assert known["work"] == good[0]["work"]
        assert {"symbols", "publisher", "body", "session", "agenda_item", "title", "date", "kind", "languages",
                "documents", "mentions", "citations", "captures"} <= set(known)  # fmt: skip

    text = json.loads(forumwatch("text", sha256, "--json").stdout)
    assert text["sha256"] == sha256
    page = text["pages"][0]
    assert {"page", "method", "quality", "language", "text", "paragraphs"} <= set(page)
    assert any(p["number"] for each in text["pages"] for p in each["paragraphs"])

    results = json.loads(forumwatch("search", f"symbol:{symbol}", "--json").stdout)
    assert {"total", "complaints", "facets", "hits"} <= set(results)
    assert [hit["work"] for hit in results["hits"]] == [good[0]["work"]]

    found = json.loads(forumwatch("search", f"symbol:{symbol}", "--paragraphs", "--widen", "--json").stdout)
    assert found["unit"] == "paragraphs" and found["total"] >= len(found["hits"]) > 0
    assert all(len(hit["passages"]) == 1 for hit in found["hits"])
    assert "unit=paragraphs" in found["url"] and "widen=1" in found["url"]
    like = json.loads(forumwatch("search", "--like", symbol, "--json").stdout)
    assert like["work"] == good[0]["work"]
    assert like["work"] not in [hit["work"] for hit in like["hits"]]
    assert f"works like {like['work']}" in forumwatch("search", "--like", sha256).stdout
    mistyped = forumwatch("search", "migrnats")
    assert mistyped.returncode == 0 and "did you mean: migrants" in mistyped.stdout
    widened = forumwatch("search", "migrants OR remittances", "--widen")
    assert "widened remittances to Remittances: " in widened.stdout

    unread = lines(forumwatch("quarantine", "--json"))
    assert {Path(row["title"]).stem for row in unread} == {"empty", "noise", "cut"}
    assert all(row["reason"] for row in unread)
    put_back = forumwatch("quarantine", "--retry", unread[0]["sha256"])
    assert put_back.returncode == 0, put_back.stderr
    assert "quarantined" in put_back.stdout, "it was read again, and still cannot be"
    tried = lines(forumwatch("quarantine", "--history", unread[0]["sha256"], "--json"))
    assert [row["kind"] == "by hand" for row in tried] == [False, True, False]
    assert tried[0]["reason"] == tried[2]["reason"] == unread[0]["reason"]
    assert forumwatch("quarantine", "--with", "html").returncode == 2
    refused = forumwatch("quarantine", "--retry", unread[0]["sha256"], "--with", "nobody")
    assert refused.returncode == 1 and "nobody cannot read" in refused.stderr


@pytest.mark.parametrize(
    "arguments", [["show", "A/NOT/1"], ["text", "0" * 64], ["crawl"], ["search", "--like", "A/NOT/1"]]
)
def test_failures_say_why_and_end_with_1(forumwatch, arguments):
    ran = forumwatch(*arguments)
    assert ran.returncode == 1
    assert ran.stderr.startswith("forumwatch: ")
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"], ["search"], ["search", "x", "--sort", "size"], ["crawl", "no-such"], ["add", "/no/such"],
        ["add", "README.md", "--publisher", "X"], ["digest", "--period", "2026-W60"],
        ["search", "x", "--like", "A/1"], ["search", "--like", "A/1", "--widen"],
        ["search", "x", "--after", "junk"], ["text", "A/1", "--language", "xx"], ["subscribe", "nobody", "migrants"],
    ],
)  # fmt: skip
def test_misuse_ends_with_2(forumwatch, arguments):
    assert forumwatch(*arguments).returncode == 2


def test_every_command_has_help(forumwatch):
    listed = forumwatch("--help").stdout
    for command in ("crawl", "add", "read", "index", "search", "show", "text", "serve", "subscribe", "digest",
                    "schedule", "sources", "quarantine", "doctor"):  # fmt: skip
        assert command in listed
        helped = forumwatch(command, "--help")
        assert helped.returncode == 0
        assert len(helped.stdout) > 100


def test_whole_addresses_lead_to_where_the_site_is_served_unless_it_is_said_otherwise(tmp_path, monkeypatch):
    import uvicorn
    from starlette.testclient import TestClient
    from typer.testing import CliRunner

    from flows.cli import app

    served = []
    monkeypatch.setattr(uvicorn, "run", lambda site, **_: served.append(TestClient(site)))
    monkeypatch.setenv("FORUMWATCH_HOME", str(tmp_path))
    port = str(free_port())
    assert CliRunner().invoke(app, ["serve", "--port", port]).exit_code == 0
    monkeypatch.setenv("FORUMWATCH_BASE_URL", "https://watch.example.org")
    assert CliRunner().invoke(app, ["serve", "--port", port]).exit_code == 0
    urls = [site.get("/api/v1/works").json()["url"] for site in served]
    assert urls == [f"http://127.0.0.1:{port}/api/v1/works", "https://watch.example.org/api/v1/works"]


def test_the_doctor_prints_every_setting_and_no_secret(forumwatch):
    ran = forumwatch("doctor", "--json", env={"FORUMWATCH_SMTP_PASSWORD": "hunter2", "FORUMWATCH_SECRET": "s3cret" * 6})
    assert set(json.loads(ran.stdout)["settings"]) == set(Settings.model_fields)
    assert "hunter2" not in ran.stdout
    assert "s3cret" not in ran.stdout
    assert "FORUMWATCH_HOME" in forumwatch("doctor").stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [("TIMEZONE", "Mars/Base"), ("SMTP_PORT", "99999"), ("BASE_URL", "ftp://x"), ("CLOCK", "2026-01-01T00:00:00"),
     ("WORKERS", "many"), ("CATALOG", "mysql://x/y"), ("CATALOG", "postgresql://u:p@127.0.0.1:1/x"),
     ("HOME", "/proc/nowhere"), ("CRAWL_CRON", "soon"), ("CONTACT", "http://localhost"), ("MAIL_FROM", "nobody"),
     ("SMTP_SECURITY", "plain"), ("SEARCH", "ftp://x"), ("SEARCH", "https://user:word@x.example"),
     ("SEARCH_PREFIX", "*"), ("SEARCH_SHARDS", "0"), ("SEARCH", "http://127.0.0.1:1")],
)  # fmt: skip
def test_a_wrong_setting_is_named(forumwatch, name, value):
    ran = forumwatch("search", "x", env={f"FORUMWATCH_{name}": value})
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr


def test_the_command_line_does_not_import_prefect():
    import subprocess
    import sys

    program = "import sys, flows.cli; assert not [m for m in sys.modules if m.split('.')[0] == 'prefect']"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=60)


def test_a_password_never_goes_out_in_clear(forumwatch):
    ran = forumwatch("doctor", env={"FORUMWATCH_SMTP_HOST": "mail.example.org", "FORUMWATCH_SMTP_SECURITY": "none"})
    assert ran.returncode == 1
    assert "SMTP_SECURITY" in ran.stderr
    shown = forumwatch("doctor", "--json", env={"FORUMWATCH_CATALOG": "postgresql://u:sekret@127.0.0.1:1/x"})
    assert "sekret" not in shown.stdout + shown.stderr


def test_a_key_for_the_cluster_never_goes_out_in_clear_nor_is_shown(forumwatch):
    key = {"FORUMWATCH_SEARCH_API_KEY": "sekret"}
    ran = forumwatch("doctor", env=key | {"FORUMWATCH_SEARCH": "http://search.example.org:9200"})
    assert ran.returncode == 1
    assert "must be https" in ran.stderr
    shown = forumwatch("doctor", "--json", env=key | {"FORUMWATCH_SEARCH": "https://127.0.0.1:1"})
    assert "sekret" not in shown.stdout + shown.stderr
    assert "https://127.0.0.1:1" in shown.stdout


def test_files_with_impossible_names_or_bytes_cost_themselves_alone(forumwatch, papers, tmp_path):
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "good.pdf").write_bytes(next(papers.glob("*CMW*.pdf")).read_bytes())
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.pdf")).write_bytes(b"%PDF-1.4 nothing")
    (folder / "line\nbreak.pdf").write_bytes(b"noise")
    os.mkfifo(folder / "pipe.pdf")
    os.mkfifo(tmp_path / "lone.pdf")
    ran = forumwatch("add", folder, tmp_path / "lone.pdf", "--json", timeout=120)
    assert ran.returncode == 0, ran.stderr
    found = lines(ran)
    assert sorted(line["status"] for line in found) == ["indexed", "quarantined", "quarantined", "quarantined"]
    assert all(line["reason"] for line in found if line["status"] == "quarantined")


def test_a_replica_and_the_live_sites_never_share_a_home(forumwatch, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "holds-replica-documents").touch()
    ran = forumwatch("crawl", "gcim", env={"FORUMWATCH_CONTACT": "watch@members.example"})
    assert ran.returncode == 1
    assert "replica" in ran.stderr


@pytest.mark.parametrize(
    "command", [("search",), ("search", "--like"), ("show",), ("text",), ("subscribe", "a@b.example")]
)
def test_bytes_that_are_no_text_are_no_breakdown(forumwatch, command):
    ran = forumwatch(*command, os.fsdecode(b"fees \xff"), "--json")
    assert ran.returncode in (0, 1) and "Traceback" not in ran.stderr
    assert "\\udc" not in ran.stdout and isinstance(json.loads(ran.stdout), dict)


def test_a_bundle_and_a_table_as_csv(forumwatch, tmp_path):
    text = "The Committee took note of the dates on which these States had ratified the Convention. " * 3
    table = "<table><tr><th>State</th><th>Date</th></tr><tr><td>Ghana</td><td>=2001</td></tr></table>"
    with zipfile.ZipFile(tmp_path / "pages.zip", "w") as bundle:
        bundle.writestr("page.html", f"<html><h1>Ratifications</h1><p>{text}</p>{table}<p>{text} End.</p></html>")
        bundle.writestr("noise.bin", bytes(range(256)))
    opened, noise, added = lines(forumwatch("add", tmp_path / "pages.zip", "--json"))
    assert [one["status"] for one in (opened, noise, added)] == ["opened", "quarantined", "indexed"]
    assert added["file"] == f"{opened['file']}#page.html"
    shown = forumwatch("text", added["sha256"], "--table", "1")
    assert shown.stdout.splitlines() == ["State,Date", "Ghana,'=2001"]
    missing = forumwatch("text", added["sha256"], "--table", "2")
    assert (missing.returncode, "has no table 2: it has 1" in missing.stderr) == (1, True)
