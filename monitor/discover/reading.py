"""What sort of listing some bytes are, and its reading; or the reason why they are none.

The configured kind is a hint: a feed's address that serves a sitemap, or JSON Feed, is read as what it is.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from monitor.discover.charset import decode
from monitor.discover.documents import html_tree
from monitor.discover.feeds import read_feed
from monitor.discover.front_page import read_front_page
from monitor.discover.json_feed import read_json_feed
from monitor.discover.refusals import why_no_articles, why_no_listing
from monitor.discover.sitemaps import read_plain_list, read_sitemap
from monitor.errors import ListingRefused
from monitor.records import Kind, Listed
from monitor.text import shorten

_NOTHING: Mapping[str, int] = MappingProxyType({})
_HEAD = 20_000  # characters in which the root element is looked for, past banners and PHP's warnings
_ROOT = re.compile(r"<(?:[\w.-]+:)?(rss|feed|rdf|urlset|sitemapindex|channel)(?=[\s/>])", re.IGNORECASE)
_PROLOG = re.compile(r"<\?xml\b|<!doctype\b", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_TAGS = re.compile(r"<(?:head|body|script|meta|div|p|a|title|br|table|h1)\b", re.IGNORECASE)
_XML = re.compile(r"\s*(?:<\?xml\b|<[a-z][\w.:-]*[\s/>])", re.IGNORECASE)


def read_listing(
    kind: Kind, body: bytes, url: str, content_type: str = "", learned: Mapping[str, int] = _NOTHING
) -> Listed:
    """Return what a listing lists. `body` is unpacked; `url` is the address that answered.

    `learned` is what `learn` made of the source's earlier addresses; only a front page heeds it.

    Raises `ListingRefused` with one of these reasons: "empty", "not a feed", "entity bomb", "html instead of a feed",
    "challenge page", "consent wall", "javascript stub". Nothing else is raised, whatever the bytes are.
    """
    text = decode(body, content_type).lstrip("\ufeff \t\r\n\0")
    if not text.strip():
        raise ListingRefused("empty", "the answer has no content")
    if text[0] in "{[":
        return read_json_feed(text, url)
    head = text[:_HEAD]
    root, page = _ROOT.search(head), _HTML.search(head)
    if root is not None and (page is None or root.start() < page.start()):
        return _read_xml(root[1].lower(), _from_prolog(text, root.start()), url)
    if root is not None and kind is not Kind.FRONT_PAGE:
        # A feed inside a page: what a template engine made of it. The parsers stop caring at its end.
        return _read_xml(root[1].lower(), text[root.start() :], url)
    if page is not None or (head.startswith("<") and _TAGS.search(head) and not head.startswith("<?xml")):
        return _read_html(kind, text, url, learned)
    if _XML.match(head):
        return read_feed(text, url)
    if kind is Kind.FRONT_PAGE:
        raise ListingRefused("not a page", f"text without markup: {shorten(' '.join(head.split()), 60)!r}")
    return read_plain_list(text, url)


def _from_prolog(text: str, root: int) -> str:
    """Return the document from its prolog on: what stands before it is no part of it and would break the parser."""
    prolog = _PROLOG.search(text, 0, root)
    return text[prolog.start() if prolog else root :]


def _read_xml(root: str, text: str, url: str) -> Listed:
    return read_sitemap(text, url) if root in ("urlset", "sitemapindex") else read_feed(text, url)


def _read_html(kind: Kind, text: str, url: str, learned: Mapping[str, int]) -> Listed:
    tree = html_tree(text)
    if tree is None:
        raise ListingRefused("empty", "a page without content")
    if kind is not Kind.FRONT_PAGE:
        raise why_no_listing(tree)
    listed = read_front_page(tree, url, learned)
    if not listed.entries and (refusal := why_no_articles(tree)) is not None:
        raise refusal
    return listed
