"""Does the bench run? Small, and for whether it measures at all: its figures are for people, never asserted."""

import random

from bench import ledger, searching
from catalog import Catalog


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


def test_distance_is_levenshteins():
    from bench.reading.compare import distance

    def plainly(one, other):
        row = list(range(len(other) + 1))
        for i, a in enumerate(one, 1):
            before, row[0] = row[0], i
            for j, b in enumerate(other, 1):
                before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
        return row[-1]

    chance = random.Random(6)
    for _ in range(300):
        one, other = ("".join(chance.choices("abc", k=chance.randrange(12))) for _ in range(2))
        assert distance(one, other) == plainly(one, other), (one, other)


def test_the_bench_of_reading_finds_what_was_done_to_a_text():
    from bench.reading.compare import heads_of, score

    words = [f"word{i:03}x" for i in range(200)]
    truth = [" ".join(words)]
    cut = [words[at : at + 40] for at in range(0, 200, 40)]
    pages = [
        f"A/HRC/1/{n}\n" + "\n".join(" ".join(part[i : i + 10]) for i in range(0, 40, 10)) for n, part in enumerate(cut)
    ]
    good = score(pages, truth, heads_of(pages))
    assert (good.characters, good.words, good.order) == (0, 0, 1)  # heads cost nothing where they are taken out
    assert good.raw_words == 5 / 200
    wrong = score([" ".join(["other", *words[1:]])], truth)
    assert wrong.words == 1 / 200
    assert 0 < wrong.characters < 10 / len(truth[0])
    mixed = [" ".join(pair) for pair in zip(words[:100], words[100:], strict=True)]
    columns = score(["\n".join(mixed)], truth)
    assert columns.order == 0 < columns.words
    part = score([" ".join(["before"] * 50 + words + ["after"] * 50)], [" ".join(words)], part=True)
    assert part.words == 0


def test_the_bench_of_reading_runs(tmp_path):
    from bench.reading import agree, costs, needs, stages, table, text, whole
    from bench.reading.truth import Truth
    from tests.pipeline.made import pdf

    said = [f"The Committee met {number} times in this year and heard of it." for number in range(12)]
    path = tmp_path / "made.pdf"
    path.write_bytes(pdf(*said))
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4\nnothing")
    found = text.row(Truth(path, "exact", False, False, True, ("\n".join(said),), (said[3],)), ocr=False)
    assert set(found.scores) == {"ours", *text.candidates.ALONE}
    assert found.scores["ours"].words == 0 and found.passages["ours"] == 1 and not found.behind
    assert "made" in table.text([found]) and "made" not in table.verdict([found])
    assert next(agree.agreements([path])).kept == 1
    assert costs.measure("ours", [path])["pages"] == 1
    assert stages.stages([path, broken])["pages"] == 1
    assert [page for (file, page) in needs.needs() if file == "A_79_876.pdf"] == [2, 3, 4, 5, 6, 7, 8]
    catalog = Catalog(f"sqlite:///{tmp_path}/none.sqlite")
    catalog.migrate()
    files = whole.files_of(catalog, [path])
    assert [file.state for file in files] == ["LOST"]  # what no row speaks of is said to be lost
