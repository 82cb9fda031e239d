"""What may a reading process answer? Records of the pipeline and plain values: unpacking runs no code of its choice.

A process that was taken over by the file it reads could send whatever it likes, and a pickle may name any function.
"""

import importlib
import io
import pickle
from typing import Any

_PLAIN = {"datetime": {"date", "datetime", "timedelta", "timezone", "time"}, "collections": {"Counter", "OrderedDict"}}
_PLAIN |= {"builtins": {"set", "frozenset", "bytearray", "complex"}}


class _Careful(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if name in _PLAIN.get(module, ()):
            return super().find_class(module, name)
        found = getattr(importlib.import_module(module), name, None) if module.startswith("pipeline.") else None
        if not isinstance(found, type) or found.__module__ != module:
            raise pickle.UnpicklingError(f"{module}.{name} is nothing that is read out of a file")
        return found


def unpacked(answer: bytes) -> tuple[bool, Any]:
    """(whether the process can go on, what it found). Errors: pickle.UnpicklingError for anything else."""
    try:
        goes_on, result = _Careful(io.BytesIO(answer)).load()
    except pickle.UnpicklingError:
        raise
    except Exception as error:  # a broken pickle raises almost anything
        raise pickle.UnpicklingError(f"{type(error).__name__}: {error}") from error
    return bool(goes_on), result
