"""Which sources are there? Those of the folder sources/, and those of a further folder; nobody keeps a list."""

import importlib
import importlib.util
import pkgutil
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from crawlers.errors import PermissionRefused, SourceError
from crawlers.found import Expect
from crawlers.permissions import Permissions

if TYPE_CHECKING:
    from crawlers.bases.source import Source

PACKAGE = "crawlers.sources"
FURTHER = "crawlers_further"  # modules of a further folder live under this name


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a source declares. `module` is where it is written."""

    name: str
    publisher: str
    title: str
    cadence: str
    terms: str
    expect: Expect
    module: str


def sources(folder: Path | None = None) -> dict[str, SourceInfo]:
    """All sources by name. Raises SourceError for the first that is misdeclared: CI imports them all."""
    return {name: source_info(name, folder) for name in names(folder)}


def source_info(name: str, folder: Path | None = None) -> SourceInfo:
    """What one source declares. Raises SourceError where hosts.toml does not allow its first addresses."""
    source = source_class(name, folder)
    permissions = Permissions.load(folder)
    for url in source.start_urls:
        try:
            permissions.check(url)
        except PermissionRefused as error:
            raise SourceError(f"{name}: {error}") from error
    return SourceInfo(
        source.name,
        source.publisher,
        source.title,
        source.cadence,
        source.terms,
        source.expect,
        source.__module__,
    )


def names(folder: Path | None = None) -> list[str]:
    """The names of all sources, without importing one."""
    own = {each.name for each in pkgutil.iter_modules([str(Path(__file__).parent / "sources")])}
    further = set() if folder is None else {path.stem for path in folder.glob("*.py") if path.stem.isidentifier()}
    if own & further:
        raise SourceError(f"{folder} has a source of a name that is taken: {', '.join(sorted(own & further))}")
    return sorted(own | further)


def source_class(name: str, folder: Path | None = None) -> type["Source"]:
    """The class of the source; imports Scrapy."""
    from crawlers.bases.source import Source

    if name not in names(folder):
        raise SourceError(f"there is no source {name!r}; there are: {', '.join(names(folder))}")
    module = _module(name, folder)
    found = [
        each
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Source) and each.__module__ == module.__name__
    ]
    if len(found) != 1:
        raise SourceError(f"{module.__file__} must hold one source, not {len(found)}")
    return found[0]


def _module(name: str, folder: Path | None) -> ModuleType:
    if folder is None or not (folder / f"{name}.py").is_file():
        return importlib.import_module(f"{PACKAGE}.{name}")
    spec = importlib.util.spec_from_file_location(f"{FURTHER}.{name}", folder / f"{name}.py")
    if spec is None or spec.loader is None:
        raise SourceError(f"{folder / name}.py cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
