"""`scrapy crawl feed`: the pages that RSS, Atom and JSON feeds tell of."""

from monitor.records import Kind
from spiders.news import NewsSpider


class Feed(NewsSpider):
    """The news spider for RSS, Atom and JSON feeds."""

    name = "feed"
    kind = Kind.FEED
