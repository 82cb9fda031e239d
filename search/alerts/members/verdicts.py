"""What is said of a search before it is saved? Each verdict by a code, with its rank, in the reader's language."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from search.alerts.wording import Wording
from search.results import Complaint

REFUSES, WARNS = "refuses", "warns"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`refuses`: it can never match, and is not saved; `warns`: it can. `start` and `end` are offsets in the query."""

    code: str
    rank: str
    message: str
    start: int = 0
    end: int = 0

    @property
    def refuses(self) -> bool:
        return self.rank == REFUSES


def verdict(code: str, language: str = "en", /, **what: object) -> Verdict:
    """The verdict of that code; `what` is put into its sentence."""
    row, w = _table()[code], Wording(language)
    return Verdict(code, str(row["rank"]), w(str(row["says"]), **what))


def of_complaint(complaint: Complaint, fatal: bool) -> Verdict:
    """What the parser said, as a verdict; `fatal`: nothing is left of the query that could match."""
    refuses = fatal and complaint.code in _table()["ranks"]["fatal"]
    message = complaint.message[:1].upper() + complaint.message[1:] + ("" if complaint.message.endswith("?") else ".")
    return Verdict(complaint.code, REFUSES if refuses else WARNS, message, complaint.start, complaint.end)


def scripts() -> Mapping[str, Sequence[str]]:
    """Per language how Unicode names the letters of its script."""
    table: Mapping[str, Sequence[str]] = _table()["scripts"]
    return table


def sentences() -> Mapping[str, str]:
    """Every code of ours with its English sentence, the key of the catalogs."""
    return {code: row["says"] for code, row in _table().items() if "says" in row}


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("search.alerts.members").joinpath("verdicts.toml").read_text(encoding="utf-8"))
