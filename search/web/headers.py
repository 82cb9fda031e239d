"""What may a browser do with our pages? As little as it can: the headers of every answer, and what the log keeps."""

import logging
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search.web.signed import PRIVATE, is_private, without_token

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A publisher's bytes: opened as if from nowhere, with nothing allowed.
FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
# Browsers' PDF viewers do not open in a sandbox, and style their own frame; a PDF runs no script in our name.
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"

EVERYWHERE = {
    "content-security-policy": PAGE_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class SafeHeaders:
    """ASGI middleware: sets the headers of EVERYWHERE on every answer that has not set its own; PRIVATE on keys."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", "")).removeprefix(str(scope.get("root_path", "")))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                if is_private(path):
                    MutableHeaders(scope=message).update(PRIVATE)
                add_missing(MutableHeaders(scope=message), EVERYWHERE)
            await send(message)

        await self.app(scope, receive, send if scope["type"] != "http" else send_with_headers)


def add_missing(headers: MutableHeaders, wanted: Mapping[str, str]) -> None:
    for name, value in wanted.items():
        if name not in headers:
            headers[name] = value


class NoQuestions(logging.Filter):
    """Keeps addresses of people, what they searched for, and links that are keys out of uvicorn's access log."""

    def filter(self, record: logging.LogRecord) -> bool:
        parts: Any = record.args
        if isinstance(parts, tuple) and len(parts) == 5:
            _, method, path, version, status = parts
            record.args = ("-", method, without_token(str(path).partition("?")[0]), version, status)
        return True


def keep_questions_out_of_the_log() -> None:
    """To be called once the server has set up its logging."""
    log = logging.getLogger("uvicorn.access")
    if not any(isinstance(known, NoQuestions) for known in log.filters):
        log.addFilter(NoQuestions())
