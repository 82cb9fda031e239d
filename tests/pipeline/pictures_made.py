"""Scans that cost nothing: pages that are pictures, and a program in Tesseract's place that says what it is told.

How wide a page is decides what becomes of it (`HANG`, `CRASH`); on every other page it reads one sentence.
"""

import io
import os
import stat

HANG, CRASH, MUTE = 240, 230, 220

PROGRAM = """#!/bin/sh
case "$*" in
*--list-langs*) printf 'List of available languages (3):\\n%s\\n' "${OCR_LANGUAGES:-eng\nfra\nosd}"; exit;;
*--version*) echo "tesseract ${OCR_VERSION:-5.0.0}"; exit;;
esac
points=$(($(od -An -N2 -j18 -tu1 | awk '{print $1 * 256 + $2}') * 72 / 250))
cat >/dev/null
echo "$points" >>"$OCR_LOG"
case "$points" in
240|239) sleep 600;;
230|229) kill -SEGV $$;;
220|219) printf 'level\\n'; exit;;
esac
sleep "${OCR_SLEEP:-0}"
printf 'level\\n'
word=0
for text in Les travailleurs migrants du navire "$points" restent à terre sans salaire.; do
    word=$((word + 1))
    printf '5\\t1\\t1\\t1\\t1\\t%s\\t%s\\t100\\t40\\t30\\t95\\t%s\\n' "$word" "$((word * 50))" "$text"
done
"""


def put_program(folder, monkeypatch):
    """Puts the program first on the path; returns the file in which each of its looks leaves a line."""
    from pipeline.readers import scan

    program = folder / "bin" / "tesseract"
    program.parent.mkdir()
    program.write_text(PROGRAM)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    log = folder / "looks"
    log.touch()
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("OCR_LOG", str(log))
    scan.installed.cache_clear()
    scan.recipe.cache_clear()
    return log


def scan_of(*widths):
    """A PDF with one picture a page, each as wide as is said, in points."""
    from PIL import Image, ImageDraw

    pages = []
    for width in widths:
        page = Image.new("L", (width, 200), 255)
        ImageDraw.Draw(page).rectangle((20, 20, 120, 60), fill=0)
        pages.append(page)
    out = io.BytesIO()
    pages[0].save(out, "PDF", resolution=72, save_all=True, append_images=pages[1:])
    return out.getvalue()


def with_pictures(data, *widths):
    """The pages of a PDF, then pages that are pictures."""
    import pypdfium2

    pages = pypdfium2.PdfDocument(data)
    pages.import_pages(pypdfium2.PdfDocument(scan_of(*widths)))
    out = io.BytesIO()
    pages.save(out)
    return out.getvalue()
