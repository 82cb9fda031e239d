"""Does each source read its publisher's pages as it should? The pages beside this file say so, source by source.

A folder a source: pages (written for the test, at most 50 kB) and golden.json, a list of {page, url, callback,
arguments} and what reading it `yields`, or the `complaint` it ends in. Where `yields` is missing, the first
run writes it, fails, and asks a person to read it.
"""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, TextResponse, XmlResponse

from crawlers.errors import SourceChanged
from crawlers.found import Found, Withheld
from crawlers.register import names, source_class

HERE = Path(__file__).parent
KINDS = {".html": HtmlResponse, ".xml": XmlResponse, ".json": TextResponse}


def written(output) -> dict:
    """What a spider yields, as golden.json writes it: without what is empty."""
    if isinstance(output, Found):
        return {"found": {name: value for name, value in asdict(output).items() if value}}
    if isinstance(output, Withheld):
        return {"withheld": asdict(output)}
    request = {"url": output.url, "callback": output.callback.__name__, "arguments": output.cb_kwargs}
    if output.method != "GET":
        request |= {"method": output.method, "body": output.body.decode()}
    return {"request": {name: value for name, value in request.items() if value}}


def read(source, entry: dict, folder: Path) -> dict:
    page = folder / entry["page"]
    request = Request(entry["url"])
    response = KINDS[page.suffix](entry["url"], body=page.read_bytes(), encoding="utf-8", request=request)
    yields, complaint = [], ""
    try:
        for output in getattr(source, entry.get("callback", "parse"))(response, **entry.get("arguments", {})):
            yields.append(written(output))
    except SourceChanged as change:
        complaint = str(change)
    return {"yields": yields} | ({"complaint": complaint} if complaint else {})


@pytest.mark.parametrize("name", names())
def test_source(name):
    folder = HERE / name
    golden = folder / "golden.json"
    entries = json.loads(golden.read_text(encoding="utf-8"))
    source = source_class(name)()
    unread = [entry for entry in entries if "yields" not in entry]
    for entry in entries:
        answer = read(source, entry, folder)
        if entry in unread:
            entry |= answer
        assert answer == {key: entry[key] for key in ("yields", "complaint") if key in entry}, entry["page"]
    if unread:
        golden.write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        pytest.fail(f"{golden} was written just now: read it, then commit it")
    assert any("found" in each for entry in entries for each in entry["yields"]), "no page leads to a file"


def test_pages_are_small_and_each_belongs_to_a_source():
    folders = {path.name for path in HERE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(names())
    for path in HERE.glob("*/*"):
        assert path.stat().st_size <= 50_000, f"{path} is too large for a sample"


@pytest.mark.parametrize("name", names())
def test_a_source_is_one_short_file(name):
    lines = (HERE.parents[1] / "crawlers" / "sources" / f"{name}.py").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line.strip()]) <= 60


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("body", [b"", b"<html></html>", b"{}", b"[1, 2]", b"null", b"\x00\xff", b"<a><b>"])
def test_a_page_of_another_shape_is_a_complaint_and_never_a_quiet_nothing(name, body):
    source = source_class(name)()
    url = source.start_urls[0]
    with pytest.raises(SourceChanged):
        assert not list(source.parse(TextResponse(url, body=body, encoding="utf-8", request=Request(url))))
