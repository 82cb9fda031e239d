"""Does each file that means harm end within its limits, with a clear reason, or is it read well? In real children."""

import pytest

from pipeline.children.workers import Failure, Pool
from pipeline.description.describe import describe
from pipeline.findings.citations import find_citations
from pipeline.findings.mentions import find_mentions
from pipeline.limits import Limits
from pipeline.process import Item
from tests.pipeline import bombs, made

MILLION = 1_000_000
LIMITS = Limits(seconds=60, cpu_seconds=12, memory_mb=400, patience=60, characters=3 * MILLION, paragraphs=20_000)
RIGHTS = "Migrant workers and members of their families have rights."

# name: (file, kind of failure, part of the reason)
REFUSED = {
    "a page that is named 200,000 times": (lambda: bombs.many_pages(200_000), "TooLarge", "200000 pages, the limit"),
    "a page tree 20,000 deep": (lambda: bombs.deep_page_tree(20_000), "DamagedFile", "cannot be opened"),
    "a page tree in a circle": (bombs.page_tree_in_a_circle, "DamagedFile", "cannot be opened"),
    "content of 600 MB of zeros": (lambda: bombs.content_bomb(600 * MILLION), "OutOfMemory", "memory"),
    "content deflated twice": (lambda: bombs.double_bomb(900 * MILLION), "OutOfMemory", "memory"),
    "a drawing that draws itself twice": (bombs.forms_in_a_circle, "OutOfMemory", "memory"),
    "drawings that double 40 times": (lambda: bombs.forms_that_double(40), "OutOfMemory", "memory"),
    "encrypted": (bombs.encrypted, "EncryptedFile", "a password is needed"),
    "cut off": (lambda: bombs.page_of(bombs.stream(bombs.WORDS))[:300], "DamagedFile", "damaged or cut off"),
    "zero bytes": (lambda: b"", "EmptyFile", "zero bytes"),
    "zeros": (lambda: bytes(100_000), "EmptyFile", "without content"),
    "content without words": (lambda: bombs.deep_brackets_in_content(100_000), "NoText", "no text on 1 page"),
    "document.xml of 400 MB": (lambda: bombs.word_bomb(400 * MILLION), "TooLarge", "unpacks to 400.0 MB"),
    "entities in Word": (bombs.word_laughs, "DamagedFile", "declares entities"),
    "a file of the machine in Word": (bombs.word_outside, "DamagedFile", "declares entities"),
    "a table in a table 20,000 times": (lambda: bombs.docx(bombs.word_xml(_deep_tables())), "TooLarge", "unpacks to"),
    "a zip bomb": (lambda: bombs.zip_bomb(300 * MILLION), "TooLarge", "zip archive, unpacks to"),
    "HTML of 50 MB": (lambda: bombs.long_html(50 * MILLION), "TooLarge", "HTML of 4"),
    "tags 100,000 deep": (lambda: bombs.nested_html(100_000), "TooLarge", "100000 deep"),
    "tables 5,000 deep": (lambda: bombs.nested_html(5_000, "table><tr><td"), "TooLarge", "5000 deep"),
    "HTML of 100,000 scripts": (lambda: b"<html>" + b"<script>" * 100_000, "TooLarge", "100000 deep"),
    "a comment without an end": (lambda: b"<html><!--" + b"-" * MILLION, "NoText", "no main text"),
    "four million characters": (lambda: bombs.html("<p>" + "A/RES/45/" * 450_000), "TooLarge", "characters of text"),
    "25,000 paragraphs": (lambda: bombs.html(f"<p>{RIGHTS}</p>" * 25_000), "TooLarge", "25000 paragraphs"),
}


def _deep_tables():
    return "<w:tbl><w:tr><w:tc>" * 20_000 + "</w:tc></w:tr></w:tbl>" * 20_000


