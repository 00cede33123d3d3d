"""`scrapy crawl sitemap`: the pages that sitemaps and their indexes tell of."""

from monitor.records import Kind
from spiders.news import NewsSpider


class Sitemap(NewsSpider):
    """The news spider for sitemaps and their indexes."""

    name = "sitemap"
    kind = Kind.SITEMAP
