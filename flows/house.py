"""Which parts make a running Forumwatch? The only place that builds them from the settings."""

import fcntl
import os
import secrets
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, OperationalError

from catalog import Catalog, CatalogError
from catalog.tables import captures
from crawlers import BY_HAND, Archive, Manners, SourceInfo, register_sources, sources
from flows.settings import Settings, SettingsError
from pipeline import Limits
from search.alerts import Letterhead, Links, Office, Smtp

if TYPE_CHECKING:
    from fastapi import FastAPI

    from search import Searcher
    from search.engines import Cluster, Engine
    from search.meaning import Meaning
    from search.webhooks.sending import Sender


NOTICES = {
    "en": "These documents are a replica made by Forumwatch for demonstration, not publications of these bodies.",
    "fr": "Ces documents sont une réplique faite par Forumwatch à des fins de démonstration ; ces organes ne les "
    "ont pas publiés.",
    "es": "Estos documentos son una réplica hecha por Forumwatch con fines de demostración; no los publicaron estos "
    "órganos.",
}


class House:
    """The rooms, furnished: everything a step, a page or a command needs. Parts are made when first asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def home(self) -> Path:
        """Errors: SettingsError where it cannot be made."""
        try:
            self.settings.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"FORUMWATCH_HOME, {self.settings.home}, cannot be used: {error.strerror}") from error
        return self.settings.home

    @cached_property
    def catalog(self) -> Catalog:
        """Migrated. Errors: CatalogError where the database does not answer."""
        catalog = Catalog(self.settings.catalog or f"sqlite:///{self.home / 'catalog.sqlite'}")
        try:
            catalog.migrate()
        except (OperationalError, DatabaseError) as error:
            raise CatalogError(f"the catalog does not open: {str(error.orig).strip().splitlines()[0]}") from error
        return catalog

    @cached_property
    def sources(self) -> dict[str, SourceInfo]:
        """Every source that is declared, each with its row in the catalog, looked at or not."""
        register_sources(self.catalog)
        return sources()

    @cached_property
    def archive(self) -> Archive:
        return Archive(self.home / "archive")

    @cached_property
    def engine(self) -> "Engine":
        from search import open_engine

        return open_engine(self.cluster or self.home / "index")

    @cached_property
    def cluster(self) -> "Cluster | None":
        """Where search lives outside this machine; None where it lives in the home folder."""
        from search.engines import Cluster

        s = self.settings
        if not s.search and not s.search_cloud_id:
            return None
        return Cluster(
            url=s.search,
            cloud_id=s.search_cloud_id,
            api_key=s.search_api_key.get_secret_value(),
            user=s.search_user,
            password=s.search_password.get_secret_value(),
            ca=s.search_ca,
            prefix=s.search_prefix,
            shards=s.search_shards,
            replicas=s.search_replicas,
            seconds=s.search_seconds,
        )

    @cached_property
    def searcher(self) -> "Searcher":
        from search import Searcher

        return Searcher(self.catalog, self.engine, self.meaning)

    @cached_property
    def meaning(self) -> "Meaning | None":
        """Search by meaning; None where the extra `semantic` is not installed."""
        from search.meaning import open_meaning

        folder = self.home / "meaning"
        return open_meaning(self.cluster or folder, folder)

    @cached_property
    def limits(self) -> Limits:
        return Limits(seconds=self.settings.read_seconds, memory_mb=self.settings.read_memory_mb)

    @cached_property
    def manners(self) -> Manners:
        """How crawlers behave. Errors: SettingsError where a live crawl would be anonymous, or mixed with a replica."""
        if not self.settings.replica and not self.settings.contact:
            raise SettingsError("FORUMWATCH_CONTACT must hold a mail address before any publisher's site is asked")
        self._keep_apart()
        agent = f"Forumwatch/0.1 (+{self.settings.base_url}; {self.settings.contact or 'replica'})"
        return Manners(
            user_agent=agent,
            replica=self.settings.replica or None,
            pace=0.0 if self.settings.replica else 1.0,
            timeout=self.settings.crawl_seconds,
        )

    @cached_property
    def smtp(self) -> Smtp | None:
        """The mail relay; None where none is set, and mails then wait in the outbox."""
        s = self.settings
        if not s.smtp_host:
            return None
        return Smtp(
            host=s.smtp_host,
            port=s.smtp_port,
            tls=s.smtp_security,
            user=s.smtp_user,
            password=s.smtp_password.get_secret_value(),
        )

    @cached_property
    def office(self) -> Office:
        """How mail goes out and comes back, beyond the relay."""
        s = self.settings
        return Office(
            secret=self.secret,
            secretariat=s.secretariat,
            rate=s.mail_rate,
            bounces=s.bounce_address,
            claim=self.home / "sender",
        )

    @cached_property
    def secret(self) -> str:
        """Signs links: from the settings, or made once and kept where only its owner reads it."""
        given = self.settings.secret.get_secret_value()
        if given:
            return given
        path = self.home / "secret"
        if not path.exists():
            beside = self.home / f"secret.{os.getpid()}"
            beside.touch(mode=0o600)
            beside.write_text(secrets.token_urlsafe(32), encoding="ascii")
            try:
                os.link(beside, path)  # whoever comes second keeps the first one's
            except FileExistsError:
                pass
            finally:
                beside.unlink()
        return path.read_text(encoding="ascii")

    @cached_property
    def links(self) -> Links:
        return Links(base_url=self.settings.base_url, secret=self.secret)

    def webhook_sender(self) -> "Sender":
        """By the real clock, whatever the settings say: receivers hold its time against their own."""
        from search.webhooks.posting import Poster
        from search.webhooks.sending import Sender

        return Sender(self.catalog, Poster(), self.secret, self.links.work, lambda: datetime.now(UTC))

    @cached_property
    def letterhead(self) -> Letterhead:
        name, address = parseaddr(self.settings.mail_from)
        return Letterhead(sender=address, sender_name=name or "Forumwatch", notice=NOTICES if self.notice else {})

    @property
    def notice(self) -> str | None:
        """What every page must say about where its documents come from."""
        return NOTICES["en"] if self.settings.replica or self._replica_mark.exists() else None

    @property
    def _replica_mark(self) -> Path:
        return self.home / "holds-replica-documents"

    def _keep_apart(self) -> None:
        """Documents of a replica and of the live sites never share a home: the first crawl decides."""
        if self.settings.replica and not self._replica_mark.exists():
            crawled = sa.select(captures.c.id).where(captures.c.source != BY_HAND).limit(1)
            with self.catalog.read() as connection:
                if connection.execute(crawled).first():
                    raise SettingsError(f"{self.home} holds documents of live sites: a replica needs another home")
            self._replica_mark.touch()
        elif not self.settings.replica and self._replica_mark.exists():
            raise SettingsError(f"{self.home} holds a replica's documents: the live sites need another FORUMWATCH_HOME")

    def now(self) -> datetime:
        """The time, or the clock that stands still where the settings name one."""
        return self.settings.clock or datetime.now(UTC)

    def app(self) -> "FastAPI":
        from search.web import create_app
        from search.web.gate import Access

        scopes = (scope.strip() for scope in self.settings.api_open.split(","))
        access = Access(frozenset(scope for scope in scopes if scope), self.settings.api_rate)
        _ = self.sources  # the pages also show what was never looked at
        base_url = self.settings.base_url
        return create_app(
            self.catalog,
            self.searcher,
            self.archive.path,
            self.secret,
            base_url,
            self.notice,
            access=access,
            letterhead=self.letterhead,
            clock=self.now,
        )

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Holds the named step for one process at a time, on PostgreSQL for one of all machines.

        The kernel (the server) lets go when the process ends, however it ends.
        """
        with (self.home / f"{name}.lock").open("w", encoding="ascii") as lock, ExitStack() as held:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self.catalog.engine.dialect.name == "postgresql":
                connection = held.enter_context(self.catalog.engine.connect())
                connection.execution_options(isolation_level="AUTOCOMMIT")  # no transaction stays open meanwhile
                connection.execute(sa.select(sa.func.pg_advisory_lock(zlib.crc32(f"forumwatch {name}".encode()))))
                held.callback(connection.invalidate)  # ends the session, and the lock with it
            yield
