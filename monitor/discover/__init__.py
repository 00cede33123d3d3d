"""Bytes of a feed, a sitemap or a front page to entries. No network, no Scrapy; runs in a worker process."""

from monitor.discover.declared import find_listings, listings_in_robots
from monitor.discover.reading import read_listing

__all__ = ["find_listings", "listings_in_robots", "read_listing"]
