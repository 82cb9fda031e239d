"""Are old Word, RTF, OpenDocument and WordPerfect files read by LibreOffice, bounded, and without going anywhere?"""

import io
import os
import socket
import struct
import subprocess
import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import Limits, sniff
from pipeline.errors import DamagedFile, EncryptedFile, NeedsOffice, TookTooLong
from pipeline.readers import office, read
from tests.pipeline.readers.test_word import NUMBERING, docx, paragraph


@pytest.fixture(scope="module")
def libreoffice():
    program = office.installed()
    if program is None:
        if os.environ.get("FORUMWATCH_CI"):
            pytest.fail("LibreOffice is missing: .ci/run must install it")
        pytest.skip("LibreOffice: NOT TESTED (apt-get install libreoffice-writer-nogui)")
    return program


@pytest.fixture(scope="module")
def made(libreoffice, tmp_path_factory):
    """The same text as .doc, .rtf and .odt, made by LibreOffice from a .docx of ours."""
    folder = tmp_path_factory.mktemp("office")
    body = paragraph("The Committee met in Geneva.", number=7) + paragraph(
        "It elected its officers;", number=7, level=1
    )
    body += paragraph("It then adjourned.", number=7)
    body += (
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Ghana</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>2001</w:t></w:r></w:p>"
    )
    body += "</w:tc></w:tr></w:tbl><w:p/>"
    (folder / "made.docx").write_bytes(_complete(docx(body, numbering=NUMBERING)))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    for target in ("doc:MS Word 97", "rtf", "odt"):
        command = [libreoffice, profile, "--headless", "--convert-to", target, "--outdir", folder, folder / "made.docx"]
        while subprocess.run(command, capture_output=True, check=False, timeout=120).returncode == 81:
            continue
    return folder


@pytest.mark.parametrize(
    ("name", "media_type"), [("made.doc", sniff.DOC), ("made.rtf", sniff.RTF), ("made.odt", sniff.ODT)]
)
def test_paragraphs_keep_their_numbers_and_tables_their_cells(made, name, media_type):
    reading = read(made / name)
    assert (reading.media_type, reading.reader, reading.pages[0].method) == (media_type, "libreoffice", "libreoffice")
    found = [(p.number, p.text) for p in reading.paragraphs if p.kind == "text"]
    assert found[0] == ("1", "The Committee met in Geneva.")
    assert found[-1] == ("2", "It then adjourned.")
    assert ("row", "Ghana | 2001") in [(p.kind, p.text) for p in reading.paragraphs]


def _complete(data):
    """With the parts that LibreOffice asks for and our own reader does not."""
    out = io.BytesIO(data)
    name = "http://schemas.openxmlformats.org/package/2006/"
    of_word = "application/vnd.openxmlformats-officedocument.wordprocessingml."
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{name}content-types"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{of_word}document.main+xml"/>'
            f'<Override PartName="/word/numbering.xml" ContentType="{of_word}numbering+xml"/></Types>',
        )
        for path, target, kind in (
            ("_rels/.rels", "word/document.xml", "officeDocument"),
            ("word/_rels/document.xml.rels", "numbering.xml", "numbering"),
        ):
            archive.writestr(
                path,
                f'<Relationships xmlns="{name}relationships"><Relationship Id="rId1" Type="{relation}{kind}" '
                f'Target="{target}"/></Relationships>',
            )
    return out.getvalue()


def wordperfect(text, key=0):
    """A WordPerfect 5.1 file: its head, then the text, in which a line feed ends a paragraph."""
    return b"\xffWPC" + struct.pack("<IBBBBHH", 16, 1, 10, 0, 1, key, 0) + text.encode("ascii")


def test_wordperfect(libreoffice):
    reading = read(wordperfect("The Committee met in Geneva.\n12. Migrant workers were heard.\n"))
    assert reading.media_type == sniff.WORDPERFECT
    assert [(p.number, p.text) for p in reading.paragraphs] == [
        (None, "The Committee met in Geneva."),
        ("12", "Migrant workers were heard."),
    ]
    with pytest.raises(EncryptedFile):
        read(wordperfect("secret", key=7))


def test_without_libreoffice_the_file_waits_for_it(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NeedsOffice, match=r"^LibreOffice is not installed: without it a WordPerfect file") as error:
        read(wordperfect("text"))
    assert error.value.may_pass


def test_nothing_is_fetched_for_a_file(libreoffice):
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        ended = threading.Event()

        def listen():
            while not ended.is_set():
                try:
                    server.accept()[0].close()
                    asked.append(1)
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen)
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x.png"
        field = r"{\field{\*\fldinst{INCLUDEPICTURE \"ADDRESS\" \\d}}{\fldrslt{}}}"
        linked = r"{\field{\*\fldinst{LINK Word.Document.8 \"ADDRESS\" \\a}}{\fldrslt{}}}"
        text = r"{\rtf1\ansi The text. " + (field + linked).replace("ADDRESS", address) + r"\par More.\par}"
        try:
            reading = read(text.encode())
        finally:
            ended.set()
            thread.join()
    assert "The text." in reading.pages[0].text
    assert not asked


def test_garbage_is_refused_and_nothing_is_left_running_or_lying_about(libreoffice, monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with pytest.raises(DamagedFile, match="LibreOffice"):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") + b"\xff" * 5000)
    with pytest.raises(TookTooLong, match="takes more than"):
        read(wordperfect("text\n"), replace(Limits(), office_seconds=0.05))
    time.sleep(0.1)
    assert not list(tmp_path.iterdir())
    assert not [one for one in Path("/proc").glob("[0-9]*/cmdline") if str(tmp_path).encode() in _read(one)]


def _read(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""
