"""What does a reader see of what meaning found? The passages that are alike, each with how alike it is.

A passage that holds the words as well keeps its marks and is told its similarity. One that does not has no marks, for
all that stands in it by chance is "the" and "of". Of a work those in the reader's language come first, as everywhere.
"""

from collections.abc import Sequence
from dataclasses import replace

from catalog import Catalog
from search.engines.engine import ParagraphAnswer
from search.hits import PASSAGES, passages_at
from search.meaning.fuse import Fused
from search.meaning.vectors import Near
from search.query.tree import Node
from search.results import Hit, Passage

LOOKED_AT = 12  # of the passages of one work, the nearest


def show_alike(
    catalog: Catalog, tree: Node, hits: Sequence[Hit], fused: Fused, language: str | None
) -> tuple[Hit, ...]:
    """The hits with the passages that are alike; a hit that is a paragraph is told only how alike it is itself."""
    by_paragraph = isinstance(fused.answer, ParagraphAnswer)
    wanted = {hit.work_id: fused.near.get(hit.work_id, ()) for hit in hits}
    if not by_paragraph:
        wanted = {work: near[:LOOKED_AT] for work, near in wanted.items()}
    found = passages_at(catalog, tree, [(work, each.at) for work, near in wanted.items() for each in near])
    alike: dict[int, list[Passage]] = {}
    for work, near in wanted.items():
        alike[work] = [_alike(found[each.at], each, fused) for each in near if each.at in found]
    if by_paragraph:
        return tuple(replace(hit, passages=_itself(hit.passages, alike[hit.work_id])) for hit in hits)
    return tuple(
        replace(
            hit,
            # of a work that does not answer by its words, those that it happens to have show nothing
            passages=_together(hit.passages if hit.work_id in fused.by_words else (), alike[hit.work_id], language),
        )
        for hit in hits
    )


def _alike(passage: Passage, near: Near, fused: Fused) -> Passage:
    marks = passage.marks if (near.work, near.at) in fused.by_words else ()
    return replace(passage, similarity=round(near.similarity, 3), marks=marks)


def _itself(passages: Sequence[Passage], alike: Sequence[Passage]) -> tuple[Passage, ...]:
    known = {_place(each): each for each in alike}
    return tuple(known.get(_place(each), each) for each in passages)


def _together(passages: Sequence[Passage], alike: Sequence[Passage], language: str | None) -> tuple[Passage, ...]:
    """At most PASSAGES, at least one of which is alike if any is."""
    own = [each for each in alike if language and each.language == language]
    similar = {_place(each): each.similarity for each in alike}
    told = tuple(replace(each, similarity=similar.get(_place(each))) for each in passages)
    places = {_place(each) for each in told}
    more = [each for each in own or alike if _place(each) not in places]
    kept = told[: PASSAGES - 1] if more and not any(each.similarity for each in told) else told
    return (*kept, *more[: PASSAGES - len(kept)])


def _place(passage: Passage) -> tuple[str, int]:
    return passage.sha256, passage.ordinal
