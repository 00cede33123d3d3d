"""What servers answer, read: redirects, validators, patience asked for, and why there is no answer.

Pure functions from Scrapy's responses and exceptions to plain values; header text never goes anywhere but into these.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from OpenSSL.SSL import Error as TlsError
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from service_identity import VerificationError
from twisted.internet.error import ConnectError, ConnectionAborted, ConnectionClosed
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from monitor.errors import DialRefused
from monitor.urls import absolute
from spiders.desk import Body, Reason, Validators

_REDIRECTING = frozenset((301, 302, 303, 307, 308))
# Client errors that may pass: timeout, too early, too many requests.
_PASSING = frozenset((408, 425, 429))
# A longer ETag or date is no validator but an attempt to make us keep and send something large.
_LONGEST_VALIDATOR = 512
LONGEST_WAIT = timedelta(hours=24)


class NotFetched(Exception):  # noqa: N818 - an answer of the net, no error of ours
    """An address that could not be had. `retry` says whether asking again makes sense, `after` how soon.

    `status` is that of the answer, 0 where there was none.
    """

    def __init__(self, reason: str, *, retry: bool, after: timedelta | None = None, status: int = 0) -> None:
        self.reason = reason
        self.retry = retry
        self.after = after
        self.status = status
        super().__init__(reason)


def redirect(response: Response, url: str) -> str | None:
    """Return where an answer sends us, None where nowhere; raises `NotFetched` where that is no web address."""
    location = header(response, "Location")
    if response.status not in _REDIRECTING or not location:
        return None
    target = absolute(location, url)
    if target is None:
        raise NotFetched(Reason.BAD_ADDRESS, retry=False)
    return target.partition("#")[0]


def refused(response: Response, now: datetime) -> NotFetched:
    """Return what an answer without a usable body means."""
    if not 100 <= response.status <= 599:
        return NotFetched(Reason.BAD_ANSWER, retry=True)
    again = response.status >= 500 or response.status in _PASSING
    after = retry_after(response, now) if again else None
    # "Not modified" where nobody asked whether is a failure, and must not pass for an unchanged listing.
    status = 0 if response.status == 304 else response.status
    return NotFetched(f"http {response.status}", retry=again, after=after, status=status)


def failed(failure: Exception) -> NotFetched:
    """Return what a download that raised means."""
    for cause in _causes(failure):
        for kinds, reason, again in _FAILURES:
            if isinstance(cause, kinds):
                return NotFetched(reason, retry=again)
    return NotFetched(Reason.BAD_ANSWER, retry=True)


# The first kind that any of a failure's causes has decides, causes deepest first.
_FAILURES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str, bool], ...] = (
    (DialRefused, Reason.REFUSED_ADDRESS, False),
    ((TlsError, VerificationError), Reason.TLS, True),
    (CannotResolveHostError, Reason.DNS, True),
    ((TimeoutError, DownloadTimeoutError), Reason.TIMEOUT, True),
    ((DownloadCancelledError, ConnectionAborted), Reason.TOO_LARGE, False),  # body and headers over their limits
    ((UnsupportedURLSchemeError, UnicodeError, ValueError), Reason.BAD_ADDRESS, False),
    (
        (DownloadConnectionRefusedError, ConnectError, ConnectionClosed, ResponseDataLossError, TunnelError),
        Reason.CONNECTION,
        True,
    ),
)


def _causes(failure: BaseException) -> Iterator[BaseException]:
    """Give all that led to a failure, deepest first: Twisted wraps causes in lists, Scrapy in `__cause__`."""
    if isinstance(failure, ResponseFailed):
        for reason in failure.reasons:
            cause = reason.value if isinstance(reason, Failure) else reason
            if cause is not None:
                yield from _causes(cause)
    if failure.__cause__ is not None:
        yield from _causes(failure.__cause__)
    yield failure


def body(response: Response) -> Body:
    """Return an answer's body as it came."""
    encoding = ", ".join(value.decode("latin-1") for value in response.headers.getlist("Content-Encoding"))
    return Body(response.body, encoding, header(response, "Content-Type"))


def validators(response: Response) -> Validators:
    """Return what the server said of the body's version, where it is of a believable length."""
    etag, modified = header(response, "ETag"), header(response, "Last-Modified")
    return Validators(
        etag if len(etag) <= _LONGEST_VALIDATOR else "", modified if len(modified) <= _LONGEST_VALIDATOR else ""
    )


def max_age(response: Response) -> timedelta | None:
    """Return for how long Cache-Control calls the answer fresh, a day at most."""
    for directive in header(response, "Cache-Control").lower().split(","):
        name, _, value = directive.strip().partition("=")
        if name == "max-age" and value.strip('"').isdecimal():
            return _bounded(value.strip('"'))
    return None


def retry_after(response: Response, now: datetime) -> timedelta | None:
    """Return the wait asked for by Retry-After, in seconds or as a date; a day at most, never below zero."""
    value = header(response, "Retry-After").strip()
    if value.isdecimal():
        return _bounded(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(moment - now, timedelta(0)), LONGEST_WAIT)


def _bounded(seconds: str) -> timedelta:
    """Return digits as a time, a day at most; very long ones would overflow."""
    return LONGEST_WAIT if len(seconds) > 6 else min(timedelta(seconds=int(seconds)), LONGEST_WAIT)


def header(response: Response, name: str) -> str:
    """Return a header's last value as text, "" where there is none; bytes that are no ASCII come as Latin-1."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else ""
