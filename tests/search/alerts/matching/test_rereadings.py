"""What a re-reading changes of mailed passages: told if the words differ, and in bulk only when a person says so."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from catalog.tables import holds, outbox
from search.alerts.desk import desk
from search.alerts.mails.notices import make_corrections
from search.alerts.matching.corrections import find_corrections
from search.alerts.matching.floods import list_holds, release, thresholds
from tests.search.alerts.letters import LETTERHEAD, LINKS
from tests.search.alerts.matching.test_corrections import FEES, OTHER, Press

MISREAD = FEES.replace("employer", "cmploycr")


@pytest.fixture
def press(catalog):
    return Press(catalog)


def publish(press, count):
    """So many works, in each of which Ana was mailed a passage that was misread."""
    symbols = [f"A/HRC/59/{at}" for at in range(1, count + 1)]
    hashes = [press.publish(symbol, MISREAD, OTHER) for symbol in symbols]
    for at, sha256 in enumerate(hashes):
        press.mail(f"ana{at}@example.net", sha256, MISREAD)
    find_corrections(press.catalog)
    return list(zip(hashes, symbols, strict=True))


def mails(catalog):
    make_corrections(catalog, datetime.now(UTC), LINKS, LETTERHEAD)
    with catalog.read() as connection:
        return connection.execute(sa.select(sa.func.count()).where(outbox.c.kind == "changed")).scalar_one()


@pytest.mark.parametrize(
    "before",
    [FEES.replace("employer", "em- ployer"), FEES.replace("employer", "employer3"), f"“{FEES}”", FEES.upper()],
)
def test_a_passage_that_is_only_set_otherwise_is_not_told(press, before):
    sha256 = press.publish("A/HRC/59/49", before, OTHER)
    press.mail("ana@example.net", sha256, before)
    press.read_anew(sha256, FEES, OTHER)
    assert find_corrections(press.catalog) == 0


def test_a_few_are_told_as_always(press):
    for sha256, symbol in publish(press, 2):
        press.read_anew(sha256, FEES, OTHER, symbol=symbol)
    assert find_corrections(press.catalog) == 2
    assert mails(press.catalog) == 2
    assert list_holds(press.catalog) == ()


@pytest.mark.parametrize("send", [True, False])
def test_many_wait_in_one_line_until_a_person_lets_them_go(press, send):
    count = thresholds().corrections + 3
    works = publish(press, count)
    for sha256, symbol in works[:5]:
        press.read_anew(sha256, FEES, OTHER, symbol=symbol)
    find_corrections(press.catalog)  # a round in between that mails nothing yet
    for sha256, symbol in works[5:]:
        press.read_anew(sha256, FEES, OTHER, symbol=symbol)
    assert find_corrections(press.catalog) == count - 5
    assert mails(press.catalog) == 0
    (hold,) = desk(press.catalog, datetime.now(UTC)).holds
    assert (hold.works, hold.corrections, hold.members, hold.state) == (count, count, count, "held")
    release(press.catalog, hold.id, send, datetime.now(UTC))
    assert mails(press.catalog) == (count if send else 0)


def test_what_still_comes_after_the_release_goes_out_too(press):
    count = thresholds().corrections + 1
    works = publish(press, count + 1)
    for sha256, symbol in works[:count]:
        press.read_anew(sha256, FEES, OTHER, symbol=symbol)
    find_corrections(press.catalog)
    release(press.catalog, list_holds(press.catalog)[0].id, True, datetime.now(UTC))
    press.read_anew(works[-1][0], FEES, OTHER, symbol=works[-1][1])
    find_corrections(press.catalog)
    assert mails(press.catalog) == count + 1


def test_what_publishers_change_in_bulk_is_not_held(press):
    count = thresholds().corrections + 1
    for _, symbol in publish(press, count):
        press.publish(symbol, FEES, OTHER, bytes_="new")
    assert find_corrections(press.catalog) == count
    assert mails(press.catalog) == count


def test_one_run_later_than_a_day_is_another(press):
    count = thresholds().corrections + 1
    works = publish(press, 2 * count)
    for sha256, symbol in works[:count]:
        press.read_anew(sha256, FEES, OTHER, symbol=symbol)
    find_corrections(press.catalog)
    release(press.catalog, 1, True, datetime.now(UTC) - timedelta(days=2))
    for sha256, symbol in works[count:]:
        press.read_anew(sha256, FEES, OTHER, symbol=symbol)
    find_corrections(press.catalog)
    with press.catalog.read() as connection:
        assert connection.execute(sa.select(holds.c.state).order_by(holds.c.id)).scalars().all() == ["released", "held"]
