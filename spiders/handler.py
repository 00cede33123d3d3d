"""Scrapy's own download handler, cuttable: a request ends when its asker lets go of it, whatever the server does.

Scrapy runs a download in a task of its own that outlives the one who waits for it; a stop, or a request's deadline,
would leave it hanging on a silent server. It also reads headers without end; here they have one.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.web._newclient import BODY

# All header lines of one answer together; browsers stop at about this much.
HEADER_LIMIT = 256 * 1024

LEASH = "leash"


@dataclass(slots=True)
class Leash:
    """What ties a download to its asker; stands in the request's meta under `LEASH`."""

    task: asyncio.Task[Any] | None = None
    cut: bool = False

    def let_go(self) -> None:
        """End the download, also one that has not begun."""
        self.cut = True
        if self.task is not None:
            self.task.cancel()


class CuttableHandler(HTTP11DownloadHandler):
    """HTTP and HTTPS over the guarded reactor."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._pool._factory = _BoundedFactory  # noqa: SLF001 - as Scrapy sets its own; a test holds it

    async def download_request(self, request: Request) -> Response:
        """Download, unless nobody waits for it any more."""
        leash: Leash = request.meta.get(LEASH) or Leash()
        if leash.cut:
            raise IgnoreRequest("let go before it began")
        leash.task = asyncio.current_task()
        return await super().download_request(request)


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    """One connection, whose answers' headers end somewhere."""

    _head = 0

    def request(self, request: Any) -> Any:
        self._head = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        if self._parser is not None and self._parser.state != BODY:
            self._head += len(data)
            if self._head > HEADER_LIMIT:
                self.transport.abortConnection()  # type: ignore[union-attr]
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class _BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, _addr: Any) -> _BoundedProtocol:  # noqa: N802 - Twisted's name
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
