"""Does no request leave without an entry that allows it?"""

import pytest
from crawlers_test_site import host_entry

from crawlers import SourceError
from crawlers.errors import PermissionRefused
from crawlers.permissions import Permissions
from crawlers.register import names, source_class


def test_a_source_whose_host_needs_an_approval_or_has_no_entry_cannot_be_imported(papers, site):
    papers.hosts(host_entry(approval="needed"))
    with pytest.raises(SourceError, match="only be asked with its approval, and none is on file"):
        papers.crawl()
    papers.hosts()
    with pytest.raises(SourceError, match=r"site.example has no entry in hosts.toml"):
        papers.crawl()
    assert not site.asked


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://www.wto.org/english/news_e/news_e.htm", "approval"),
        ("https://www.un.org/", "no entry"),
        ("https://www.ilo.org/user/login", "may be fetched"),
        ("https://www.ilo.org/resource/../admin/x", "/admin/x may be fetched"),
        ("https://www.ilo.org/resource/%2E%2e/admin/x", "/admin/x may be fetched"),
        ("https://www.ilo.org/resource/.%2e/./admin/x", "/admin/x may be fetched"),
        ("https://www.ilo.org/resource/a/..%2F..%2Fadmin", "/admin may be fetched"),
        ("https://www.ilo.org/resource/..%5cadmin", "/admin may be fetched"),
        ("https://www.ilo.org/resource/..\\admin", "/admin may be fetched"),
        ("https://www.ilo.org/resource/..", "/ may be fetched"),
        ("https://www.ilo.org/robots.txt/../admin", "/admin may be fetched"),
        ("ftp://www.ilo.org/all-gb-documents", "only http and https"),
        ("https://www.ilo.org.evil.example/all-gb-documents", "no entry"),
        ("https://www.ilo.org@evil.example/all-gb-documents", "no entry"),
        ("file:///etc/passwd", "only http and https"),
    ],
)
def test_the_ledger_refuses(url, reason):
    with pytest.raises(PermissionRefused, match=reason):
        Permissions.load().check(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.ilo.org/resource/a/../b",
        "https://www.ilo.org/resource/..a/b...c/.hidden",
        "https://www.ilo.org/../resource/a%2Fb%2epdf",
        "https://web.archive.org/web/20051005id_/http://www.gcim.org/attachements/gcim.pdf",
    ],
)
def test_dots_that_stay_inside_do_no_harm(url):
    assert Permissions.load().check(url)


def test_the_ledger_covers_every_source_that_comes_with_forumwatch():
    ledger = Permissions.load()
    for name in names():
        for url in source_class(name).start_urls:
            host = ledger.check(url)
            assert host.pace >= 1 and host.contact and host.terms
            assert ledger.check(f"https://{host.name}/robots.txt") is host
    assert ledger.host("https://web.archive.org/").pace >= 60 / 24


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('["a.example"]\nterms = "https://a.example/t"\n', "missing or unknown: approval, contact"),
        (host_entry().replace('"not-needed"', '"maybe"'), "approval is one of"),
        (host_entry().replace("pace = 0.0", 'pace = "quick"'), "pace is a number"),
        (host_entry().replace('"/list*"', '"list*"'), "begin with /"),
        ("[[", "not readable TOML"),
        ("a = 1", "not a table"),
    ],
)
def test_a_misdeclared_host_is_refused_in_one_sentence(tmp_path, text, reason):
    (tmp_path / "hosts.toml").write_text(text)
    with pytest.raises(SourceError, match=reason):
        Permissions.load(tmp_path)
