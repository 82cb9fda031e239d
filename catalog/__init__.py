"""The one ledger: every table, the change sequence, the migrations."""

from catalog import tables
from catalog.catalog import Catalog, Change, upsert
from catalog.errors import CatalogError, ForumwatchError

__all__ = ["Catalog", "CatalogError", "Change", "ForumwatchError", "tables", "upsert"]
