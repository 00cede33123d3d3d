"""An article's own address: what the page claims as such, where that is believable.

Takes a page's facts and the addresses it was asked for and answered at; gives one address, to be shown to readers and
to tell articles apart. What makes a claim believable stands in `monitor.urls`.
"""

from monitor.extract.structured import Facts
from monitor.records import Page
from monitor.urls import absolute, believable_canonical, without_trackers


def own_address(page: Page, facts: Facts) -> str:
    """Return the canonical link, else og:url, where it may be believed; else the address that answered."""
    for claimed in (facts.canonical, facts.meta("og:url")):
        address = absolute(claimed, page.url) if claimed.strip() else None
        if address is not None and believable_canonical(address, page.asked or page.url, page.url):
            return without_trackers(address)
    return without_trackers(page.url)
