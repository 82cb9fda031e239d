"""What can be set, and from where? One typed table, read from the environment (FORUMWATCH_...) once."""

import re
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from catalog import ForumwatchError
from search.keys import SCOPES

ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
CRON = re.compile(r"[\d*/,\-A-Za-z]+( [\d*/,\-A-Za-z]+){4}")


class SettingsError(ForumwatchError):
    """Raised when a FORUMWATCH_ variable cannot be used; says which and why."""


class Settings(BaseSettings):
    """Every setting of Forumwatch. `forumwatch doctor` prints this table with the values in force."""

    model_config = SettingsConfigDict(env_prefix="FORUMWATCH_", frozen=True, extra="ignore")

    home: Path = Field(
        Path("~/.local/share/forumwatch"), description="folder of everything that is kept: archive, catalog, index"
    )
    catalog: str = Field("", description="SQLAlchemy URL of the catalog; empty: SQLite in the home folder")
    search: str = Field("", description="address of an Elasticsearch cluster; empty: the index in the home folder")
    search_cloud_id: str = Field("", description="cloud id of a cluster, in place of its address")
    search_api_key: SecretStr = Field(SecretStr(""), description="API key for the cluster; else user and password")
    search_user: str = Field("", description="login at the cluster")
    search_password: SecretStr = Field(SecretStr(""), description="password at the cluster")
    search_ca: Path | None = Field(None, description="certificate of the authority that vouches for the cluster")
    search_prefix: str = Field("forumwatch", description="what the names of all indexes in the cluster begin with")
    search_shards: int = Field(1, ge=1, le=100, description="shards of each index in the cluster")
    search_replicas: int = Field(0, ge=0, le=10, description="copies of each shard; 1 or more on several machines")
    search_seconds: float = Field(30, gt=0, le=600, description="time one request to the cluster may take")
    base_url: str = Field("http://127.0.0.1:8700", description="where members reach the pages: links in mails")
    contact: str = Field("", description="mail address in the User-Agent; publishers' live sites are refused without")
    replica: str = Field("", description="address of the replica; set: nothing is fetched from anywhere else")
    workers: int = Field(2, ge=1, le=64, description="processes that read documents")
    read_seconds: int = Field(900, ge=1, description="time one document may take to read")
    pictures_minutes: int = Field(50, ge=1, description="time one run of OCR may take; the rest is for the next")
    pictures_pages: int = Field(20_000, ge=1, description="pages that one run of OCR may read")
    pictures_cron: str = Field("20 * * * *", description="when pages that wait for OCR are read")
    read_memory_mb: int = Field(1500, ge=256, description="memory one reading process may take")
    crawl_seconds: int = Field(6 * 3600, ge=10, description="time one crawl may take before it is stopped and resumed")
    smtp_host: str = Field("", description="mail relay; empty: mails stay in the outbox")
    smtp_port: int = Field(587, ge=1, le=65535, description="port of the mail relay")
    smtp_security: Literal["none", "starttls", "tls"] = Field("starttls", description="none only on localhost")
    smtp_user: str = Field("", description="login at the mail relay")
    smtp_password: SecretStr = Field(SecretStr(""), description="password at the mail relay")
    mail_from: str = Field("Forumwatch <forumwatch@localhost>", description="From: of every mail")
    mail_rate: float = Field(0, ge=0, le=100_000, description="mails a minute, at most; 0: as many as the relay takes")
    secretariat: str = Field("", description="where mails to the secretariat go; without it they wait in the outbox")
    bounce_address: str = Field(
        "", description="address that bounces go to, with +anything before its @; empty: the address of mail_from"
    )
    bounces: str = Field(
        "", description="mailbox in which bounces arrive: a maildir folder, or imaps://user@host/INBOX; empty: none"
    )
    bounces_password: SecretStr = Field(SecretStr(""), description="password of that mailbox")
    timezone: str = Field("Europe/Zurich", description="zone in which weeks begin and schedules fire")
    crawl_cron: str = Field("15 5 * * *", description="when to look for sources that are due, then read, index, match")
    mail_cron: str = Field(
        "*/10 * * * *", description="when mails that are due go out: digests in the morning of a member's own time zone"
    )
    check_cron: str = Field("30 3 * * *", description="when to hold the index against the catalog, and mend it")
    webhook_cron: str = Field("*/15 * * * *", description="when webhooks that could not be told are tried again")
    prefect_port: int = Field(4200, ge=1, le=65535, description="port of the Prefect server of `forumwatch schedule`")
    api_open: str = Field(
        "read,export,changes", description="scopes of the API that need no key; empty: every request needs one"
    )
    api_rate: int = Field(60, ge=1, description="requests to the API a minute for an address without a key")
    secret: SecretStr = Field(SecretStr(""), description="signs links; empty: made once and kept in the home folder")
    clock: datetime | None = Field(None, description="a clock that stands still, for the demo and the tests only")

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("contact", "secretariat", "bounce_address")
    @classmethod
    def _mail_address(cls, value: str) -> str:
        if value and not ADDRESS.fullmatch(value):
            raise ValueError("must be a mail address that someone reads")
        return value

    @field_validator("bounce_address")
    @classmethod
    def _room_for_a_signature(cls, value: str) -> str:
        if len(value.partition("@")[0]) > 30:  # of 64 (RFC 5321), as +NUMBER.SIGNATURE is added
            raise ValueError("must have at most 30 characters before its @")
        return value

    @field_validator("bounces")
    @classmethod
    def _mailbox(cls, value: str) -> str:
        if "://" not in value:
            return value
        parts = urlsplit(value)
        local = parts.scheme == "imap" and parts.hostname in ("localhost", "127.0.0.1", "::1")
        if not (parts.scheme == "imaps" or local) or not parts.hostname or not parts.username:
            raise ValueError("must be a folder or imaps://user@host/INBOX (imap:// only on this machine)")
        if parts.password:
            raise ValueError("is shown in logs: put the password in FORUMWATCH_BOUNCES_PASSWORD")
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        if "@" not in parseaddr(value)[1]:
            raise ValueError("must be a mail address, or Name <address>")
        return value

    @field_validator("crawl_cron", "pictures_cron", "mail_cron", "check_cron", "webhook_cron")
    @classmethod
    def _cron(cls, value: str) -> str:
        if not CRON.fullmatch(value):
            raise ValueError("must be a cron line of five fields, such as 15 5 * * *")
        return value

    @model_validator(mode="after")
    def _no_password_in_clear(self) -> "Settings":
        if self.smtp_security == "none" and self.smtp_host not in ("", "localhost", "127.0.0.1", "::1"):
            raise ValueError("FORUMWATCH_SMTP_SECURITY may be none only where FORUMWATCH_SMTP_HOST is this machine")
        return self

    @field_validator("search")
    @classmethod
    def _addresses_of_a_cluster(cls, value: str) -> str:
        for address in filter(None, value.split(",")):
            parts = urlsplit(address)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError("must begin with http:// or https://; several addresses are separated by commas")
            if parts.username or parts.password:
                raise ValueError("is shown in logs: put the login in FORUMWATCH_SEARCH_USER and _PASSWORD")
        return value

    @field_validator("search_prefix")
    @classmethod
    def _name_of_an_index(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9_-]{0,99}", value):
            raise ValueError("must be small letters, digits, - and _, and begin with a letter")
        return value

    @model_validator(mode="after")
    def _no_key_in_clear(self) -> "Settings":
        secret = self.search_api_key.get_secret_value() or self.search_password.get_secret_value()
        for address in filter(None, self.search.split(",")):
            parts = urlsplit(address)
            if secret and parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
                raise ValueError("FORUMWATCH_SEARCH must be https:// where a key or password is sent to it")
        return self

    @field_validator("base_url", "replica")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("api_open")
    @classmethod
    def _known_scopes(cls, value: str) -> str:
        if unknown := sorted({scope.strip() for scope in value.split(",")} - {*SCOPES, ""}):
            raise ValueError(f"there is no scope {', '.join(unknown)}; there are {', '.join(SCOPES)}")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"no such time zone: {value}") from error
        return value

    @field_validator("clock")
    @classmethod
    def _with_zone(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("must name its time zone: 2026-10-05T07:00:00+02:00")
        return value


def read_settings() -> Settings:
    """The settings in force. Errors: SettingsError, one sentence a variable."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            ": ".join((*(f"FORUMWATCH_{str(part).upper()}" for part in e["loc"]), e["msg"])) for e in error.errors()
        ]
        raise SettingsError("; ".join(lines)) from error
