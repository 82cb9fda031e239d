"""How does an edition become bytes: a PDF in type, a scan, a page of HTML, a Word file, or something broken?"""

import importlib
import json
from datetime import UTC, datetime, time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from crawlers.replica.compose import compose
from crawlers.replica.odd_files import locked, scanned, truncated, word_copy
from crawlers.replica.old_web import old_page
from crawlers.replica.sheet import Sheet
from crawlers.replica.works import DATA, Edition

if TYPE_CHECKING:
    import typst

_FONT_PACKAGES = (("cvttf_NotoSansCJK_Regular", "."), ("fontpkg_noto_sans_arabic", "files"))


class Press:
    """Sets editions in type. The same seed gives the same bytes: no clock, no system font, no chance."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def make(self, edition: Edition) -> bytes:
        """The bytes of an edition, with the fault its work is meant to have."""
        if edition.form == "html":
            return old_page(edition)
        sheet = compose(edition, self._seed)
        if edition.form == "docx":
            return word_copy(sheet)
        match edition.work.fault if edition.language == edition.work.original else "":
            case "zero bytes":
                return b""
            case "locked":
                return locked(sheet)
            case "truncated":
                return truncated(self._pdf(sheet))
        return scanned(self._pictures(sheet), sheet.published, self._seed) if edition.work.scan else self._pdf(sheet)

    @cached_property
    def _compiler(self) -> "typst.Compiler":
        import typst

        folders = [str(Path(str(importlib.import_module(name).__file__)).parent / sub) for name, sub in _FONT_PACKAGES]
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)
        return typst.Compiler(str(DATA / "document.typ"), root=str(DATA), font_paths=fonts, ignore_system_fonts=True)

    def _pdf(self, sheet: Sheet) -> bytes:
        moment = datetime.combine(sheet.published, time(8, 0), tzinfo=UTC)
        made = self._compiler.compile(sys_inputs=_inputs(sheet), format="pdf", timestamp=int(moment.timestamp()))
        assert isinstance(made, bytes)
        # Few publishers’ files declare that they are read from the right; where one does, PDFium turns Latin lines.
        return made.replace(b"/Direction/R2L", b"/Direction/L2R")

    def _pictures(self, sheet: Sheet) -> list[bytes]:
        made = self._compiler.compile(sys_inputs=_inputs(sheet), format="png", ppi=130)
        return [made] if isinstance(made, bytes) else list(made or [])


def _inputs(sheet: Sheet) -> dict[str, str]:
    return {"data": json.dumps(sheet.data, ensure_ascii=False, sort_keys=True)}