# name: (file, a word of its text)
READ = {
    "claims two billion pages": (lambda: bombs.claimed_pages(2_000 * MILLION), RIGHTS),
    "arrays 200,000 deep": (lambda: bombs.deep_arrays(200_000), RIGHTS),
    "100,000 objects": (lambda: bombs.many_objects(100_000), RIGHTS),
    "a table of objects that names itself": (bombs.circular_xref, RIGHTS),
    "an object stream of 600 MB": (lambda: bombs.object_stream_bomb(600 * MILLION), RIGHTS),
    "a page of 14 kilometres": (lambda: bombs.large_page(40 * MILLION), RIGHTS),
    "a line drawn 50,000 times": (lambda: bombs.text_bomb(50_000), "Migrant workers"),
    "broken maps": (bombs.broken_maps, "\ufffd"),
    "scripts and programs to launch": (bombs.scripted, RIGHTS),
    "a good Word file": (lambda: bombs.word_text(RIGHTS * 3), RIGHTS),
    "brackets": (lambda: bombs.html("<p>" + "</p><p>".join(["(" * 20_000] * 50)), "((("),
    "article upon article": (lambda: bombs.html("<p>" + "article 7, 8 and " * 50_000), "article 7"),
    "names without end": (lambda: bombs.html("<p>" + "Mr. de la " * 50_000), "Mr. de la"),
    "marks of direction": (lambda: bombs.html("<p>" + "\u202eabc\u2066\u200f\x00 déf " * 500 + "\ud800"), "abc déf"),
}
PICTURES = {
    "a picture that claims 100,000 by 100,000": lambda: bombs.image(100_000, 100_000, b"x"),
    "a picture of 20,000 by 20,000": lambda: bombs.image(20_000, 20_000, bombs.zeros(400 * MILLION)),
    "a million lines": lambda: bombs.path_bomb(MILLION),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """All of them, one after the other, in one pool: name -> Document or Failure."""
    folder = tmp_path_factory.mktemp("bombs")
    files = {name: file for name, (file, *_) in (REFUSED | READ).items()} | PICTURES
    items = []
    for number, (name, file) in enumerate(files.items()):
        path = folder / str(number)
        path.write_bytes(file())
        items.append(Item(name, str(path), "UN", {}, LIMITS))
    with Pool("pipeline.process:understand", 1, LIMITS) as pool:
        return {item.sha256: result for item, result in pool.map(items)}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_why(found, name):
    _, kind, reason = REFUSED[name]
    failure = found[name]
    assert isinstance(failure, Failure), failure.reading.paragraphs[:2]
    # A library that gets no more memory ends its process, often before anybody has seen how much it had.
    assert failure.kind in ((kind, "Crash") if kind == "OutOfMemory" else (kind,)), failure
    assert reason in failure.reason
    assert not failure.may_pass


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_is_read(found, name):
    document = found[name]
    assert not isinstance(document, Failure), document
    assert READ[name][1] in "\n".join(each.text for each in document.reading.paragraphs)


@pytest.mark.parametrize("name", PICTURES)
def test_what_is_a_picture_waits_for_ocr_and_is_not_opened_before(found, name):
    assert not isinstance(found[name], Failure), found[name]
    assert [page for page, _ in found[name].reading.pictures] == [1]


SPITEFUL = {
    "digits": "7" * 200_000,
    "brackets": "(" * 200_000,
    "blanks": "a" + " " * 200_000 + "b",
    "symbols": "A/RES/45/" * 20_000,
    "slashes": "A/" * 100_000,
    "dots": "1." * 100_000,
    "articles": "article 7, 8 and " * 12_000,
    "paragraphs": "paragraph 7 (a) (b), " * 10_000,
    "resolutions": "resolution 34/21, 35/22 and " * 8_000,
    "numbers": "Conventions Nos. 1, 2, 3, 4, 5, " * 6_000,
    "names": "Mr. de la van der " * 11_000,
    "capitals": "Aa" * 100_000,
    "hyphens": "a-" * 100_000,
    "quotation": "“‘" * 100_000,
    "dates": "3 March 3 March " * 12_000,
    "Chinese": "第一百二十三条" * 20_000,
    "Arabic": "المادة " * 30_000,
    "lines": "\n" * 100_000,
    "combining": "a" + "\u0301" * 200_000,
}


def spite(name):
    """Runs in a child: all that comes after the reader, on one paragraph and as the first page."""
    reading = made.reading(SPITEFUL[name], (SPITEFUL[name],))
    about = describe(reading, {"title": SPITEFUL[name][:5000], "symbol": SPITEFUL[name][:5000]}, "UN")
    mentions, _ = find_mentions(reading.paragraphs)
    return len(mentions), len(find_citations(reading.paragraphs, mentions, about, "UN"))


def test_no_text_takes_what_is_ours_more_than_its_time():
    limits = Limits(seconds=60, cpu_seconds=6, memory_mb=800, patience=60)
    with Pool("tests.pipeline.test_bombs:spite", 1, limits) as pool:
        failed = {name: result for name, result in pool.map(SPITEFUL) if isinstance(result, Failure)}
    assert not failed
