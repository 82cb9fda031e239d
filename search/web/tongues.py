"""In which language does a page about a person speak? Their own if we know it, else the one their browser asks for.

A page may not run scripts here, and so a time zone too is guessed from what the browser asks for, not asked of it.
"""

from fastapi import Request

from search.alerts.wording import LANGUAGES, Wording

NAMES = {"en": "English", "fr": "Français", "es": "Español"}
CHOICE = "hl"  # the parameter by which a reader chooses; `language` is a filter of the search


def of_reader(request: Request, chosen: str = "") -> Wording:
    """By choice, or by Accept-Language (RFC 9110, 12.5.4); English where neither is one of ours."""
    chosen = chosen or request.query_params.get(CHOICE, "")
    if chosen in LANGUAGES:
        return Wording(chosen)
    wanted = (tag.lower().partition("-")[0] for tag in _wishes(request))
    return Wording(next((language for language in wanted if language in LANGUAGES), "en"))


def zone_of_reader(request: Request) -> str:
    """A guess, by the country in what the browser asks for (es-PE: Lima); UTC where it has several, or none."""
    from babel.core import get_global

    zones = get_global("territory_zones")
    for tag in _wishes(request):
        country = tag.partition("-")[2].upper()
        if len(country) == 2 and len(zones.get(country, ())) == 1:
            return str(zones[country][0])
    return "UTC"


def _wishes(request: Request) -> list[str]:
    """The language tags of Accept-Language, the most wanted first."""
    wishes = []
    for place, part in enumerate(request.headers.get("accept-language", "")[:500].split(",")):
        tag, _, weight = part.partition(";")
        wishes.append((-_weight(weight), place, tag.strip()))
    return [tag for weight, _, tag in sorted(wishes) if weight < 0]


def _weight(text: str) -> float:
    try:
        return min(1.0, float(text.strip().removeprefix("q="))) if text.strip() else 1.0
    except ValueError:
        return 0.0
