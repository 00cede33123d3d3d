"""Fetching and nothing else: politeness, robots.txt, redirects, conditional requests. Bytes go on as they came.

What travels between a spider and the rest stands in `spiders.desk`; the spiders themselves are not imported here,
since Scrapy wants its reactor installed first.
"""

from spiders.desk import (
    Body,
    Desk,
    FetchedPage,
    Found,
    ListingAnswer,
    ListingState,
    Reason,
    Robots,
    Turn,
    Validators,
    Wanted,
)

__all__ = [
    "Body",
    "Desk",
    "FetchedPage",
    "Found",
    "ListingAnswer",
    "ListingState",
    "Reason",
    "Robots",
    "Turn",
    "Validators",
    "Wanted",
]
