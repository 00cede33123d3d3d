"""Bytes of a feed, a sitemap or a front page to entries.

Takes unpacked bytes and the address that answered, gives `Listed`, or raises `ListingRefused` with a reason that can
be counted. It decides nothing: what is new, what is fetched and when is for others. No network, no Scrapy, no files,
no clock; it runs in a worker process, since every byte of it comes from outside.
"""

from monitor.discover.declared import find_listings, listings_in_robots
from monitor.discover.learning import learn
from monitor.discover.opml import read_opml, source_id, write_opml
from monitor.discover.reading import read_listing
from monitor.discover.survey import Survey, survey, usual_listings

__all__ = [
    "Survey",
    "find_listings",
    "learn",
    "listings_in_robots",
    "read_listing",
    "read_opml",
    "source_id",
    "survey",
    "usual_listings",
    "write_opml",
]
