"""Which parts of two long lists differ? Found in time that grows with their length, however alike or unlike they are.

What stands once in both is what they are aligned by, in the longest order common to both; what is left between two
such places is compared with care where it is small, and else differs as a whole.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher

LONGEST = 2000  # that are compared with care
PAIRS = 20_000  # equal ones in such a part: what the care costs
DEEPEST = 12

Block = tuple[int, int, int, int]  # in the old list from and to, in the new list from and to


def differing(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Block]:
    """The parts that differ, in order; all that is between them is equal."""
    return list(_within(old, new, (0, len(old), 0, len(new)), 0))


def _within(old: Sequence[Hashable], new: Sequence[Hashable], block: Block, depth: int) -> Iterator[Block]:
    a, b, c, d = block
    while a < b and c < d and old[a] == new[c]:
        a, c = a + 1, c + 1
    while a < b and c < d and old[b - 1] == new[d - 1]:
        b, d = b - 1, d - 1
    if a == b and c == d:
        return
    if a == b or c == d or depth > DEEPEST:
        yield a, b, c, d
        return
    places = _in_order(old, new, (a, b, c, d))
    if not places:
        yield from _with_care(old, new, (a, b, c, d))
        return
    for i, j in [*places, (b, d)]:
        yield from _within(old, new, (a, i, c, j), depth + 1)
        a, c = i + 1, j + 1


def _in_order(old: Sequence[Hashable], new: Sequence[Hashable], block: Block) -> list[tuple[int, int]]:
    """Places of what stands once in both, as many as are in the same order."""
    a, b, c, d = block
    there, here = Counter(old[a:b]), Counter(new[c:d])
    at = {old[i]: i for i in range(a, b) if there[old[i]] == 1}
    pairs = [(at[new[j]], j) for j in range(c, d) if here[new[j]] == 1 and new[j] in at]
    lowest: list[int] = []  # the least end of a row of each length
    ends: list[int] = []
    before: list[int] = []
    for number, (i, _) in enumerate(pairs):
        length = bisect_left(lowest, i)
        before.append(ends[length - 1] if length else -1)
        if length == len(lowest):
            lowest.append(i)
            ends.append(number)
        else:
            lowest[length], ends[length] = i, number
    row, number = [], ends[-1] if ends else -1
    while number >= 0:
        row.append(pairs[number])
        number = before[number]
    return row[::-1]


def _with_care(old: Sequence[Hashable], new: Sequence[Hashable], block: Block) -> Iterator[Block]:
    a, b, c, d = block
    there, here = Counter(old[a:b]), Counter(new[c:d])
    cost = sum(number * here[each] for each, number in there.items())
    if b - a > LONGEST or d - c > LONGEST or cost > PAIRS:
        yield block
        return
    for tag, i, j, k, m in SequenceMatcher(None, old[a:b], new[c:d], autojunk=False).get_opcodes():
        if tag != "equal":
            yield a + i, a + j, c + k, c + m
