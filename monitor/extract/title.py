"""The headline of a story, without the site's name or section.

Takes what the page states (JSON-LD, meta tags, headings, <title>) and what the feed said; gives one line.
"""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from monitor.extract.structured import Facts, strings
from monitor.records import Entry
from monitor.text import one_line

MAX_LENGTH = 500
_SEPARATOR = re.compile(r"\s+(?:[|–—·•»«›:/~]|-{1,2})\s+|\s*[|｜]\s*")


def read_title(tree: HtmlElement, facts: Facts, entry: Entry | None) -> tuple[str, str]:
    """Return the title and where it was found ("json-ld", "meta", "heading", "title", "feed"), or two empty strings."""
    candidates = [(one_line(text)[:MAX_LENGTH], origin) for text, origin in _candidates(tree, facts, entry)]
    site = _site_names(facts)
    for text, origin in candidates:
        if text := strip_site(text, site):
            return text, origin
    return "", ""


def _candidates(tree: HtmlElement, facts: Facts, entry: Entry | None) -> Iterator[tuple[str, str]]:
    yield from ((text, "json-ld") for text in strings(facts.article.get("headline")))
    yield facts.meta("og:title"), "meta"
    yield facts.meta("twitter:title"), "meta"
    headings = [" ".join(heading.itertext()) for heading in tree.iter("h1")]
    if len(headings) == 1:
        yield headings[0], "heading"
    if entry:
        yield entry.title, "feed"
    yield next((element.text or "" for element in tree.iter("title")), ""), "title"


def _site_names(facts: Facts) -> frozenset[str]:
    names = [facts.meta("og:site_name"), facts.meta("application-name"), *strings(facts.article.get("publisher"))]
    return frozenset(one_line(name).casefold() for name in names if name)


def strip_site(title: str, site: frozenset[str]) -> str:
    """Return a title without the parts, before or after a separator, that are only the site's name."""
    parts = _SEPARATOR.split(title)
    if len(parts) > 1 and parts[-1].casefold() in site:
        return title[: title.rindex(parts[-1])].rstrip(" |–—·•»«›:/~-｜")
    return title
