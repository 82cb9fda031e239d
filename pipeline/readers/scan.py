"""What does a picture of a page say? Tesseract, one page at a time, in the language the page is written in.

The wrong language gives confident nonsense, so the language comes first: as declared, as on the page before, or by the
script Tesseract sees; and what comes back is looked at again.
"""

import io
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from functools import cache
from typing import Any

from pipeline.languages import detect
from pipeline.readers.quality import by_language, quality
from pipeline.readers.sheet import Line
from pipeline.structure.tidy import characters

TESSERACT = {"en": "eng", "fr": "fra", "es": "spa", "ru": "rus", "ar": "ara", "zh": "chi_sim"}
DPI = 250  # 200 to 300 read equally well here (words right: 0.995 of a two-column page); 250 is kinder to small print
_BESIDE = {"ru": "eng", "ar": "eng", "zh": "eng"}
_SCRIPTS = {"Latin": "en", "Cyrillic": "ru", "Arabic": "ar", "Han": "zh", "HanS": "zh", "HanT": "zh"}
_GOOD = 0.75  # from this quality on, no other language is tried
_INK = 110  # grey below which a point is printed
_DUST = 40  # such points on a page of 900: a page number alone has more
_OTHER_LANGUAGE = 0.8
_AS_GOOD = 0.05  # quality by which a reading in both languages of a page may seem worse
_SECOND = 0.2  # share of a page that its second language has
_LONG = 8  # characters; shorter lines may be higher than wide
_SPECKS = " |¦~_"  # what the edge of a sheet looks like
_SURE = 30.0  # words that Tesseract is less sure of (0 to 100) are dust
_SCRIPT_SECONDS = 20.0
_STEPS = 1  # raised when the same picture would be read in another way


class OcrUnavailable(Exception):
    """Raised when Tesseract or the language asked for is not installed; its text says which."""


@cache
def installed() -> frozenset[str]:
    """The languages Tesseract can read here, as it calls them; empty if it is not installed."""
    try:
        answer = subprocess.run(
            ["tesseract", "--list-langs"], capture_output=True, text=True, timeout=20, check=True, env=_environment()
        )
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(answer.stdout.split("\n")[1:]) - {""}


class Page:
    """What OCR made of one page; measured in pixels of the picture."""

    def __init__(self, lines: list[Line], language: str, sure: float) -> None:
        self.lines = lines
        self.language = language
        text = "\n".join(line.text for line in lines)
        # Both must be content: Tesseract is sure of much that is nonsense, and good words may be guessed ones.
        self.quality = round(quality(text, language) * min(1.0, sure / 90.0), 3) if lines else 0.0

    @property
    def sideways(self) -> bool:
        """Whether most lines run up or down: Tesseract reads them, but they stand in no order."""
        long = [line for line in self.lines if len(line.text) >= _LONG]
        return 2 * sum(line.bottom - line.top > line.width for line in long) > len(long)


def read_picture(image: Any, languages: Iterable[str], seconds: float) -> Page:
    """The lines of a picture. `languages` (ISO 639-1) are tried in turn; without any, the script decides.

    A picture that reads badly is turned as Tesseract thinks it should be. Raises OcrUnavailable,
    subprocess.CalledProcessError, or TimeoutExpired after `seconds` for all attempts together.
    """
    if not installed():
        raise OcrUnavailable("Tesseract is not installed")
    if _is_blank(image):
        return Page([], "", 0.0)
    look = _Look(image, time.monotonic() + seconds)
    best = look.in_any(list(dict.fromkeys(languages)) or [look.script()])
    if (best.quality < _GOOD or best.sideways) and look.turn():
        turned = look.in_any([best.language or look.script()])
        best = turned if turned.quality > best.quality - _AS_GOOD * best.sideways else best
    return best


class _Look:
    """The attempts at one picture."""

    def __init__(self, image: Any, until: float) -> None:
        self._image = image
        self._until = until
        self._seen: tuple[str, int] | None = None

    def in_any(self, wanted: list[str]) -> Page:
        """The best reading in the languages that are wanted, or that come up on the way: three at most."""
        best: Page | None = None
        tried: set[str] = set()
        while wanted and len(tried) < 3:
            language = wanted.pop(0)
            if language in tried:
                continue
            tried.add(language)
            page = _recognise(self._image, language, self._until)
            seen = detect("\n".join(line.text for line in page.lines))
            seen = seen if seen in TESSERACT else None
            if seen and seen != language:  # read with the letters of another language: "contréler" for "contrôler"
                page.quality *= _OTHER_LANGUAGE
            if best is None or page.quality > best.quality:
                best = page
            if pair := _two_languages(page):  # read in one, the other loses its accents though it looks well
                second = _recognise(self._image, pair[0], self._until, pair[1])
                return second if second.quality > best.quality - _AS_GOOD else best
            if seen and seen != language and seen not in tried:
                wanted.insert(0, seen)
            elif page.quality >= _GOOD or not page.lines:
                break
            elif not wanted:
                wanted.append(self.script())
        assert best is not None
        return best

    def script(self) -> str:
        """The language to begin with, by the script Tesseract sees; English when it cannot tell."""
        self._seen = self._seen or _script_and_turn(self._image)
        return self._seen[0]

    def turn(self) -> bool:
        """Turns the picture upright; False if it is, as far as Tesseract can tell."""
        self._seen = self._seen or _script_and_turn(self._image)
        if self._seen[1]:
            self._image = self._image.rotate(-self._seen[1], expand=True, fillcolor=255)
        return bool(self._seen[1])


