"""What does a crawl report when it is over?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """`found` counts the round; `fetched` what this run brought that was new, `unchanged` what was there already.

    `state` is "done" or "failed", `reason` one sentence ("" when there is nothing to say). `late`: the
    source has kept no promise for more than two of its periods.
    """

    source: str
    found: int
    fetched: int
    unchanged: int
    failed: int
    late: bool
    state: str
    reason: str
    withheld: int = 0
