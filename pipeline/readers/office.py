"""What does an old Word, WordPerfect, RTF or OpenDocument file say? LibreOffice makes a .docx of it, which is read.

LibreOffice is another program, as OCR is: it gets a folder of its own for its profile and its output, which goes with
it; no macro runs, nothing is fetched; its time, memory and output are bounded, and what it starts ends with it.
"""

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from pipeline import sniff
from pipeline.document import Reading
from pipeline.errors import DamagedFile, EncryptedFile, NeedsOffice, NoText, TookTooLong, TooLarge
from pipeline.limits import Limits
from pipeline.readers.word import WordReader

MISSING = "LibreOffice is not installed"
_ENDINGS = {sniff.DOC: "doc", sniff.WORDPERFECT: "wpd", sniff.RTF: "rtf", sniff.ODT: "odt", sniff.DOCX: "docx"}
_CALLED = {
    sniff.DOC: "an old Word file (.doc)",
    sniff.WORDPERFECT: "a WordPerfect file",
    sniff.RTF: "an RTF file",
    sniff.ODT: "an OpenDocument text",
    sniff.DOCX: "a Word file",
}
# Asked for by name, or LibreOffice takes garbage for plain text; Word 6 and 95 have other filters, which it finds.
_FILTERS = {sniff.DOC: "MS Word 97", sniff.WORDPERFECT: "WordPerfect", sniff.RTF: "Rich Text Format"}
_FILTERS |= {sniff.ODT: "writer8"}
_WORD_6 = b"\xdc\xa5"
_SECTOR = 512  # of an OLE file: streams begin at one
_AGAIN = 81  # LibreOffice made its profile and asks to be started once more
_STARTS = 3
_OUTPUT_MB = 200
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value>
</prop></item>
</oor:items>
"""


class OfficeReader:
    """Reads what LibreOffice can turn into a .docx."""

    name = "libreoffice"

    def bid(self, media_type: str, data: bytes) -> int:
        """Old Word files, WordPerfect, RTF, OpenDocument texts."""
        return 80 if media_type in _ENDINGS and media_type != sniff.DOCX else 0

    def read(self, data: bytes, limits: Limits, languages: tuple[str, ...]) -> Reading:
        """The reading of the .docx; raises NeedsOffice where LibreOffice is not installed."""
        media_type = sniff.media_type(data)
        called = _CALLED.get(media_type, "the file")
        if _is_locked(data, media_type):
            raise EncryptedFile("a password is needed to open it")
        program = installed()
        if program is None:
            raise NeedsOffice(f"{MISSING}: without it {called} cannot be read")
        try:
            reading = WordReader().read(_as_docx(program, data, media_type, limits), limits, languages)
        except NoText as error:
            raise NoText(f"LibreOffice finds no text in {called}") from error
        pages = tuple(replace(page, method=self.name) for page in reading.pages)
        return replace(reading, media_type=media_type, reader=self.name, pages=pages)


def installed() -> str | None:
    """The program itself, not the script that starts it, which would be another process to end; None if missing."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        return None
    itself = Path(found).resolve().with_name("soffice.bin")
    return str(itself) if itself.is_file() else found


def _is_locked(data: bytes, media_type: str) -> bool:
    """Whether a password is asked for: WordPerfect has a key in its head, Word a flag in its usual place."""
    if media_type == sniff.WORDPERFECT:
        return data[12:14] not in (b"", b"\x00\x00")
    return media_type == sniff.DOC and data[512:514] == b"\xec\xa5" and len(data) > 523 and bool(data[523] & 1)


def _as_docx(program: str, data: bytes, media_type: str, limits: Limits) -> bytes:
    with tempfile.TemporaryDirectory(prefix="forumwatch-office-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source = folder / f"document.{_ENDINGS.get(media_type, 'doc')}"
        source.write_bytes(data)
        profile = folder / "profile" / "user"
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        said, what = "", [*_infilter(data, media_type), str(source)]
        for _ in range(_STARTS):
            code, said = _run(program, folder, what, limits)
            if code != _AGAIN:
                break
        made = folder / "out" / "document.docx"
        if not made.is_file():
            raise DamagedFile(f"LibreOffice cannot read it: {said or 'it says nothing'}"[:300])
        if made.stat().st_size > limits.file_mb * 1_000_000:
            raise TooLarge(f"LibreOffice makes {made.stat().st_size / 1e6:.0f} MB of it")
        return made.read_bytes()


def _infilter(data: bytes, media_type: str) -> list[str]:
    name = _FILTERS.get(media_type)
    if media_type == sniff.DOC and any(
        data.startswith(_WORD_6, at) for at in range(_SECTOR, min(len(data), 200 * _SECTOR), _SECTOR)
    ):
        name = None
    return [f"--infilter={name}"] if name else []


def _run(program: str, folder: Path, what: list[str], limits: Limits) -> tuple[int, str]:
    """LibreOffice's exit code and the last line of what it says. Raises TookTooLong, or DamagedFile when it dies."""
    options = ["--headless", "--norestore", "--nologo", "--nolockcheck", "--nodefault"]
    command = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", *options]
    command += ["--convert-to", "docx", "--outdir", str(folder / "out"), *what]
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy"), "http://127.0.0.1:9")
    quiet = {"HOME": str(folder), "TMPDIR": str(folder), "SAL_DISABLE_OPENCL": "1", "LC_ALL": "C.UTF-8"}
    # It stays in our process group: who ends the reading process with its group ends LibreOffice too.
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=dict(os.environ) | nowhere | quiet,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    _bound(process.pid, limits)
    try:
        said, _ = process.communicate(timeout=limits.office_seconds)
    except subprocess.TimeoutExpired as error:
        raise TookTooLong(f"LibreOffice takes more than {limits.office_seconds:g} seconds for it") from error
    finally:
        if process.poll() is None:
            _kill(process.pid)
            process.wait()
    if process.returncode < 0:
        raise DamagedFile(f"LibreOffice crashes on it ({signal.Signals(-process.returncode).name})")
    lines = [line.strip() for line in said.decode("utf-8", "replace").splitlines()]
    told = [line.replace(str(folder), "") for line in lines if line and not line.startswith(("convert ", "Warning"))]
    return process.returncode, next(reversed(told), "")


def _bound(pid: int, limits: Limits) -> None:
    """Memory and output, as the reading process itself has them; where the system has no such bounds, none."""
    if not hasattr(resource, "prlimit"):
        return
    space, output = 2 * limits.memory_mb * 1_000_000, _OUTPUT_MB * 1_000_000
    seconds = int(limits.office_seconds) + 1
    bounds = ((resource.RLIMIT_AS, space), (resource.RLIMIT_FSIZE, output), (resource.RLIMIT_CPU, seconds))
    for what, bound in bounds:
        with contextlib.suppress(ProcessLookupError, PermissionError, ValueError):
            resource.prlimit(pid, what, (bound, bound))


def _kill(pid: int) -> None:
    """Ends a process and, before it, all that it started."""
    for children in Path("/proc").glob(f"{pid}/task/*/children"):
        with contextlib.suppress(OSError):
            for child in children.read_text().split():
                _kill(int(child))
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
