"""A mail asks for nothing: what in its HTML would run, or be fetched from somewhere when it is opened.

Whoever serves a logo learns who reads about what, and when. Words of outlets are escaped and can hold nothing of the
kind; a user's template could.
"""

import re

from lxml import html as lxml_html

_RUNS = frozenset(("script", "iframe", "frame", "object", "embed", "applet", "form", "base", "link", "audio", "video"))
_FETCHED = ("src", "srcset", "background", "poster", "data", "lowsrc", "longdesc")
_ABROAD = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//|\s*(?!data:|cid:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_STYLE = re.compile(r"@import|url\(\s*['\"]?\s*(?!data:)", re.IGNORECASE)


def asks_for(page: str) -> str:
    """Return the first thing in a page that runs or is fetched, as it would be written; "" where there is none."""
    for element in lxml_html.document_fromstring(page).iter():
        if not isinstance(element.tag, str):
            continue  # a comment
        found = _asked_by(element)
        if found:
            return found
    return ""


def _asked_by(element: lxml_html.HtmlElement) -> str:
    if element.tag in _RUNS:
        return f"<{element.tag}>"
    for name, value in element.attrib.items():
        if name in _FETCHED and _ABROAD.match(value):
            return f"<{element.tag} {name}={value[:80]!r}>"
        if name.startswith("on") or (name == "href" and value.strip().lower().startswith(("javascript:", "data:"))):
            return f"<{element.tag} {name}>"
    style = element.attrib.get("style", "") + (element.text_content() if element.tag == "style" else "")
    return f"<{element.tag}> with a style from elsewhere" if _STYLE.search(style) else ""
