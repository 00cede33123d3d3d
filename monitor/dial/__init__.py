"""The one door for the crawler's outgoing connections: which addresses may be dialled, checked as they are dialled.

Owns the reactor that Scrapy runs on and the look-up of names. Only public addresses pass, and those private ones that
a source of its own accord opened (`allow_private`), for its own hosts and ports and nobody else's.

It does not cover sockets outside Twisted (SMTP, the database), nor what a configured proxy dials on our behalf: there
the spider can still refuse private addresses, but not names that lead to them.
"""

from monitor.dial.lookups import Lookups
from monitor.dial.policy import DialPolicy, Place, local, place, places, public
from monitor.dial.reactor import GuardedReactor, address_of, admit, install, running

__all__ = [
    "DialPolicy",
    "GuardedReactor",
    "Lookups",
    "Place",
    "address_of",
    "admit",
    "install",
    "local",
    "place",
    "places",
    "public",
    "running",
]
