"""Where lines stand does not depend on what is in the middle of them; what is asked for all at once is the same."""

import string

import pypdfium2
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.languages import is_all_in
from pipeline.limits import Limits
from pipeline.readers import direct
from pipeline.readers.pdf import sheets_of
from pipeline.structure.tidy import characters, is_plain
from tests.pipeline.readers.typeset import Text, pdf

# In Helvetica of ten points: how far the words before the mark reach.
BEFORE, REACH = "Workers who move have rights", 129.5


def marked(y, mark_size=6.0, raise_by=4.0):
    """A line whose middle is a raised figure."""
    after = Text(72 + REACH + 8, y, "of their own, as was said here.")
    return [Text(72, y, BEFORE), Text(72 + REACH + 0.5, y - raise_by, "7", mark_size), after]


def test_a_raised_figure_in_the_middle_of_a_line_does_not_make_it_smaller():
    lines = [
        [Text(72, 400, "The line before it is set in the same type.")],
        marked(412),
        [Text(72, 424, "So is this.")],
    ]
    (sheet,) = sheets_of(pdf([text for line in lines for text in line]), Limits())
    assert [line.text for line in sheet.lines][1] == f"{BEFORE}[7] of their own, as was said here."
    assert len({round(line.size, 1) for line in sheet.lines}) == 1
    assert len({line.block for line in sheet.lines}) == 1


def test_all_lines_at_once_have_the_rectangles_that_each_has_by_itself():
    page = [Text(72 + 3 * at, 100 + 12 * at, f"Line {at} of the page") for at in range(40)] + marked(700)
    document = pypdfium2.PdfDocument(pdf(page))
    textpage = document[0].get_textpage()
    text = textpage.get_text_range()
    starts = [0, *[at + 2 for at in range(len(text)) if text.startswith("\r\n", at)]]
    lengths = [len(text[start:].split("\r\n")[0]) for start in starts]
    at = direct.handle(textpage.raw)
    alone = [direct.rectangles(at, start, length) for start, length in zip(starts, lengths, strict=True)]
    assert direct.rectangles_of(at, starts, lengths) == alone
    assert sum(map(len, alone)) > 4 * 40


@settings(deadline=None)
@given(st.text(alphabet=string.printable + "éñ“”’–\u00a0\u00ad\u200bﬁ\u0301ع\u0640中", max_size=60))
def test_what_is_plain_changes_in_its_blanks_alone(text):
    if is_plain(text):
        assert characters(text) == " ".join(text.split())


def test_a_page_with_a_paragraph_in_another_language_is_not_all_in_one():
    english = "The Committee was told that the workers who were sent from there were not paid for what they did. " * 10
    assert is_all_in(english, "en")
    assert is_all_in(f"{english} El Salvador", "en")
    assert not is_all_in(f"{english} Las trabajadoras que llegaron con sus hijos no han cobrado.", "en")
    assert not is_all_in(f"{english} Os trabalhadores não têm os documentos da embaixada e pelo seu trabalho.", "en")
    assert not is_all_in(english, "fr")