def _is_blank(image: Any) -> bool:
    """Whether there is no more ink on the picture than dust leaves."""
    small = image.convert("L")
    small.thumbnail((900, 900))
    return bool(sum(small.histogram()[:_INK]) < _DUST)


def _two_languages(page: Page) -> tuple[str, str] | None:
    """The two languages of a page that is printed in English and French, say; None if it is in one."""
    parts = by_language("\n".join(line.text for line in page.lines))
    pair = sorted(parts, key=lambda language: -len(parts[language]))[:2]
    if len(pair) < 2 or len(parts[pair[1]]) < _SECOND * sum(map(len, parts.values())):
        return None
    return pair[0], pair[1]


def _script_and_turn(image: Any) -> tuple[str, int]:
    """The language of the script, and by how many degrees clockwise the picture should be turned."""
    if "osd" not in installed():
        return "en", 0
    try:
        answer = _tesseract(image, ["--psm", "0", "-l", "osd"], _SCRIPT_SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):  # "too few characters"
        return "en", 0
    told = {name: value.strip() for name, _, value in (line.partition(":") for line in answer.splitlines())}
    turn = told.get("Rotate", "0")
    return _SCRIPTS.get(told.get("Script", ""), "en"), int(turn) if turn in ("90", "180", "270") else 0


def _recognise(image: Any, language: str, until: float, second: str | None = None) -> Page:
    name = TESSERACT[language]
    if name not in installed():
        raise OcrUnavailable(f"Tesseract's language {name} is not installed")
    # Symbols, titles and addresses are in Latin letters in every language.
    also = _BESIDE.get(language) if second is None else TESSERACT[second]
    if also in installed():
        name = f"{name}+{also}"
    return _page(_tesseract(image, ["--psm", "3", "-l", name, "tsv"], until - time.monotonic()), language)


def how_it_ended(error: subprocess.CalledProcessError) -> str:
    """What became of Tesseract, in one sentence."""
    if error.returncode < 0:
        return f"Tesseract crashed ({signal.Signals(-error.returncode).name})"
    said = " ".join(error.stderr.decode(errors="replace").split())[:200]
    return f"Tesseract failed: {said}" if said else f"Tesseract failed with code {error.returncode}"


def _page(table: str, language: str) -> Page:
    """Lines from Tesseract's table of words."""
    lines: dict[tuple[str, str, str], list[tuple[str, float, tuple[float, float, float, float]]]] = {}
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < 12 or cells[0] != "5" or not cells[11].strip(_SPECKS) or float(cells[10]) < _SURE:
            continue
        x, y, width, height = map(float, cells[6:10])
        lines.setdefault((cells[2], cells[3], cells[4]), []).append(
            (cells[11], float(cells[10]), (x, y, x + width, y + height))
        )
    sure = [word[1] for words in lines.values() for word in words]
    return Page(
        [_line(words, int(key[0])) for key, words in lines.items()], language, sum(sure) / len(sure) if sure else 0.0
    )


def _line(words: list[tuple[str, float, tuple[float, float, float, float]]], block: int) -> Line:
    boxes = [box for _, _, box in words]
    top, bottom = min(box[1] for box in boxes), max(box[3] for box in boxes)
    heights = sorted(box[3] - box[1] for box in boxes)
    size = heights[len(heights) * 3 // 4]
    tab = len(boxes) > 1 and boxes[1][0] - boxes[0][2] > 0.9 * size
    text = characters(" ".join(word for word, _, _ in words))
    return Line(text, min(box[0] for box in boxes), top, max(box[2] for box in boxes), bottom, size, False, tab, block)


def _tesseract(image: Any, arguments: list[str], seconds: float) -> str:
    picture = io.BytesIO()
    image.save(picture, format="PNG", compress_level=1)
    answer = subprocess.run(
        ["tesseract", "stdin", "stdout", "--dpi", str(DPI), *arguments],
        input=picture.getvalue(),
        capture_output=True,
        timeout=seconds,
        check=True,
        env=_environment(),
    )
    return answer.stdout.decode("utf-8", "replace")


def _environment() -> dict[str, str]:
    # With more than one thread Tesseract takes six times as long (measured on two cores).
    return os.environ | {"OMP_THREAD_LIMIT": "1"}


@cache
def recipe() -> str:
    """Names the way in which pictures are read here: program, resolution, our own steps, languages."""
    try:
        answer = subprocess.run(["tesseract", "--version"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    version = (answer.stdout or answer.stderr).split("\n", 1)[0].removeprefix("tesseract ").strip()
    languages = sum(1 << at for at, name in enumerate(TESSERACT.values()) if name in installed())
    return f"{version[:16]} {DPI}dpi {_STEPS}.{languages:02x}"
