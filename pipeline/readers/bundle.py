"""What is in a gzip or zip file? One document is read as if it came bare; of several, each is taken out by itself.

Everything is bounded before it is unpacked, and no name inside is ever used as a path. A zip that was itself in a zip
is opened too, within narrower bounds; one deeper is not. Runs in a child process, as all readers do.
"""

import io
import lzma
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline import sniff
from pipeline.errors import DamagedFile, EmptyFile, EncryptedFile, ReadError, TooLarge, UnknownType
from pipeline.limits import Limits

DEEPEST = 1  # how many zip files a zip file may lie in, to be opened
_RATIO = 300  # unpacked to packed, of one member; what people send stays below 50
_RATIO_OF_ALL = 20  # of a whole bundle; PDFs and office files hardly shrink
_SMALL, _SMALL_BUNDLE = 10_000, 500_000  # bytes: what is smaller may shrink more
_INNER_FILES, _INNER_MB = 50, 100  # of a bundle in a bundle
_MARGIN_MB = 5  # between a member and what a child may hand back
_MEMBERS = 1000
_HEAD = 4  # bytes that tell a zip file
_NAME = 200  # characters of a name that are kept
_CHAFF = ("/", ".ds_store", "thumbs.db", "desktop.ini")  # ends of names: folders, and what systems leave
_ENCRYPTED, _UTF8 = 0x1, 0x800
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # they make a name read backwards
_BROKEN = (
    *(zlib.error, lzma.LZMAError, struct.error, zipfile.BadZipFile, EOFError, OSError, NotImplementedError),
    *(ValueError, RuntimeError, IndexError),
)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a bundle; `refusal` says why it cannot be taken out, empty if it can."""

    index: int
    name: str
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A zip file that is no document itself: each of its members is one, or may be."""

    members: tuple[Member, ...]


def opened(path: Path, limits: Limits, depth: int = 0) -> Bundle | None:
    """What lies in a zip file of several documents, or of another zip file; None if the file is none.

    `depth`: in how many bundles it lies itself. Raises TooLarge where it has more, or unpacks to more, than is opened.
    """
    size = path.stat().st_size
    if size > limits.file_mb * 1_000_000:
        return None  # its readers say so
    with path.open("rb") as file:
        if file.read(_HEAD) not in (b"PK\x03\x04", b"PK\x05\x06"):
            return None
    if sniff.media_type(path.read_bytes()) != sniff.ZIP:
        return None
    with _unbroken(), zipfile.ZipFile(path) as archive:
        infos = [(index, info) for index, info in enumerate(archive.infolist()) if _counts(info)]
        if not infos:
            raise EmptyFile("zip archive without any file")
        if len(infos) == 1 and not _is_zip(archive, infos[0][1]):
            return None
        if depth > DEEPEST:
            raise UnknownType("zip archive in a zip archive that was in another: not opened any deeper")
        _check_all([info for _, info in infos], size, limits, depth)
        return Bundle(tuple(Member(index, shown(info), _refusal(info, limits)) for index, info in infos))


def taken(path: Path, index: int, limits: Limits) -> bytes:
    """The bytes of one member. Errors: ReadError, with the reason."""
    with _unbroken(), zipfile.ZipFile(path) as archive:
        info = archive.infolist()[index]
        refusal = _refusal(info, limits)
        if refusal:
            raise ReadError(refusal)
        with archive.open(info) as member:
            return member.read(info.file_size + 1)


def unwrapped(data: bytes, media_type: str, limits: Limits) -> bytes:
    """The one file inside. Raises UnknownType where there are more, with their number; TooLarge before a bomb opens."""
    most = min(limits.file_mb * 1_000_000, _RATIO * max(_SMALL, len(data)))
    with _unbroken():
        if media_type == sniff.GZIP:
            opened = zlib.decompressobj(31)
            found = opened.decompress(data, most + 1)
            if not opened.eof and len(found) <= most:
                raise DamagedFile("gzip archive that breaks off")
        else:
            found = _only_member(data, most)
    if len(found) > most:
        raise TooLarge(f"unpacks to more than {most / 1e6:.1f} MB")
    return found


def shown(info: zipfile.ZipInfo) -> str:
    """A member's name as text to be shown: one line, bounded; of bytes that are not said to be UTF-8, but are, that."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        with suppress(UnicodeError):  # then it is what old systems wrote
            name = name.encode("cp437").decode("utf-8")
    letters = (" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c in _TURNING else c for c in name)
    clean = " ".join("".join(letters).replace("\\", "/").split())
    parts = [part for part in clean.split("/") if part not in ("", ".", "..")]
    return "/".join(parts)[-_NAME:] or "without a name"


def _counts(info: zipfile.ZipInfo) -> bool:
    """Whether it is a file of somebody's, and no folder or something a system left there."""
    name = info.orig_filename.lower().replace("\\", "/")
    return not (name.endswith(_CHAFF) or name.startswith("__macosx/"))


def _is_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    """Whether it is a zip file and no office file; what cannot be looked into is judged elsewhere."""
    most = _RATIO * max(_SMALL, info.compress_size)
    if info.flag_bits & _ENCRYPTED or info.file_size > most:
        return False
    with archive.open(info) as member:
        head = member.read(_HEAD)
        return head in (b"PK\x03\x04", b"PK\x05\x06") and sniff.media_type(head + member.read(most)) == sniff.ZIP


def _check_all(infos: list[zipfile.ZipInfo], size: int, limits: Limits, depth: int) -> None:
    files, most_mb = limits.bundle_files, limits.bundle_mb
    if depth:
        files, most_mb = min(files, _INNER_FILES), min(most_mb, _INNER_MB)
    if len(infos) > files:
        raise TooLarge(f"zip archive of {len(infos):,} files, more than {files} are not opened")
    most = min(most_mb * 1_000_000, _RATIO_OF_ALL * max(_SMALL_BUNDLE, size))
    whole = sum(info.file_size for info in infos)
    if whole > most:
        raise TooLarge(f"zip archive, unpacks to {whole / 1e6:.1f} MB, more than {most / 1e6:.1f} MB are not opened")


def _refusal(info: zipfile.ZipInfo, limits: Limits) -> str:
    """Why a member is not taken out, by what the directory says of it; Python reads no more than that."""
    most = max(1, min(limits.file_mb, limits.output_mb - _MARGIN_MB)) * 1_000_000
    if info.flag_bits & _ENCRYPTED:
        return "a password is needed to open it"
    if not info.file_size:
        return "file of zero bytes"
    if info.file_size > most:
        return f"file of {info.file_size / 1e6:.0f} MB, the limit in a bundle is {most / 1e6:.0f} MB"
    if info.file_size > _RATIO * max(_SMALL, info.compress_size):
        return f"unpacks to {info.file_size / 1e6:.1f} MB, {_RATIO} times what it has"
    return ""


def _only_member(data: bytes, most: int) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [info for info in archive.infolist()[:_MEMBERS] if _counts(info)]
        if len(members) != 1:
            raise UnknownType(f"zip archive of {len(members)} files, not a document")
        if members[0].flag_bits & _ENCRYPTED:
            raise EncryptedFile("a password is needed to open it")
        if members[0].file_size > most:
            raise TooLarge(f"zip archive, unpacks to {members[0].file_size / 1e6:.1f} MB")
        with archive.open(members[0]) as member:
            return member.read(most + 1)


@contextmanager
def _unbroken() -> Iterator[None]:
    """Whatever a broken archive makes Python raise is a DamagedFile."""
    try:
        yield
    except _BROKEN as error:
        raise DamagedFile(f"cannot be unpacked: {error}") from error
