"""Fragments of HTML inside listings to plain text: paragraphs one a line, entities resolved, scripts gone."""

import html
import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from monitor.text import one_line, paragraphs

_BLOCKS = frozenset(
    (
        *(
            "p",
            "div",
            "br",
            "li",
            "ul",
            "ol",
            "tr",
            "td",
            "th",
            "table",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "pre",
        ),
        *("blockquote", "section", "article", "figure", "figcaption", "dt", "dd", "dl", "header", "footer", "aside"),
    )
)
_SILENT = frozenset(("script", "style", "noscript", "iframe", "object", "template", "svg", "head", "title", "form"))
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_TAG = re.compile(r"<[a-zA-Z/!]")
_INLINE = re.compile(r"</?(?:b|i|u|em|strong|span|a|sup|sub|font|small|br|p|div|mark|wbr|img)\b[^<>]*>", re.IGNORECASE)
_PARSER = lxml_html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False)


def plain(fragment: str) -> str:
    """Return the text of an HTML fragment, paragraphs joined by newlines. Text without any markup comes back tidied."""
    if not _TAG.search(fragment):
        return "\n".join(paragraphs(html.unescape(fragment)))
    try:
        root = lxml_html.document_fromstring(fragment.replace("\0", ""), parser=_PARSER)
    except (etree.ParserError, ValueError):  # nothing but comments, or nothing at all
        return ""
    return "\n".join(paragraphs(html.unescape("".join(_pieces(root)))))


def heading(text: str) -> str:
    """Return a title on one line: publishers escape two and three times, which is undone here."""
    text = _INLINE.sub(" " if "<br" in text.lower() else "", text)
    for _ in range(2):
        if _ENTITY.search(text):
            text = _INLINE.sub("", html.unescape(text))
    return one_line(text)


def _pieces(root: lxml_html.HtmlElement) -> Iterator[str]:
    """Yield text and line breaks in document order; walks without recursion, so that depth costs nothing."""
    silent = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if tag in _SILENT:
            silent += 1 if event == "start" else -1
        if tag in _BLOCKS:
            yield "\n"
        piece = element.text if event == "start" else element.tail
        if piece and not silent:
            # A line break in the source is a space to a reader; those that count are the tags.
            yield piece if tag == "pre" and event == "start" else piece.replace("\n", " ").replace("\r", " ")
