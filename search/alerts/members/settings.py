"""How does a member want to be written to? Language, time zone, and what kind of mails; checked, and as it is kept."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from search.alerts.errors import Refused, w

LANGUAGES = ("en", "fr", "es")
_REGIONS = frozenset(
    ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
)


@dataclass(frozen=True, slots=True)
class MailSettings:
    """`heartbeat`: a weekly mail also when nothing matched; `safe`: mails name nothing in subject and sender."""

    language: str = "en"
    timezone: str = "UTC"
    heartbeat: bool = False
    safe: bool = False

    def row(self) -> dict[str, Any]:
        """As columns of subscribers. Raises Refused."""
        if self.language not in LANGUAGES:
            raise Refused(
                w("mails are written in {these}, not in “{this}”"), these=", ".join(LANGUAGES), this=self.language[:20]
            )
        if self.timezone not in zones():
            raise Refused(
                w("there is no time zone “{this}”; one is called Europe/Zurich, another UTC"), this=self.timezone[:40]
            )
        wishes = {"heartbeat": bool(self.heartbeat), "safe": bool(self.safe)}
        return {"language": self.language, "timezone": self.timezone, **wishes}


@cache
def zones() -> tuple[str, ...]:
    """The IANA time zones that stand for places, and UTC; in the order of their names."""
    places = (zone for zone in available_timezones() if "/" in zone and zone.split("/")[0] in _REGIONS)
    return ("UTC", *sorted(places))
