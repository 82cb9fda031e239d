"""Does the bench run? Small, and for whether it measures at all: its figures are for people, never asserted."""

from bench import ledger, searching


def test_the_bench_of_the_ledger_and_of_search_runs(monkeypatch):
    monkeypatch.setattr(ledger, "NUMBER", 5)
    for name, small in (("NUMBER", 60), ("SEARCHES", 20), ("NEWCOMERS", 20)):
        monkeypatch.setattr(searching, name, small)
    figures = [*ledger.figures(), *searching.figures()]
    assert len(figures) == 5
    assert all(figure.ours > 0 and figure.baseline > 0 for figure in figures)


def test_the_bench_of_search_asks_the_same_of_all(tmp_path):
    from bench.search import table
    from bench.search.child import measure
    from bench.search.corpus import Corpus
    from bench.search.generated import generated

    corpus = Corpus(tmp_path / "corpus").keep(generated(120))
    rows = [measure(name, corpus.folder, str(tmp_path / name)) for name in ("tantivy", "raw", "one", "fts5")]
    assert [row["works"] for row in rows] == [120] * 4
    assert all(row["found"] > 0 and row["seconds"] > 0 and row["bytes"] > 0 for row in rows)
    shown = table.table("A few", rows)
    assert all(str(row["name"]) in shown for row in rows)
