"""Where does the time go? The stages of the whole way, one after the other in one process, without OCR.

`python -m bench.reading.stages FILE...` is that process; it prints processor seconds by stage as JSON.
"""

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.reading import candidates
from catalog import Catalog
from pipeline import Document, Paragraph, ReadError, Reading

PUBLISHER = "UN"


def stages(files: Sequence[Path]) -> dict[str, float]:
    """Processor seconds of each stage over all files that can be read; `pages` counts what they were spent on."""
    from pipeline.description.describe import describe
    from pipeline.description.works import work_key
    from pipeline.findings.citations import find_citations
    from pipeline.findings.mentions import find_mentions
    from search import index_changes, open_engine

    clock = _Clock()
    find_mentions((Paragraph(1, 1, None, "en", "The model is loaded once, in Geneva."),))
    clock.stop("load the language model")
    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog(f"sqlite:///{folder}/catalog.sqlite")
        catalog.migrate()
        clock.start()
        for path in files:
            reading = _read(path)
            clock.stop("read")
            if reading is None:
                continue
            about = describe(reading, {}, PUBLISHER)
            clock.stop("describe")
            mentions, notes = find_mentions(reading.paragraphs, PUBLISHER)
            clock.stop("mentions")
            citations = find_citations(reading.paragraphs, mentions, about, PUBLISHER)
            about = replace(about, described_from=about.described_from | notes)
            clock.stop("citations")
            sha256 = path.name.encode().hex()[:64].ljust(64, "0")
            key = work_key(PUBLISHER, about, {}, sha256)
            _store(catalog, Document(sha256, PUBLISHER, reading, about, mentions, citations, key))
            clock.stop("store")
            clock.pages += len(reading.pages)
        index_changes(catalog, open_engine(Path(folder) / "index"))
        clock.stop("index")
        catalog.engine.dispose()
    return {"pages": clock.pages, **clock.spent}


class _Clock:
    """Adds up processor time under names."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self.pages = 0
        self.start()

    def start(self) -> None:
        self._begun = time.process_time()

    def stop(self, stage: str) -> None:
        now = time.process_time()
        self.spent[stage] = self.spent.get(stage, 0.0) + now - self._begun
        self._begun = now


def _read(path: Path) -> Reading | None:
    try:
        return candidates.reading(path)
    except ReadError:
        return None


def _store(catalog: Catalog, document: Document) -> None:
    from pipeline.store import store

    store(catalog, document)


def table(found: dict[str, float]) -> str:
    pages = found["pages"]
    spent = {name: value for name, value in found.items() if name != "pages"}
    whole = sum(spent.values())
    lines = [
        f"| stage, {pages:,.0f} pages without OCR | CPU seconds | ms a page | share |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, value in spent.items():
        lines.append(f"| {name} | {value:.1f} | {1000 * value / pages:.1f} | {100 * value / whole:.0f} % |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(json.dumps(stages([Path(argument) for argument in sys.argv[1:]])))
