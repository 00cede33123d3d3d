"""The front door of extraction: a fetched page in, a clean article out. Runs in a worker process, without network."""

from monitor.extract.article import extract, from_entry
from monitor.extract.drift import Vitals, layout_changed, vitals

__all__ = ["Vitals", "extract", "from_entry", "layout_changed", "vitals"]
