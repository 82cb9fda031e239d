"""The one ledger: every table, the change sequence, the migrations."""

from catalog import tables
from catalog.catalog import NOTED, Catalog, Change, upsert
from catalog.errors import CatalogError, ForumwatchError

__all__ = ["NOTED", "Catalog", "CatalogError", "Change", "ForumwatchError", "tables", "upsert"]
