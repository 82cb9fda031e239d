"""When does the work run, and where does one see that it did? The plain steps, dressed as Prefect flows.

Tasks are coarse, a batch and not a document: thousands of them would stall the next flow. This is the only
module that imports Prefect, and it must find the address of its server in the environment (orchestrator.py).
"""

from dataclasses import asdict
from typing import Any

from prefect import flow, serve, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from catalog import ForumwatchError
from flows import steps, steps_alerts
from flows.house import House
from flows.settings import Settings, read_settings


def _may_pass(_task: Any, _run: Any, state: Any) -> bool:
    """A source that broke its promise is told of at once; an error that is not ours (disk, lock) may pass."""
    return not isinstance(state.result(raise_on_failure=False), ForumwatchError)


patient = task(retries=2, retry_delay_seconds=[10, 120], retry_condition_fn=_may_pass)


@patient
def crawl(source: str) -> dict[str, Any]:
    return steps.crawl_source(House(read_settings()), source)


@patient
def read() -> dict[str, int]:
    return asdict(steps.read(House(read_settings())))


@patient
def pictures() -> dict[str, Any]:
    return asdict(steps.pictures(House(read_settings())))


@patient
def index() -> int:
    return steps.index(House(read_settings()))


@patient
def meaning() -> int | None:
    return steps.meaning(House(read_settings()))


@patient
def match() -> int:
    return steps.match(House(read_settings()))


@patient
def tell() -> dict[str, int]:
    return asdict(steps.webhooks(House(read_settings())))


@patient
def check() -> dict[str, int]:
    return steps.check(House(read_settings())).counts


@patient
def send(period: str | None, make: bool = True) -> dict[str, Any]:
    report = steps_alerts.mail(House(read_settings()), period, make=make)
    return asdict(report) if report else {"waiting": "no mail relay is set: mails wait in the outbox"}


@patient
def audit() -> dict[str, int]:
    return asdict(steps_alerts.audit(House(read_settings())))


@patient
def corrections() -> int:
    return steps_alerts.find_corrections(House(read_settings()))


@patient
def bounces() -> dict[str, int]:
    report = steps_alerts.bounces(House(read_settings()))
    return asdict(report) if report else {}


# In this order; each begins with what is in the catalog, so that a search cluster that is down keeps no mail back.
STEPS: dict[str, Any] = {
    "read": read,
    "works indexed": index,
    "new matches": match,
    "corrections": corrections,
    "webhooks": tell,
    "works given their meaning": meaning,
}


@flow(name="forumwatch-daily", log_prints=False)
def daily(sources: list[str] | None = None) -> None:
    """Crawls the sources that are due (or those named), then reads, indexes and matches whatever came.

    A source or a step that fails stops no other; the run then ends as failed and says which.
    """
    house = House(read_settings())
    names = [info.name for info in steps.due_sources(house)] if sources is None else sources
    failures: list[str] = []
    outcome: dict[str, Any] = {}
    for name in names:
        state = crawl.with_options(task_run_name=f"crawl {name}")(name, return_state=True)
        if state.is_failed():
            failures.append(str(state.result(raise_on_failure=False)))
    _take(STEPS, outcome, failures)
    _take_pictures(outcome, failures)
    _report(house, outcome, failures)
    if failures:
        raise steps.StepFailed("; ".join(failures))


def _take(wanted: dict[str, Any], outcome: dict[str, Any], failures: list[str]) -> None:
    """Step by step; one that fails stops no other."""
    for what, step in wanted.items():
        state = step(return_state=True)
        done = state.result(raise_on_failure=False)
        if state.is_completed():
            outcome[what] = done
        else:
            failures.append(f"{what}: {done}")


def _take_pictures(outcome: dict[str, Any], failures: list[str]) -> None:
    """OCR, when nothing else is left to do; then what follows from it, if anything came of it."""
    _take({"pictures read": pictures}, outcome, failures)
    if outcome.get("pictures read", {}).get("files"):
        late: dict[str, Any] = {}
        _take({what: step for what, step in STEPS.items() if step is not read}, late, failures)
        outcome |= {f"{what}, after OCR": done for what, done in late.items()}


@flow(name="forumwatch-pictures", log_prints=False)
def seeing() -> None:
    """Reads pages that wait for OCR, for as long as one run may take; indexes and matches what came of it."""
    outcome: dict[str, Any] = {}
    failures: list[str] = []
    _take_pictures(outcome, failures)
    create_markdown_artifact(key="pictures", markdown="\n".join(f"- {name}: {what}" for name, what in outcome.items()))
    if failures:
        raise steps.StepFailed("; ".join(failures))


@flow(name="forumwatch-mail", log_prints=False)
def mail(period: str | None = None) -> None:
    """Reads what came back, matches what is new, makes the mails that are due, once, and sends what waits.

    While matching fails no digest is made, since it would say that nothing came; all else goes, alarms too.
    """
    bounces(return_state=True)  # first: nothing goes where it does not arrive; a mailbox that is away stops no mail
    matched = match(return_state=True)
    sent = send(period, matched.is_completed())
    create_markdown_artifact(key="mail", markdown="\n".join(f"- {name}: {what}" for name, what in sent.items()))
    matched.result()  # the run fails, and says why


@flow(name="forumwatch-webhooks", log_prints=False)
def webhooks() -> None:
    """Tells webhooks again that could not be told: more often than there is news."""
    tell()


@flow(name="forumwatch-check", log_prints=False)
def nightly() -> None:
    """Holds the index against the catalog, then the matches against the index; fails if the index still differs."""
    state = check(return_state=True)
    forgotten = steps_alerts.forget(House(read_settings()))  # whatever becomes of the audit
    audited = audit()  # also where works differ that could not be mended
    audited["never confirmed, erased"] = forgotten
    counts = state.result()
    lines = [f"- {name}: {count}" for name, count in counts.items()]
    lines += [f"- audit, {name}: {count}" for name, count in audited.items()]
    create_markdown_artifact(key="check", markdown="\n".join(lines))


def _report(house: House, outcome: dict[str, Any], failures: list[str]) -> None:
    create_table_artifact(
        key="sources", table=[asdict(line) for line in steps.summary(house)], description="How each source stands"
    )
    lines = [f"- {name}: {what}" for name, what in outcome.items()] + [f"- FAILED {failure}" for failure in failures]
    create_markdown_artifact(key="day", markdown="\n".join(lines))


def serve_schedules(settings: Settings) -> None:
    """Registers the flows with their schedules at the server and runs them as they fire, until stopped."""
    times = (
        (daily, "daily", settings.crawl_cron),
        (seeing, "pictures", settings.pictures_cron),
        (mail, "mail", settings.mail_cron),
        (nightly, "nightly", settings.check_cron),
        (webhooks, "webhooks", settings.webhook_cron),
    )
    deployments = [
        RunnerDeployment.from_flow(
            flow,
            name=name,
            schedule=Cron(cron, timezone=settings.timezone),
            entrypoint_type=EntrypointType.MODULE_PATH,  # works from any folder
        )
        for flow, name, cron in times
    ]
    serve(*deployments, pause_on_shutdown=False)
