"""Where are the facts of the lexicon kept, and how are they read? CSV files in this folder, UTF-8, one header line."""

import csv
from pathlib import Path

_FOLDER = Path(__file__).parent


def rows(table: str) -> list[dict[str, str]]:
    """The rows of `table` (file name without .csv), cells stripped; ValueError if a row has too many or too few."""
    found = []
    with (_FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            if None in row or None in row.values():
                raise ValueError(
                    f"Row {number} of lexicon/tables/{table}.csv does not have as many cells as the header."
                )
            found.append({column: cell.strip() for column, cell in row.items()})
    return found


def words(cell: str) -> tuple[str, ...]:
    """A cell that holds several values, separated by "|"."""
    return tuple(word.strip() for word in cell.split("|") if word.strip())


def worded(cell: str) -> tuple[tuple[str, str], ...]:
    """A cell of names with their language: "en:CMW|fr:Comité des travailleurs migrants"."""
    return tuple((language, name.strip()) for language, _, name in (word.partition(":") for word in words(cell)))
