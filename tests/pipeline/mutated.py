"""Files that were good, and what is wrong with a reading that should never have been: for the fuzz run."""

import random

from pipeline.document import Document, Reading
from tests.pipeline import bombs, made

_TOKENS = (b"/Kids", b"/Length 9999999", b"endstream", b"<<", b">>", b"[", b"(", b"0 R", b"/Filter /FlateDecode")
_TOKENS += (b"<table>", b"</p>", b"<!--", b"]]>", b"&#xD800;", b"\xff\xfe", b"\x00", b"PK\x03\x04", b"%PDF-1.7")
_TOKENS += ("\u202e".encode(), "المادة 25".encode(), "第二十五条".encode(), b"A/RES/45/158", b"\xed\xa0\x80")


def seeds():
    """Small good files of each kind, made by code."""
    text = "45. The Committee on Migrant Workers met in Geneva on 3 March 2026 and adopted A/RES/45/158."
    rows = "<table><tr><th>State</th><th>Migrants</th></tr><tr><td>Mexico</td><td>12</td></tr></table>"
    frame = ("United Nations A/HRC/61/47", "General Assembly Distr.: General", "Agenda item 3", "On wages")
    yield made.pdf(*frame, text, "46. Les gens de mer abandonnés.")
    yield bombs.page_of(bombs.stream(bombs.WORDS))
    yield bombs.broken_maps()
    yield bombs.image(20, 20, bombs.zeros(1_000_000))
    yield bombs.forms_in_a_circle()[:-40]
    yield bombs.html(f"<h1>On wages</h1><p>{text}</p><ul><li>{text}</li></ul>{rows}<p>{text}</p>")
    yield bombs.html(
        f"<p>{'Комитет по трудящимся-мигрантам собрался. ' * 9}</p><p>{'委员会在日内瓦举行会议。' * 20}</p>"
    )
    yield bombs.docx(
        bombs.word_xml(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"),
        footnotes=bombs.word_xml(f"<w:footnote><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>"),
    )
    yield bombs.zip_of(a_pdf=made.pdf(text), b_html=bombs.html(f"<p>{text}</p>"))
    yield (text + "\n\n").encode() * 20
    yield rb"{\rtf1\ansi The Committee met.\par}"
    yield f'<?xml version="1.0"?><act><p>{text}</p></act>'.encode()


def mutated(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """The file with some of it flipped, cut, doubled, spliced with another or told something new."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(out) + 1)
        size = chance.choice((1, 4, 40, 400))
        match chance.randrange(7):
            case 0:
                for place in range(at, min(len(out), at + chance.choice((1, 2, 20)))):
                    out[place] ^= 1 << chance.randrange(8)
            case 1:
                del out[at : at + size]
            case 2:
                out[at:at] = out[at : at + size] * chance.choice((1, 2, 50))
            case 3:
                other = chance.choice(others)
                start = chance.randrange(len(other) + 1)
                out[at:at] = other[start : start + size * 5]
            case 4:
                out[at:at] = chance.choice(_TOKENS) * chance.choice((1, 1, 1, 300))
            case 5:
                digits = [place for place, byte in enumerate(out[at : at + 500], at) if 48 <= byte < 58]
                if digits:
                    place = chance.choice(digits)
                    out[place : place + 1] = chance.choice((b"0", b"-1", b"9", b"2147483648", b"99999999999"))
            case 6:
                del out[at if at > len(out) // 3 else len(out) // 2 :]
    return bytes(out[:3_000_000])


def faults(reading: Reading) -> list[str]:
    """What is wrong with a reading by its own rules; empty for a sound one."""
    found = []
    numbers = [page.page for page in reading.pages]
    last = len(numbers)
    if numbers != list(range(1, last + 1)):
        found.append(f"pages are numbered {numbers[:9]}")
    if [each.ordinal for each in reading.paragraphs] != list(range(1, len(reading.paragraphs) + 1)):
        found.append("ordinals do not run from 1")
    if any(not 0.0 <= page.quality <= 1.0 for page in reading.pages):
        found.append("a quality beyond 0 to 1")
    grids = {grid.number: grid for grid in reading.grids}
    if list(grids) != list(range(1, len(grids) + 1)):
        found.append("tables do not run from 1")
    for each in reading.paragraphs:
        if not 1 <= each.page <= each.last_page <= last:
            found.append(f"paragraph {each.ordinal} runs from page {each.page} to {each.last_page} of {last}")
        if not all(0 <= start < end <= len(each.text) for start, end, _ in each.marks):
            found.append(f"marks {each.marks[:3]} in a text of {len(each.text)}")
        if any(not 1 <= note <= len(reading.paragraphs) for _, _, note in each.marks):
            found.append(f"marks {each.marks[:3]} of notes that are not there")
        if each.grid is not None and each.grid not in grids:
            found.append(f"a row of table {each.grid}, which is not there")
    for grid in reading.grids:
        if len({len(row) for row in grid.rows}) > 1 or not 1 <= grid.page <= grid.last_page <= last:
            found.append(f"table {grid.number} is out of shape")
    texts = [*(page.text for page in reading.pages), *(each.text for each in reading.paragraphs), reading.title or ""]
    texts += [cell for grid in reading.grids for row in grid.rows for cell in row]
    texts += [line for lines in reading.facts.values() for line in lines]
    if any("\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text) for text in texts if text):
        found.append("text that cannot be kept")
    return found


def document_faults(document: Document) -> list[str]:
    """The same, with what was found in the text."""
    texts = {each.ordinal: each.text for each in document.reading.paragraphs}
    spans = [("mention", one) for one in document.mentions] + [("citation", one) for one in document.citations]
    beyond = [
        f"a {what} at {one.start} to {one.end} of paragraph {one.ordinal}"
        for what, one in spans
        if not 0 <= one.start < one.end <= len(texts.get(one.ordinal, ""))
    ]
    return faults(document.reading) + beyond
