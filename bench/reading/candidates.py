"""Who is compared? Ours, and three extractors alone as their makers advise; each from a path to the texts of the pages.

Ours is measured on its paragraphs, which are what is searched, quoted and mailed.
"""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from pipeline import Reading
from pipeline.readers import read
from pipeline.readers.pictures import read_through

Candidate = Callable[[Path], list[str]]


def reading(path: Path, ocr: bool = False) -> Reading:
    """Ours; without OCR, what can be read without."""
    return read_through(path) if ocr else read(path)


def paragraphs(found: Reading) -> list[str]:
    """The paragraphs as printed, with their numbers; a note with its mark."""
    return ["\n".join(f"{_printed(p.mark or p.number)}{p.text}" for p in found.paragraphs)]


def _printed(number: str | None) -> str:
    """ "45" as "45. ", and the item "45 (c)" as "(c) ", which is what the page shows."""
    if not number:
        return ""
    last = number.split()[-1]
    return f"{last} " if last.startswith("(") or not last[-1].isalnum() else f"{number}. "


def pdfium(path: Path) -> list[str]:
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        return [page.get_textpage().get_text_range() for page in document]


def pdfplumber(path: Path) -> list[str]:
    import pdfplumber as plumber

    with plumber.open(path) as document:
        texts = []
        for page in document.pages:
            texts.append(page.extract_text() or "")
            page.close()
        return texts


def pdftotext(path: Path, *options: str) -> list[str]:
    command = ["pdftotext", *options, "-enc", "UTF-8", str(path), "-"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.decode("utf-8", "replace").split("\f")[:-1]


def layout(path: Path) -> list[str]:
    return pdftotext(path, "-layout")


ALONE: dict[str, Candidate] = {"pypdfium2": pdfium, "pdfplumber": pdfplumber}
MISSING = "" if shutil.which("pdftotext") else "pdftotext is not installed (poppler-utils)"
if not MISSING:
    ALONE |= {"pdftotext": pdftotext, "pdftotext -layout": layout}
