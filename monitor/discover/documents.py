"""A whole HTML page as a tree, whatever its bytes are."""

from lxml import etree
from lxml import html as lxml_html

from monitor.discover.charset import decode
from monitor.urls import absolute

_UTF8 = lxml_html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False, encoding="utf-8")


def parse_html(body: bytes, content_type: str = "") -> lxml_html.HtmlElement | None:
    """Return the root of a page, or None where there is no element in it."""
    return html_tree(decode(body, content_type))


def html_tree(text: str) -> lxml_html.HtmlElement | None:
    """Return the root of decoded HTML, or None where there is no element in it."""
    try:
        # As bytes: lxml refuses text that carries an encoding declaration, and trusts none inside bytes it is told of.
        return lxml_html.document_fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser=_UTF8)
    except (etree.ParserError, ValueError):
        return None


def base_of(root: lxml_html.HtmlElement, url: str) -> str:
    """Return what a page's relative links are joined to: its `<base>` where that is an address, else its own."""
    declared = (absolute(base.get("href"), url) for base in root.iterfind(".//base[@href]"))
    return next((base for base in declared if base is not None), url)
