"""What is one generation of a Tantivy index? Two indexes that belong together: works, and their passages."""

import threading
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Order, Query

from search.engines.schema import passages_schema, register_chains, works_schema
from search.errors import IndexUnavailable

NOBODY = 0  # no work has this number


class Generation:
    """The works and passages of one generation, on disk or (without paths) in memory."""

    def __init__(self, name: str | None, works: Path | None = None, passages: Path | None = None) -> None:
        self.name = name
        self._paths = [path / "meta.json" for path in (works, passages) if path]
        self._seen: list[int] = []
        self._lock = threading.Lock()
        self.works_schema, self.passages_schema = works_schema(), passages_schema()
        self.works = _open(self.works_schema, works)
        self.passages = _open(self.passages_schema, passages)
        self._writers: tuple[Any, Any] | None = None
        self._greatest = -1

    def writers(self, heap: int) -> tuple[Any, Any]:
        """The writers of both indexes, opened at the first call; `heap` bytes each."""
        if self._writers is None:
            try:
                writers = (self.works.writer(heap, 1), self.passages.writer(heap, 1))
                for writer in writers:
                    # a commit that was killed may have left a list of deletions, which the next one, having come as
                    # far, would be refused to write
                    writer.garbage_collect_files()
                # Tantivy gives the first operation the number of the last commit, and a merge that begins before the
                # next commit may then take it for done: what is deleted first deletes nothing.
                writers[0].delete_documents_by_term("id", NOBODY)
                writers[1].delete_documents_by_term("work", NOBODY)
                self._greatest = max(_greatest(self.works, "id"), _greatest(self.passages, "work"))
                self._writers = writers
            except ValueError as error:
                raise IndexUnavailable("the index cannot be written", str(error)) from error
        return self._writers

    def may_hold(self, work: int) -> bool:
        """Whether a work that is about to be added may be there already: to replace one that is not costs much.

        None is that has a greater number than all that were ever there; to be asked after `writers`.
        """
        known = work <= self._greatest
        self._greatest = max(self._greatest, work)
        return known

    def commit(self) -> None:
        """Passages first: a work that is found has its passages. What a crash leaves half done is done again."""
        if self._writers:
            works, passages = self._writers
            passages.commit()
            works.commit()
            self.reload()

    def close(self) -> None:
        """Gives the writers back, after their merges; what was not committed is lost.

        No rollback before: it would leave merges behind that write on when another process has the right to.
        """
        if self._writers:
            writers, self._writers = self._writers, None
            for writer in writers:
                writer.wait_merging_threads()

    def reload(self) -> None:
        self.works.reload()
        self.passages.reload()

    def refresh(self) -> None:
        """Sees what another process has committed since."""
        stamps = [path.stat().st_mtime_ns for path in self._paths]
        if stamps != self._seen:
            with self._lock:
                self.reload()
                self._seen = stamps


def _open(schema: tantivy.Schema, path: Path | None) -> tantivy.Index:
    try:
        index = tantivy.Index(schema, str(path) if path else None, reuse=True)
    except (ValueError, OSError) as error:
        raise IndexUnavailable(detail=f"{path} cannot be opened: {error}") from error
    index.config_reader("manual")
    register_chains(index)
    return index


def _greatest(index: tantivy.Index, field: str) -> int:
    """The greatest number in a column; -1 of nothing."""
    hits = index.searcher().search(Query.all_query(), 1, count=False, order_by_field=field, order=Order.Desc).hits
    return int(hits[0][0]) if hits else -1
