"""Which mails are due now? News at once, the digests whose morning has come, corrections, and notices. Rows only.

Every kind is safe to be made twice, by two processes, and after a kill: a mail and what it tells of are marked in
one transaction, under a key that the database holds unique.
"""

from datetime import datetime

from sqlalchemy.engine import Connection

from catalog import Catalog
from search.alerts.links import Letterhead, Links
from search.alerts.mails.digests import make_due_digests
from search.alerts.mails.making import Frame, Maker, alone, keep, name_of
from search.alerts.mails.notices import make_corrections, make_notices
from search.alerts.mails.periods import AT_ONCE
from search.alerts.mails.spool import Made
from search.alerts.mails.untold import Member, mark_sent, untold

CHUNK = 200  # mails at once that are set together


def make_due(catalog: Catalog, now: datetime, links: Links, letterhead: Letterhead | None = None) -> int:
    """Puts every mail that is due into the outbox, once; returns how many.

    News at once comes first, so that the digests of the same morning do not tell it again.
    """
    head = letterhead or Letterhead()
    made = make_at_once(catalog, now, links, head)
    made += make_due_digests(catalog, now, links, head)
    made += make_corrections(catalog, now, links, head)
    return made + make_notices(catalog, now, links, head)


def make_at_once(catalog: Catalog, now: datetime, links: Links, letterhead: Letterhead) -> int:
    """One mail for each member whose searches "at once" have found something; named by the newest change in it."""
    maker = Maker(catalog, links, letterhead, now)
    with catalog.read() as connection:
        waiting = untold(connection, AT_ONCE)
    chunks = (waiting[start : start + CHUNK] for start in range(0, len(waiting), CHUNK))
    return sum(_make_some(catalog, chunk, now, maker) for chunk in chunks)


def _make_some(catalog: Catalog, members: list[Member], now: datetime, maker: Maker) -> int:
    beforehand = _set(catalog, members, now, maker)
    known = {member.subscriber_id for member in members}
    with catalog.write() as connection:
        alone(connection)
        still = untold(connection, AT_ONCE, only=known)
        changed = [member for member in still if member not in beforehand]
        beforehand |= _set(catalog, changed, now, maker)
        made = 0
        for member in still:
            mark_sent(connection, member)
            if member.matches:
                frame, mail = beforehand[member]
                keep(connection, member, frame, now, mail)
                made += 1
    return made


def _set(catalog: Catalog, members: list[Member], now: datetime, maker: Maker) -> dict[Member, tuple[Frame, Made]]:
    telling = [member for member in members if member.matches]
    with catalog.read() as connection:
        frames = [Frame.on(AT_ONCE, _name(connection, member), now, member.zone) for member in telling]
    return dict(zip(telling, zip(frames, maker.mails(telling, frames), strict=True), strict=True))


def _name(connection: Connection, member: Member) -> str:
    """c123, after the newest change that it tells of."""
    newest = max(member.matches, key=lambda match: (match.seq, match.match_id))
    return name_of(connection, member.subscriber_id, AT_ONCE, f"c{newest.seq}", newest.match_id)
