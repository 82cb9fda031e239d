"""Is nothing sent where it is not wanted, and is nobody's address kept for it?"""

import sqlalchemy as sa

from catalog.tables import suppressions
from search.alerts.post.suppression import (
    COMPLAINT,
    HARD,
    count_suppressed,
    is_suppressed,
    lift,
    suppress,
    why_suppressed,
)
from tests.search.alerts.postoffice import NOW

SECRET = "a secret for tests, long enough"


def test_suppressing_and_lifting_without_keeping_the_address(any_catalog):
    with any_catalog.write() as connection:
        said = "550 5.1.1 <Ana@example.net>: no mailbox <ana> here, ANA@example.net is gone"
        suppress(connection, SECRET, "ana@example.net", HARD, said, now=NOW)
        suppress(connection, SECRET, "ben@example.net", HARD, "first", now=NOW)
        suppress(connection, SECRET, "ben@example.net", HARD, "second", now=NOW)
    with any_catalog.write() as connection:
        assert is_suppressed(connection, SECRET, "Ana@Example.net")
        assert not is_suppressed(connection, "another secret of a house", "ana@example.net")
        assert not is_suppressed(connection, SECRET, "anna@example.net")
        assert count_suppressed(connection) == {HARD: 2}
        rows = connection.execute(sa.select(suppressions)).all()
        assert "ana" not in str(rows).lower().replace("a secret", "")
        assert {row.detail for row in rows} >= {"first"}
        assert lift(connection, SECRET, "ana@example.net") and not lift(connection, SECRET, "ana@example.net")
        assert not is_suppressed(connection, SECRET, "ana@example.net")


def test_a_complaint_outweighs_a_bounce_and_not_the_other_way_round(any_catalog):
    for reason in (HARD, COMPLAINT, HARD):
        with any_catalog.write() as connection:
            suppress(connection, SECRET, "ana@example.net", reason, reason, now=NOW)
    with any_catalog.read() as connection:
        assert why_suppressed(connection, SECRET, "ana@example.net") == COMPLAINT
