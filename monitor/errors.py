"""What can go wrong, by what is to be done about it: the kind of an error decides its route.

Every error is written for the person who reads it: what happened, where, what to do.
"""

from dataclasses import dataclass


class MonitorError(Exception):
    """Anything this product raises on purpose. Its text is shown to the user as it is."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault in a file a person edits; line and column count from 1, 0 where the place is unknown."""

    file: str
    line: int
    column: int
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.key}: {self.message}"


class ConfigError(MonitorError):
    """The configuration has faults; all of them are listed. Route: keep the last good one, exit code 2."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class Refused(MonitorError):
    """Something from outside cannot be used. Route: an outcome with this reason; never retried at once.

    `reason` is a short stable word for counting ("no article", "not a feed"); `detail` is for people.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}" if detail else reason)

    def __reduce__(self) -> tuple[type["Refused"], tuple[str, str]]:
        """Cross process borders whole: the default would rebuild it from the joined text."""
        return type(self), (self.reason, self.detail)


class ListingRefused(Refused):
    """A feed, sitemap or front page that cannot be read. Route: the source's health."""


class PageRefused(Refused):
    """A fetched page that holds no article. Route: the address's outcome."""


class DialRefused(MonitorError):
    """An address that must not be dialled. Not an OSError: those are retried by libraries."""


class WorkerLost(MonitorError):
    """A worker process was killed: over its time or memory, or it crashed. Route: this one task fails."""


class StoreError(MonitorError):
    """The database cannot be used as it is. Route: stop, touch nothing, say what to do."""


class SketchesOutdated(StoreError):
    """Stored evidence of articles is of another version, or damaged. Route: made again from the articles."""


class StoreBusy(StoreError):
    """Another process holds the store's lock. Route: leave at once, naming its pid."""
