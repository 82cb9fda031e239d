"""Is the README right about how a source is added? Its own text, put into a folder, crawls."""

import re
from pathlib import Path

import pytest
from crawlers_test_site import PDF, host_entry

from catalog.tables import captures
from crawlers import crawl, sources

README = Path(__file__).parents[2] / "README.md"
HOST = "documents.example.org"
PAGE = """<table class="papers"><tr><th>Symbol</th></tr>
<tr><td>A/HRC/99/{n}</td><td>Paper {n}</td><td>5 June 2026</td>
<td><a href="/files/{n}-e.pdf">English</a> <a href="/files/{n}-f.pdf">Français</a></td></tr></table>{more}"""


def blocks() -> tuple[str, str, str]:
    """The file's name, its text and the entry of hosts.toml, from the section on adding a source."""
    if not README.is_file():
        pytest.skip("README.md: NOT TESTED, there is none")
    section = re.search(
        r"^##+ [^\n]*add a source.*?(?=^## |\Z)", README.read_text(encoding="utf-8"), re.S | re.M | re.I
    )
    assert section, "README.md has no section on how to add a source"
    code = re.search(r"```python\n(.*?)```", section[0], re.S)
    entry = re.search(r"```toml\n(.*?)```", section[0], re.S)
    assert code and entry, "the section must show the source (python) and the entry of hosts.toml (toml)"
    name = re.search(r'^\s+name = "(\w+)"', code[1], re.M)
    assert name and len(code[1].splitlines()) <= 40
    return name[1], code[1], entry[1]


def test_the_source_of_the_readme_crawls(papers, site):
    name, code, entry = blocks()
    (papers.folder / f"{name}.py").write_text(code, encoding="utf-8")
    papers.hosts(host_entry(), entry)
    assert sources(papers.folder)[name].cadence == "weekly"
    site.put("/papers", PAGE.format(n=1, more='<a class="next" href="/papers?page=2">Next</a>').encode(), HOST)
    site.put("/papers?page=2", PAGE.format(n=2, more="").encode(), HOST)
    for n in (1, 2):
        for language in "ef":
            site.put(f"/files/{n}-{language}.pdf", PDF + f"{n}{language}".encode(), HOST)
    report = crawl(name, papers.catalog, papers.home / "archive", papers.manners(), "1")
    assert (report.state, report.found, report.fetched) == ("done", 4, 4), report.reason
    words = papers.rows(captures)[0].words
    assert words == {"symbol": "A/HRC/99/1", "title": "Paper 1", "date": "5 June 2026", "language": "English"}
