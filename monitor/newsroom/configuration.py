"""The config.yaml that watches a running newsroom, as text.

The sources are the newsroom's; the watchlist is the one the product ships with, read from the packaged config.yaml, so
that the demo shows what a user gets. Knows what the keys are called, not what they mean.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from monitor.newsroom.stories import NewsroomError, Site
from monitor.records import Kind, Listing

WATCHLIST = "russia-venezuela"

_KEYS = {Kind.FEED: "feeds", Kind.SITEMAP: "sitemaps", Kind.FRONT_PAGE: "front_pages"}

_PACKAGE = Path(__file__).parents[1]
# In a wheel the starter lies in the package, in a checkout beside it.
_STARTERS = (_PACKAGE / "starter.yaml", _PACKAGE.parent / "config.yaml")


def config_text(sites: Sequence[tuple[Site, str, Listing]], folder: Path) -> str:
    """Return a config.yaml for sites at their base addresses, its database and mail kept under `folder`."""
    config = {
        "data": str(folder / "data"),
        "sources": {site.id: _source(site, base, listing) for site, base, listing in sites},
        "watchlists": {WATCHLIST: _shipped_watchlist()},
        "recipients": {"ana": {"email": "ana@example.org", "timezone": "Europe/Paris", "language": "en"}},
        "digests": {"morning": {"watchlists": [WATCHLIST], "to": ["ana"], "at": "07:30", "when_empty": "send"}},
        "mail": {"transport": "folder"},
    }
    out = io.StringIO()
    _yaml().dump(config, out)
    return out.getvalue()


def _source(site: Site, base: str, listing: Listing) -> dict[str, Any]:
    return {
        "name": site.name,
        "url": f"{base}/",
        "language": site.language,
        "spacing": "0s",
        "allow_private": True,
        _KEYS[listing.kind]: [listing.url],
    }


def _shipped_watchlist() -> Any:
    """Return the watchlist as a YAML node, its texts one term a line."""
    for starter in _STARTERS:
        if starter.is_file():
            shipped = _yaml().load(starter.read_text(encoding="utf-8")) or {}
            if WATCHLIST in shipped.get("watchlists", {}):
                return _without_notes(shipped["watchlists"][WATCHLIST])
    places = " or ".join(str(starter) for starter in _STARTERS)
    raise NewsroomError(f"no watchlist {WATCHLIST!r} in {places}: is the installation whole?")


def _without_notes(node: Any) -> Any:
    """Return a node without its YAML comments: the last one would carry the heading of what follows in the starter."""
    if isinstance(node, dict):
        return {key: _without_notes(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_without_notes(value) for value in node]
    return LiteralScalarString(str(node)) if isinstance(node, LiteralScalarString) else node


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = 1000
    return yaml
