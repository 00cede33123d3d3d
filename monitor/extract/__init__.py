"""The front door of extraction: a fetched page in, a clean article out. Runs in a worker process, without network."""

from monitor.extract.article import extract, from_entry

__all__ = ["extract", "from_entry"]
