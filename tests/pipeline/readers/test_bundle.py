"""Is the one document in a zip or gzip file read, and is what hides more, or too much, refused unopened?"""

import gzip
import io
import zipfile

import pytest

from pipeline.errors import DamagedFile, TooLarge, UnknownType
from pipeline.readers import read
from tests.pipeline.made import pdf

PAPER = pdf("The Committee met in Geneva and adopted its agenda.")


def bundle(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "/../"), data)
    return out.getvalue()


@pytest.mark.parametrize("data", [gzip.compress(PAPER), bundle(__paper=PAPER)], ids=["gzip", "zip"])
def test_one_document_is_read_as_itself(data):
    reading = read(data)
    assert reading.media_type == "application/pdf"
    assert "adopted its agenda" in reading.pages[0].text


def test_more_than_one_or_one_in_another_is_said():
    with pytest.raises(UnknownType, match="zip archive of 2 files"):
        read(bundle(a=PAPER, b=PAPER))
    with pytest.raises(UnknownType, match="zip archive, not a document"):
        read(bundle(a=bundle(b=PAPER)))


def test_bombs_and_broken_ones_are_refused():
    with pytest.raises(TooLarge, match="unpacks to"):
        read(bundle(a=bytes(60_000_000)))
    with pytest.raises(TooLarge, match="unpacks to"):
        read(gzip.compress(bytes(60_000_000)))
    with pytest.raises(DamagedFile):
        read(gzip.compress(PAPER)[:-20])
    with pytest.raises(DamagedFile):
        read(b"PK\x03\x04 and nothing more")
