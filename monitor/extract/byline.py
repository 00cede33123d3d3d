"""Who wrote a story: names as the byline gives them, each once.

Takes what JSON-LD, meta tags, the byline in the text and the feed say; gives names without "By", roles, places or
dates. An agency or a desk that signs is an author.
"""

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from monitor.extract.structured import Facts, strings
from monitor.records import Entry
from monitor.text import one_line

_LEAD = re.compile(r"^(?:by|von|par|por|di|da|door|av|af|przez|автор[ы]?|yazan|oleh|bởi|текст)\s*:?\s+", re.IGNORECASE)
_JOINED = re.compile(r"\s*(?:,|;|\s(?:and|und|et|y|e|en|og|och|i|и|ve|dan|&)\s)\s*", re.IGNORECASE)
_ADDRESS = re.compile(r"^https?://|@|^www\.", re.IGNORECASE)
MAX_AUTHORS = 30
_METAS = (
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "og:article:author",
)


def read_authors(tree: HtmlElement, facts: Facts, entry: Entry | None) -> tuple[tuple[str, ...], str]:
    """Return the authors' names and where they were found, or nothing twice."""
    if names := clean_names(strings(facts.article.get("author"))):
        return names, "json-ld"
    for name in _METAS:
        if names := clean_names(facts.metas.get(name, ())):
            return names, "meta"
    links = [
        " ".join(element.itertext())
        for element in tree.iter("a", "span")
        if "author" in (element.get("rel") or element.get("itemprop") or "").split()
    ]
    if names := clean_names(links):
        return names, "text"
    if entry and (names := clean_names(entry.authors)):
        return names, "feed"
    return (), ""


def clean_names(stated: Iterable[str]) -> tuple[str, ...]:
    """Return the names in bylines, each once, in order."""
    found: dict[str, str] = {}
    for byline in stated:
        for part in _JOINED.split(_LEAD.sub("", one_line(byline))):
            name = _LEAD.sub("", part).strip(" .,;:|·•-–—")
            if name and len(name) <= 100 and not _ADDRESS.search(name):
                found.setdefault(name.casefold(), name)
    return tuple(found.values())[:MAX_AUTHORS]
