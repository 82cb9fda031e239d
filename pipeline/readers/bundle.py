"""What is in a gzip or zip file that wraps one document? Its bytes, within bounds; no name in it is used as a path."""

import io
import zipfile
import zlib

from pipeline import sniff
from pipeline.errors import DamagedFile, EncryptedFile, TooLarge, UnknownType
from pipeline.limits import Limits

_RATIO = 300  # unpacked to packed; what people send stays below 50
_MEMBERS = 1000


def unwrapped(data: bytes, media_type: str, limits: Limits) -> bytes:
    """The one file inside. Raises UnknownType where there are more, with their number; TooLarge before a bomb opens."""
    most = min(limits.file_mb * 1_000_000, _RATIO * max(10_000, len(data)))
    try:
        if media_type == sniff.GZIP:
            opened = zlib.decompressobj(31)
            found = opened.decompress(data, most + 1)
            if not opened.eof and len(found) <= most:
                raise DamagedFile("gzip archive that breaks off")
        else:
            found = _member(data, most)
    except (zlib.error, zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise DamagedFile(f"cannot be unpacked: {error}") from error
    if len(found) > most:
        raise TooLarge(f"unpacks to more than {most / 1e6:.1f} MB")
    return found


def _member(data: bytes, most: int) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [info for info in archive.infolist()[:_MEMBERS] if not info.is_dir()]
        if len(members) != 1:
            raise UnknownType(f"zip archive of {len(members)} files: each is to be added by itself")
        if members[0].flag_bits & 1:
            raise EncryptedFile("a password is needed to open it")
        if members[0].file_size > most:
            raise TooLarge(f"zip archive, unpacks to {members[0].file_size / 1e6:.1f} MB")
        with archive.open(members[0]) as member:
            return member.read(most + 1)
