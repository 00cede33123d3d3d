"""`scrapy crawl front_page`: the pages that front pages, for sites without a feed tell of."""

from monitor.records import Kind
from spiders.news import NewsSpider


class FrontPage(NewsSpider):
    """The news spider for front pages, for sites without a feed."""

    name = "front_page"
    kind = Kind.FRONT_PAGE
