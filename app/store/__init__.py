"""What training runs keep across kill -9, in one SQLite file: records, snapshots, series."""

from app.store.records import CorruptError, MissingError, RunRecord, Snapshot, StoreError
from app.store.store import Store
from app.store.thinning import thin

__all__ = ["CorruptError", "MissingError", "RunRecord", "Snapshot", "Store", "StoreError", "thin"]
