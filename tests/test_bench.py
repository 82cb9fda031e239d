"""Does the bench run? Small, and for whether it measures at all: its figures are for people, never asserted."""

from bench import ledger, searching


def test_the_bench_of_the_ledger_and_of_search_runs(monkeypatch):
    monkeypatch.setattr(ledger, "NUMBER", 5)
    for name, small in (("NUMBER", 60), ("SEARCHES", 20), ("NEWCOMERS", 20)):
        monkeypatch.setattr(searching, name, small)
    figures = [*ledger.figures(), *searching.figures()]
    assert len(figures) == 5
    assert all(figure.ours > 0 and figure.baseline > 0 for figure in figures)
