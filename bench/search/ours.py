"""How does Forumwatch do? Through the protocol of engines: embedded, or in a cluster."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.search.candidate import HITS, PASSAGES
from bench.search.corpus import Texts
from bench.search.mix import Asked
from search import open_engine
from search.engines import Cluster, Engine
from search.engines.engine import IndexedWork, Question
from search.fields import FACETS
from search.marks import marks


class Ours:
    """An engine as the searcher uses it: a page of works, all facets, passages with marks."""

    def __init__(self, engine: Engine, texts: Texts, unit: str = "works") -> None:
        self.engine, self.texts, self.unit = engine, texts, unit
        self._writing = ExitStack()
        self._target = self._writing.enter_context(engine.writing(engine.shape(), afresh=True))

    def index(self, works: Sequence[IndexedWork]) -> None:
        self.engine.add(works)

    def commit(self) -> None:
        self.engine.commit()
        self._target.publish()
        self._writing.close()

    def prepare(self, asked: Asked) -> Question:
        return Question(asked.tree, asked.filters, FACETS, asked.sort, HITS)

    def answer(self, question: Question) -> int:
        if self.unit == "paragraphs":
            found = self.engine.ask_paragraphs(question)
            self._mark(question, [at for _, at in found.paragraphs])
            return found.total
        answer = self.engine.ask(question)
        passages = self.engine.passages(question.tree, answer.works, "en", PASSAGES)
        self._mark(question, [at for work in answer.works for at in passages[work]])
        return answer.total

    def _mark(self, question: Question, addresses: Sequence[object]) -> None:
        for language, text in self.texts.at(addresses):  # type: ignore[arg-type]
            marks(question.tree, text, language)

    def memory(self) -> int:
        return 0


class Embedded(Ours):
    name = "Forumwatch on Tantivy"

    def __init__(self, folder: Path, texts: Texts) -> None:
        self.folder = folder
        super().__init__(open_engine(folder), texts)

    def bytes(self) -> int:
        return size_of(self.folder)


class Clustered(Ours):
    name = "Forumwatch on Elasticsearch"

    def __init__(self, url: str, texts: Texts) -> None:
        self.cluster = Cluster(url, prefix="forumwatch-bench", seconds=120)
        self.forget()
        super().__init__(open_engine(self.cluster), texts)

    def commit(self) -> None:
        super().commit()
        self.cluster.client.options(request_timeout=600).indices.refresh(index=self.cluster.prefix + "-*")

    def bytes(self) -> int:
        stats = self.cluster.client.indices.stats(index=self.cluster.prefix + "-*", metric="store")
        return int(stats["_all"]["primaries"]["store"]["size_in_bytes"])

    def memory(self) -> int:
        """What the server's machine reserves: the heap and what Java holds beside it."""
        nodes = self.cluster.client.nodes.stats(metric="jvm")["nodes"]
        used = [node["jvm"]["mem"] for node in nodes.values()]
        return sum(int(mem["heap_committed_in_bytes"]) + int(mem["non_heap_committed_in_bytes"]) for mem in used)

    def forget(self) -> None:
        client, own = self.cluster.client, self.cluster.prefix + "-*"
        client.indices.delete(index=own, expand_wildcards="all")
        client.options(ignore_status=404).indices.delete_index_template(name=own)


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
