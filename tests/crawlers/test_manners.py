"""Can a publisher reach whoever crawls it?"""

import pytest

from crawlers import CrawlError, Manners

NOBODY = [
    "http://127.0.0.1:8700",
    "+http://localhost:8700; replica",
    "http://LOCALHOST",
    "http://forumwatch.localhost/",
    "http://forumwatch",
    "http://10.1.2.3/",
    "http://192.168.1.4:80/about",
    "http://[::1]:8700",
    "http://[fe80::1]/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://ops@127.0.0.1/",
    "https://forumwatch.internal",
    "root@mail.localhost",
]
SOMEBODY = [
    "ops@forumwatch.example",
    "+http://127.0.0.1:8700; ops@forumwatch.example",
    "https://forumwatch.example/about",
    "+HTTPS://forumwatch.example.",
    "http://8.8.8.8/",
]


@pytest.mark.parametrize("contact", NOBODY)
def test_a_live_crawl_names_a_contact_that_can_be_reached_and_a_replica_need_not(contact):
    with pytest.raises(CrawlError, match="reached from outside"):
        Manners(f"Forumwatch/1 ({contact})")
    assert Manners(f"Forumwatch/1 ({contact})", replica="http://127.0.0.1:80").product == "Forumwatch"


@pytest.mark.parametrize("contact", SOMEBODY)
def test_a_mail_address_or_a_public_page_is_a_contact(contact):
    assert Manners(f"Forumwatch/1 ({contact})").product == "Forumwatch"


@pytest.mark.parametrize("contact", ["", "root@localhost", "http://", "http://[", "see our site"])
def test_no_contact_at_all_is_refused_for_a_replica_too(contact):
    with pytest.raises(CrawlError, match="must name a contact, a mail"):
        Manners(f"Forumwatch/1 ({contact})", replica="http://127.0.0.1:80")
