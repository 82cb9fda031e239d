"""Is robots.txt read before anything else is asked, and obeyed to the letter?"""

import itertools
import subprocess
import sys

import pytest
from crawlers_test_site import Answer, host_entry, listing

# Scrapy 2.14 to 2.19, by itself, fetches 3 of these 5: those that wait while robots.txt is being fetched.
FIVE = """
import sys, scrapy
from scrapy.crawler import CrawlerProcess

class Five(scrapy.Spider):
    name = "five"
    async def start(self):
        for n in range(5):
            yield scrapy.Request(f"{sys.argv[1]}/private/{n}", errback=lambda failure: None)

process = CrawlerProcess({
    "ROBOTSTXT_OBEY": True, "CONCURRENT_REQUESTS": 16, "CONCURRENT_REQUESTS_PER_DOMAIN": 8, "LOG_LEVEL": "ERROR",
    "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False,
    "DOWNLOADER_MIDDLEWARES": {
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None, "crawlers.robots.Robots": 100,
    },
})
process.crawl(Five)
process.start()
"""


def test_of_five_forbidden_addresses_asked_for_at_once_none_is_fetched(site):
    site.robots = Answer(b"User-agent: *\nDisallow: /private/\n", seconds=0.3)
    subprocess.run([sys.executable, "-c", FIVE, site.url], check=True, timeout=60)
    assert [asked.path for asked in site.asked] == ["/robots.txt"]


def test_disallow_star_forbids_everything(papers, site):
    site.robots = Answer(b"User-agent: Googlebot\nAllow: /\nUser-agent: *\nDisallow: *\n")
    listing(site, pages=1, files=1)
    report = papers.crawl()
    assert report.state == "failed" and "Forbidden by robots.txt" in report.reason and not site.count()


@pytest.mark.parametrize(
    ("robots", "reason"),
    [
        (Answer(b"oops", 500), "robots.txt answers 500, so nothing else is asked"),
        (Answer(status=302, headers={"Location": "https://elsewhere.example/r"}), "has no entry in hosts.toml"),
    ],
)
def test_where_robots_cannot_be_read_nothing_is_asked_and_what_waits_is_kept(papers, site, robots, reason):
    readable = site.robots
    listing(site, pages=1, files=2)
    site.robots = robots
    report = papers.crawl()
    assert report.state == "failed" and reason in report.reason and "1 addresses wait" in report.reason
    assert not site.count() and "elsewhere.example" not in {asked.host for asked in site.asked}
    site.robots = readable
    assert papers.crawl().state == "done"


def test_where_there_is_no_robots_txt_nothing_is_forbidden_whatever_the_error_page_says(papers, site):
    site.robots = Answer(b"User-agent: *\nDisallow: /\n", 404)
    listing(site, pages=1, files=1)
    assert papers.crawl().state == "done"


def test_crawl_delay_is_kept_even_where_our_own_pace_is_quicker(papers, site):
    site.robots = Answer(b"User-agent: *\nCrawl-delay: 0.5\n")
    papers.hosts(host_entry(pace=0.01))
    listing(site, pages=1, files=2)
    papers.crawl(pace=1.0)
    times = [asked.began for asked in site.asked if asked.path != "/robots.txt"]
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) >= 0.48


def test_rules_for_us_by_name_are_found(papers, site):
    site.robots = Answer(b"User-agent: Forumwatch-test\nDisallow: /files/0-1\n\nUser-agent: *\nDisallow:\n")
    listing(site, pages=1, files=2)
    assert papers.crawl().failed == 1
    assert sorted(site.count()) == ["/files/0-0.pdf", "/list?page=0"]
