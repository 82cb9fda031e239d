"""Which lines around the text are heads, and which are headings that happen to begin a page?"""

from pipeline.readers.sheet import Line, Sheet
from pipeline.structure.margins import set_apart


def _sheet(number: int, top: str) -> Sheet:
    lines = [Line(top, 72, 40, 200, 52, 12), Line(f"Text of page {number} that goes on", 72, 300, 400, 312, 12)]
    return Sheet(number, 612, 792, lines)


def test_a_heading_that_begins_a_page_is_no_running_head():
    tops = ["Charter", "Article 4", "Article 9", "Article 14", "Article 23", "Article 30"]
    texts, _ = set_apart([_sheet(number, top) for number, top in enumerate(tops, 1)])
    assert [lines[0].text for lines in texts[1:]] == tops[1:]


def test_a_head_that_counts_pages_or_stays_the_same_is_set_apart():
    for tops in ([f"Leaf {number}" for number in range(1, 7)], ["Charter of 1945"] * 6):
        texts, margins = set_apart([_sheet(number, top) for number, top in enumerate(tops, 1)])
        assert all(len(lines) == 1 for lines in texts[1:])
        assert margins.heads == tops[1:]
