"""What is done about alerts beside matching and mailing? Plain functions, as in steps.py."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from flows.house import House
from flows.progress import watch
from flows.steps import recorded

if TYPE_CHECKING:
    from search.alerts.matching.audit import AuditReport


def audit(house: House, since: datetime | None = None) -> "AuditReport":
    """Runs every saved search as an ordinary query and writes what was missed; the run row has the counts."""
    from search.alerts.matching.audit import audit as hold_against

    with recorded(house, "audit") as counts, watch("audit"):
        report = hold_against(house.catalog, house.engine, house.now(), since)
        counts.update(asdict(report))
    return report
