"""What a page states about itself in forms made for machines: JSON-LD, meta tags, microdata, link relations.

Takes a tree; gives `Facts`. States are taken as they stand: whether they are believed is decided by title.py,
byline.py and dates.py.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from lxml.html import HtmlElement

Node = dict[str, Any]

_ARTICLE_TYPES = re.compile(
    r"(?:^|[/:])(?:\w*Article|BlogPosting|LiveBlogPosting|\w*NewsArticle|Report|SocialMediaPosting|Review|ClaimReview)$"
)
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_WRAPPING = re.compile(
    r"^\s*(?://\s*)?(?:<!--|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:(?://\s*)?(?:-->|\]\]>)|/\*\s*\]\]>\s*\*/)\s*;?\s*$"
)
# JSON-LD beyond this depth is an attack or an accident.
_MAX_LD_DEPTH = 40
_MAX_LD_NODES = 5000
_MOST_SIGNATURES, _LONGEST_SIGNATURE = 10, 120


@dataclass(frozen=True, slots=True)
class Facts:
    """A page's own statements.

    `metas` maps lower-case names to values in page order; `nodes` are JSON-LD objects, `article` the one that
    describes this page's article, or empty. `signed` are the texts of elements marked up as the author's.
    """

    metas: dict[str, tuple[str, ...]] = field(default_factory=dict)
    nodes: tuple[Node, ...] = ()
    article: Node = field(default_factory=dict)
    canonical: str = ""
    alternates: tuple[tuple[str, str], ...] = ()
    language: str = ""
    signed: tuple[str, ...] = ()

    def meta(self, *names: str) -> str:
        """Return the first non-empty value of the first of these names that has one."""
        return next((value for name in names for value in self.metas.get(name, ()) if value.strip()), "")


def read_facts(tree: HtmlElement, url: str) -> Facts:
    """Collect what the page states about itself; addresses are made absolute against `url`."""
    metas: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = element.get("content")
        if content is None:
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if name := element.get(attribute):
                metas.setdefault(name.strip().lower(), []).append(content)
    canonical, alternates = _links(tree, url)
    nodes = tuple(_linked_data(tree))
    return Facts(
        metas={name: tuple(values) for name, values in metas.items()},
        nodes=nodes,
        article=_article_node(nodes, {url, canonical}),
        canonical=canonical,
        alternates=alternates,
        signed=tuple(_signatures(tree))[:_MOST_SIGNATURES],
        language=(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "").strip(),
    )


def _signatures(tree: HtmlElement) -> Iterator[str]:
    """Yield the texts of elements that microdata or a link relation name the author, outside of comments."""
    for element in tree.iter("a", "span", "div", "p", "address", "li"):
        if element.get("itemprop") == "author" or "author" in (element.get("rel") or "").split():
            text = " ".join("".join(element.itertext()).split())
            names = [meta.get("content") or "" for meta in element.iter("meta") if meta.get("itemprop") == "name"]
            if len(text) <= _LONGEST_SIGNATURE:
                yield from names or [text]


def _links(tree: HtmlElement, url: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    canonical, alternates = "", []
    for element in tree.iter("link"):
        relations = (element.get("rel") or "").lower().split()
        if not (href := (element.get("href") or "").strip()):
            continue
        try:
            target = urljoin(url, href)
        except ValueError:
            continue
        if "canonical" in relations and not canonical:
            canonical = target
        elif "alternate" in relations and element.get("hreflang"):
            alternates.append((element.get("hreflang").strip().lower(), target))
    return canonical, tuple(alternates)


def _linked_data(tree: HtmlElement) -> Iterator[Node]:
    left = _MAX_LD_NODES
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text:
            continue
        for node in _nodes(_read_json(script.text)):
            yield node
            left -= 1
            if not left:
                return


def _read_json(text: str) -> Any:
    """Return what a JSON-LD script holds, forgiving what publishers get wrong; None where nothing can be read."""
    text = _WRAPPING.sub("", text.strip()).strip()
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(value: Any) -> Iterator[Node]:
    """Yield every object at the top of the data, in `@graph` lists and as `mainEntity`, breadth first."""
    level = [value]
    for _ in range(_MAX_LD_DEPTH):
        below: list[Any] = []
        for item in level:
            if isinstance(item, list):
                below.extend(item)
            elif isinstance(item, dict):
                yield item
                below.extend(
                    item[key]
                    for key in ("@graph", "mainEntity", "mainEntityOfPage", "about")
                    if isinstance(item.get(key), dict | list)
                )
        if not below:
            return
        level = below


def types(node: Node) -> tuple[str, ...]:
    """Return a node's types as a tuple of strings."""
    stated = node.get("@type", ())
    return tuple(kind for kind in (stated if isinstance(stated, list) else [stated]) if isinstance(kind, str))


def _article_node(nodes: tuple[Node, ...], addresses: set[str]) -> Node:
    """Return the node that describes this page's article: one that names the page's address, else the fullest first."""
    articles = [node for node in nodes if any(_ARTICLE_TYPES.search(kind) for kind in types(node))]
    if not articles:
        return next((node for node in nodes if node.get("headline") and node.get("datePublished")), {})

    def weight(node: Node) -> tuple[bool, int]:
        named = {strings(node.get(key))[0] for key in ("url", "@id", "mainEntityOfPage") if strings(node.get(key))}
        filled = sum(bool(node.get(key)) for key in ("headline", "datePublished", "author", "articleBody"))
        return bool(named & addresses), filled

    return max(articles, key=weight)


def strings(value: Any) -> tuple[str, ...]:
    """Return the text of a JSON-LD value: strings as they are, objects by their name or address, lists joined."""
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    if isinstance(value, dict):
        for key in ("name", "@value", "@id", "url"):
            if isinstance(value.get(key), str) and value[key].strip():
                return (value[key],)
        return ()
    if isinstance(value, list):
        return tuple(text for item in value if not isinstance(item, list) for text in strings(item))
    return ()
