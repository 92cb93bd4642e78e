"""What stewards and owners do: deciding who is who, setting values, approving, and undoing all of it."""

from mdm.store.records import RecordName

__all__ = ["RecordName"]
