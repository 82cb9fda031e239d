"""How does the publishers' web look from here? In miniature, on localhost, for the demonstration and the tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from crawlers.replica.server import Replica

__all__ = ["create_replica", "serve"]


def create_replica(
    seed: int = 1, week: int = 1, docs: Path | None = None, size: str = "full", cache: Path | None = None
) -> Starlette:
    """The web application; files are set in type when first asked for, and kept in `cache`."""
    from crawlers.replica.app import create_app
    from crawlers.replica.settings import ReplicaSettings

    return create_app(ReplicaSettings.checked(seed=seed, week=week, docs=docs, size=size, cache=cache))


def serve(
    port: int = 0,
    seed: int = 1,
    week: int = 1,
    docs: Path | None = None,
    size: str = "full",
    cache: Path | None = None,
) -> Replica:
    """A replica for a `with` statement: inside it, `.url` answers under the publishers' host names. Port 0: any."""
    from crawlers.replica.server import Replica
    from crawlers.replica.settings import ReplicaSettings

    return Replica(ReplicaSettings.checked(seed=seed, week=week, docs=docs, size=size, cache=cache), port=port)
