"""Bytes of a page to a tree: what kind of bytes they are, in which charset, and nesting made harmless.

Takes a body as it was sent and the header's claim about it; gives a parsed tree whose depth is bounded. Raises
`PageRefused` for what is not HTML. Does not care what the page says.
"""

import re
from dataclasses import dataclass
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from monitor.errors import PageRefused
from monitor.extract.charset import decode

# What browsers sniff too: the first bytes of the things that most often hide behind an address ending in .html.
_MAGIC = (
    b"%PDF-", b"\x89PNG", b"GIF87a", b"GIF89a", b"\xff\xd8\xff", b"RIFF", b"PK\x03\x04", b"\x1f\x8b", b"II*\x00",
    b"MM\x00*", b"\x00\x00\x01\x00", b"OggS", b"ID3", b"\x1aE\xdf\xa3", b"wOF2", b"wOFF", b"7z\xbc\xaf", b"Rar!",
    b"\x00asm", b"\x7fELF",
)  # fmt: skip
_NOT_HTML_TYPES = re.compile(
    r"^(?:image|audio|video|font)/|^application/(?:pdf|zip|octet-stream|json|msword|vnd\.)", re.IGNORECASE
)
_TAG = re.compile(r"<[a-z!/]", re.IGNORECASE)

# Deeper than any real page; libxml2 itself refuses beyond 2048, many tree algorithms recurse before that.
MAX_DEPTH = 200
# What stands beyond so many tags, or so many characters, is not a story: a page of a million rows is cut here, before a
# tree of a gigabyte is built from it.
MAX_TAGS = 30_000
MAX_LENGTH = 4_000_000
_USUAL_LENGTH = 1_500_000
# libxml2 compares each attribute of a tag with every other: a tag of two million attributes would take it hours.
_GIANT_TAG = re.compile(r"<([a-z][a-z0-9-]{0,30})[^<>]{20000,}>?", re.IGNORECASE)
_MACHINE_PARTS = re.compile(
    r"<script\b[^<>]{0,2000}>.*?</script\s*>|<style\b[^<>]{0,2000}>.*?</style\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL
)
_LINKED_DATA = re.compile(r"<script\b[^<>]{0,300}ld\+json", re.IGNORECASE)
_LONGEST_DATA = 300_000
# Rows of opening tags without a word between them.
_NEST = re.compile(r"(?:<(?!meta|link|script|img|input|br|source|option)[a-z][^<>]{0,300}>\s*){60,}", re.IGNORECASE)
_DECORATION = re.compile(r"</?(?:span|font|b|i|u|em|strong|small|big)\b[^<>]*>", re.IGNORECASE)
_START_TAG = re.compile(r"<[a-z]", re.IGNORECASE)

# The only tags that survive flattening: none of them nests in itself, so no depth can be built from them.
_FLAT_KEEP = "html|head|title|meta|link|body|p|h[1-6]|br|a|script|style|time|article|main|nav|footer|aside"
_FLATTEN = re.compile(rf"</?(?!(?:{_FLAT_KEEP}|!)\b)[a-z][^<>]*>", re.IGNORECASE)
_ARTICLE_TAGS = re.compile(r"</?(?:article|main|nav|footer|aside|a|time)\b[^<>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed page. `elements` counts them; `flattened` says that its nesting had to be taken apart."""

    tree: HtmlElement
    elements: int
    charset: str
    flattened: bool = False


def read_document(body: bytes, content_type: str = "") -> Document:
    """Parse a page, whatever its charset and nesting. Raises PageRefused ("not html", "empty page")."""
    if not body.strip(b" \t\r\n\x00"):
        raise PageRefused("empty page", "the answer has no content")
    if body.startswith(_MAGIC):
        raise PageRefused("not html", "the content is a file of another kind")
    text, charset = decode(body, content_type)
    if not _TAG.search(text, 0, 20_000):
        raise PageRefused("not html", f"no markup in it; sent as {content_type.strip() or 'nothing stated'}")
    if _NOT_HTML_TYPES.match(content_type.strip()) and "<html" not in text[:4000].lower():
        raise PageRefused("not html", f"sent as {content_type.strip()}")
    # A browser drops a NUL; libxml2 puts a replacement character in its place, in the middle of a word.
    text = _bounded(text.replace("\x00", ""))
    tree, depth, elements = _parse(text)
    if depth <= MAX_DEPTH:
        return Document(tree, elements, charset)
    flat = _FLATTEN.sub(" ", text)
    tree, depth, elements = _parse(flat)
    if depth > MAX_DEPTH:
        tree, depth, elements = _parse(_ARTICLE_TAGS.sub(" ", flat))
    return Document(tree, elements, charset, flattened=True)


def _bounded(text: str) -> str:
    """Return a page's source without what no parser should be given; pages of usual size come back as they are."""
    if len(text) > _USUAL_LENGTH:
        # First what is no text at all: a script of ten megabytes must not push the story over the edge.
        text = _GIANT_TAG.sub(r"<\1>", _MACHINE_PARTS.sub(_unless_data, text))[:MAX_LENGTH]
    if text.count("<") > MAX_TAGS:
        text = _NEST.sub(" ", _DECORATION.sub("", text))
        beyond = next(islice(_START_TAG.finditer(text), MAX_TAGS, None), None)
        text = text[: beyond.start()] if beyond else text
    return text


def _unless_data(match: re.Match[str]) -> str:
    """Return nothing for a script, a style or a comment, but JSON-LD of a believable length as it is."""
    part = match.group()
    return part if len(part) < _LONGEST_DATA and _LINKED_DATA.match(part) else " "


def _parse(text: str) -> tuple[HtmlElement, int, int]:
    """Return the tree, its depth (far beyond the limit where the parser gave up) and the number of its elements."""
    # The text is already right: parsing UTF-8 bytes under a fixed charset keeps every <meta charset> lie out of it.
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        tree = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as fault:
        raise PageRefused("not html", str(fault)) from fault
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log.filter_from_fatals()):
        return tree, MAX_DEPTH * 100, 0
    depth = deepest = elements = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        if event == "start":
            elements += 1
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth -= 1
    return tree, deepest, elements
