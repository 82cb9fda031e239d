"""What may a child process not do, whatever the file it reads makes of it? Bounds that the kernel itself holds.

Memory, size of files, open files and network are closed for the process and all programs it starts, without any
privilege. Linux holds all of them; elsewhere memory and network are held by Python only.
"""

import ctypes
import errno
import os
import platform
import resource
import socket
import struct
import sys
import tempfile
from pathlib import Path
from typing import Any

from pipeline.limits import Limits

_ADDRESS_SPACE = 4  # times the memory limit: libraries reserve far more than they touch
_DATA = 1.5  # times the memory limit: what may be allocated, touched or not; the parent looks at what is touched
_OPEN_FILES = 256
_THREADS = ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

# linux/prctl.h, linux/seccomp.h, linux/filter.h, linux/audit.h
_NO_NEW_PRIVILEGES, _SUBREAPER, _SECCOMP, _FILTER = 38, 36, 22, 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _NOT_BELOW, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_SOCKET = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}  # architecture, number of socket()
_IO_URING = 425  # a second way to a socket
_OTHER_NUMBERS = 0x40000000  # the x32 calls


def close(folder: Path) -> None:
    """Closes the cage around this process: `folder` is its own for temporary files. There is no way out again."""
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = None
    for name in _THREADS:  # one file, one thread: others are read meanwhile
        os.environ[name] = "1"
    close_network()
    _prctl(_SUBREAPER, 1)  # so that programs whose parent has ended are found and ended too


def bound(limits: Limits) -> None:
    """Sets the bounds of memory and files, once all is imported that is needed to begin."""
    million = 1_000_000
    _bound(resource.RLIMIT_AS, limits.memory_mb * _ADDRESS_SPACE * million)
    _bound(resource.RLIMIT_DATA, int(limits.memory_mb * _DATA) * million + _allocated())
    _bound(resource.RLIMIT_FSIZE, limits.disk_mb * million)
    _bound(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _bound(resource.RLIMIT_CORE, 0)


def _bound(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    try:
        resource.setrlimit(what, (most, most))
    except (OSError, ValueError):  # macOS knows some of them by name only
        return


def _allocated() -> int:
    """Bytes of data this process has already."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:")), 0)


def close_network() -> bool:
    """No socket to any other machine, from here on; True where the kernel sees to it, for all programs started too."""
    sys.addaudithook(_refuse_sockets)
    known = _SOCKET.get(platform.machine())
    if sys.platform != "linux" or known is None or _prctl(_NO_NEW_PRIVILEGES, 1) != 0:
        return False
    architecture, number = known
    refuse = _REFUSE | errno.EACCES
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 0, 6, architecture),  # else: refuse
        (_LOAD, 0, 0, _NUMBER),
        (_NOT_BELOW, 4, 0, _OTHER_NUMBERS),
        (_EQUAL, 3, 0, _IO_URING),
        (_EQUAL, 0, 3, number),  # else: allow
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_EQUAL, 1, 0, socket.AF_UNIX),  # LibreOffice talks to itself by one
        (_RETURN, 0, 0, refuse),
        (_RETURN, 0, 0, _ALLOW),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(code)))
    return _prctl(_SECCOMP, _FILTER, ctypes.addressof(program)) == 0


def _prctl(option: int, *arguments: int) -> int:
    if sys.platform != "linux":
        return -1
    numbers = [ctypes.c_ulong(each) for each in (*arguments, 0, 0, 0, 0)[:4]]
    return int(ctypes.CDLL(None, use_errno=True).prctl(option, *numbers))


def _refuse_sockets(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.__new__" and arguments[1] != socket.AF_UNIX:
        raise PermissionError(errno.EACCES, "a file that is read opens no connection")
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        raise PermissionError(errno.EACCES, "a file that is read asks for no address")
