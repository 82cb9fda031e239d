"""What does a mail server mean by its answer? Read from the table answers.toml, which a postmaster may edit."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from search.alerts.errors import AlertError

Class = Literal["gone", "full", "refused", "later", "server"]
TABLE = Path(__file__).with_name("answers.toml")
STATUS = re.compile(r"(?<![\w.])([245]\.\d{1,3}\.\d{1,3})(?![\w.])")
CODE = re.compile(r"(?<![\w.-])([45]\d\d)(?=[ -])")
LONGEST = 4000  # characters of an answer that are looked at


def classify(code: int, answer: str) -> Class:
    """Of an answer in SMTP: by its enhanced status, else by its words, else by its code alone."""
    status = status_in(answer)
    if status and status[0] == str(code)[0]:
        return of_status(status)
    by_words = of_words(answer) if 500 <= code < 600 else None
    return by_words or ("refused" if 500 <= code < 600 else "later")


def status_in(text: str) -> str:
    """The first enhanced status in the text (RFC 3463), such as 5.1.1; "" if it has none."""
    found = STATUS.search(text[:LONGEST])
    return found[1] if found else ""


def code_in(text: str) -> int:
    """The first reply code of a failure in the text, such as 550; 0 if it has none."""
    found = CODE.search(text[:LONGEST])
    return int(found[1]) if found else 0


def of_status(status: str) -> Class:
    by_status, _ = _table()
    parts = status.split(".")
    known = (by_status.get(".".join(parts[:size])) for size in range(len(parts), 0, -1))
    return next((each for each in known if each), "later")


def of_words(text: str) -> Class | None:
    text = " ".join(text[:LONGEST].lower().split())
    _, by_words = _table()
    return next((name for name, words in by_words if any(word in text for word in words)), None)


@cache
def _table() -> tuple[dict[str, Class], tuple[tuple[Class, tuple[str, ...]], ...]]:
    """Errors: AlertError if the table cannot be read; better no mail than one that is misunderstood."""
    try:
        table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
        by_status: dict[str, Class] = dict(table["status"])
        by_words = tuple((each["class"], tuple(each["any"])) for each in table["words"])
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise AlertError(f"{TABLE.name} cannot be read: {error}") from error
    unknown = {*by_status.values(), *(name for name, _ in by_words)} - {*get_args(Class)}
    if unknown:
        raise AlertError(f"{TABLE.name} has classes that do not exist: {', '.join(sorted(map(str, unknown)))}")
    return by_status, by_words
