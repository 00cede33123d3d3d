"""What can be wrong with a site, as data: the few ways a test makes a server misbehave.

Pure: a fault says which part of a site it covers and what is answered there; `monitor.newsroom.server` does it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What of a site a fault covers. A path ("/feed.xml") may stand wherever a part may."""

    EVERYTHING = "everything"
    CONTENT = "content"  # all but robots.txt
    LISTINGS = "listings"  # front page, sections, feeds, sitemaps
    ARTICLES = "articles"  # what listings point to
    ROBOTS = "robots"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as it goes out."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault of one site: `answer` is None where the request is taken and never answered."""

    on: Part | str
    answer: Answer | None

    def covers(self, part: Part, path: str) -> bool:
        """Say whether a request for `path`, which belongs to `part`, meets this fault."""
        if not isinstance(self.on, Part):
            return self.on == path
        return self.on in {part, Part.EVERYTHING} or (self.on is Part.CONTENT and part is not Part.ROBOTS)


# Begins like nothing a parser knows, holds NULs and bytes that are wrong in every common encoding.
GARBAGE = bytes(range(256)) * 8

PARKED = (
    b"<!doctype html><html><head><title>Welcome</title></head><body><h1>This site has moved</h1>"
    b"<p>Please update your bookmarks. We are working on something new.</p></body></html>"
)


def plain_status(status: int, headers: dict[str, str]) -> Answer:
    """Return an error page as a web server makes it."""
    body = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>".encode()
    return Answer(status, body if status != 304 else b"", headers=tuple(headers.items()))
