"""robots.txt as RFC 9309 says it, in pure functions: what a site's answer means, and what its rules allow.

Takes answers and addresses, gives `Robots` records and decisions. Does not fetch (`spiders.fetch` does) and keeps
nothing (the desk does). Where a site cannot be asked, nothing of it may be fetched.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from protego import Protego

from monitor.product import NAME
from spiders.desk import Reason, Robots

# RFC 9309, 2.4 and 2.5: a copy is used for a day at most, and at least 500 KiB of it are read.
KEPT = timedelta(hours=24)
LONGEST = 500 * 1024
# How soon a site that could not be asked is asked again.
RETRY = timedelta(minutes=10)
# A longer Crawl-delay is meant for those who fetch everything, and would stop a monitor that reads a page an hour.
LONGEST_DELAY = 30.0


def origin(url: str) -> str:
    """Return what a robots.txt speaks for: scheme, host, and the port where it is not the scheme's own."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname or ""
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port not in (None, default) else "")


def address(of: str) -> str:
    """Return where an origin's robots.txt stands."""
    return f"{of}/robots.txt"


def judge(of: str, status: int, body: bytes, now: datetime, reason: str = Reason.ROBOTS_UNREACHABLE) -> Robots:
    """Return what an answer means; status 0 is no answer at all, for a `reason`.

    2xx is a text of rules. 4xx is a site without rules; 429 is not, it asks for patience. All else (5xx, silence, a
    redirect that leads nowhere) shuts the site until it can be asked again.
    """
    if 200 <= status < 300:
        return Robots(of, _text(body), now + KEPT)
    if 400 <= status < 500 and status != 429:
        return Robots(of, "", now + KEPT)
    return Robots(of, None, now + RETRY, reason)


def _text(body: bytes) -> str:
    """Return the part that is read, without a last line that the limit cut in two."""
    if len(body) > LONGEST:
        body = body[:LONGEST].rpartition(b"\n")[0]
    return body.decode("utf-8", errors="replace").removeprefix("\ufeff")


def allows(robots: Robots, url: str) -> bool:
    """Return whether our crawler may fetch an address of the robots' origin."""
    return robots.text is not None and bool(_rules(robots.text).can_fetch(url, NAME))


def delay(robots: Robots) -> float:
    """Return the seconds a site asks to leave between two requests, bounded; 0 where it asks nothing."""
    asked = _rules(robots.text or "").crawl_delay(NAME)
    return min(float(asked or 0), LONGEST_DELAY)


@lru_cache(maxsize=512)
def _rules(text: str) -> Protego:
    return Protego.parse(text)
