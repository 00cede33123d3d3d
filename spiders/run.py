"""One crawl from beginning to end, on the guarded reactor, inside whoever's loop this is."""

import asyncio
from typing import cast

from scrapy.crawler import Crawler
from scrapy.settings import Settings

from monitor import settings
from monitor.dial import DialPolicy
from spiders.desk import Desk
from spiders.fetch import REQUEST_SECONDS
from spiders.gate import Gate
from spiders.news import NewsSpider
from spiders.turns import TURN_SECONDS


def scrapy_settings() -> Settings:
    """Return Scrapy's settings with ours in force, without the statistics that it logs after every crawl."""
    ours = Settings()
    ours.setmodule(settings, priority="project")
    ours.set("STATS_DUMP", False)
    return ours


class CrawlRun:
    """A crawl over a desk. Stands inside `monitor.dial.running()`; one at a time, or hosts are asked twice at once.

    `gate` remembers spacing beyond this crawl where its owner gives the same one to the next. `contact` goes into the
    User-Agent, `proxy` is the address all requests go through.
    """

    def __init__(
        self,
        desk: Desk,
        policy: DialPolicy,
        *,
        contact: str | None = None,
        proxy: str | None = None,
        gate: Gate | None = None,
        turn_seconds: float = TURN_SECONDS,
        request_seconds: float = REQUEST_SECONDS,
    ) -> None:
        self._crawler = Crawler(NewsSpider, scrapy_settings())
        self._arguments = {
            "desk": desk,
            "policy": policy,
            "contact": contact,
            "proxy": proxy,
            "gate": gate,
            "turn_seconds": turn_seconds,
            "request_seconds": request_seconds,
        }
        self._stopped = False

    async def run(self) -> None:
        """Crawl until the desk has no more turns or `stop` is called; raises what made the desk unusable."""
        crawling = asyncio.create_task(self._crawl())
        try:
            # Scrapy's engine takes a cancellation for its end and leaves everything running.
            await asyncio.shield(crawling)
        except asyncio.CancelledError:
            self.stop()
            await asyncio.wait([crawling])
            raise

    async def _crawl(self) -> None:
        if self._stopped:
            return
        await self._crawler.crawl_async(**self._arguments)
        spider = cast(NewsSpider, self._crawler.spider)
        await spider.drained.wait()
        if spider.fault is not None:
            raise spider.fault

    def stop(self) -> None:
        """End the crawl within a second or so, whatever hangs; what was not reported stays pending."""
        self._stopped = True
        if self._crawler.spider is not None:
            cast(NewsSpider, self._crawler.spider).stop()
