"""A front page without a feed: which of its links lead to articles, told by their shape alone.

Each link is judged by its address (dates, ids, the words of its slug), its text (headlines are long, sections are
short), its place (menus and footers) and its company: cards repeat, and what stands in the same sort of container is
mostly the same sort of link. No site is known here by name; what a site taught us is passed in.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from statistics import median

from lxml import html as lxml_html

from monitor.discover.addresses import address_score
from monitor.discover.documents import base_of
from monitor.discover.entries import Raw, entry
from monitor.discover.languages import language
from monitor.discover.learning import shape
from monitor.discover.markup import heading
from monitor.records import Listed
from monitor.text import one_line, shorten
from monitor.urls import absolute, edition, identity, registrable_host

MOST_LINKS = 5_000
MOST_ARTICLES = 1_000
# A link holds a card at most; what holds more is an anchor that was never closed, and each would hold all after it.
_MOST_INSIDE = 200
_MOST_ABOVE = 30
# What a link must reach, address, text, place and company together, to be taken for an article.
THRESHOLD = 4

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5"))
_FURNITURE = frozenset(("nav", "footer", "menu"))
_FURNITURE_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|footer|breadcrumbs?|social|share|tags?|legal|cookie|sitemap|lang|"
    r"languages?|pagination|pager|topbar)(?:$|[\s_-])",
    re.IGNORECASE,
)
_NOT_FOLLOWED = frozenset(("tag", "author", "license", "sponsored", "search", "nofollow", "help", "next", "prev"))
# Scripts written without spaces: a headline there is one "word".
_DENSE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(slots=True)
class _Link:
    url: str
    text: str
    headed: bool
    furniture: bool
    called_furniture: bool
    container: str
    score: float = 0.0


def read_front_page(root: lxml_html.HtmlElement, url: str, learned: Mapping[str, int]) -> Listed:
    """Return the articles a page links to, in its order, with the link's text as title; perhaps none.

    `learned` is what `learn` made of the source's earlier addresses; empty where nothing is known yet.
    """
    links = list(_links(root, url))
    _judge(links, learned)
    kept: dict[str, _Link] = {}
    for link in links:
        key = identity(link.url)
        known = kept.get(key)
        if known is None:
            kept[key] = link
        else:
            known.score = max(known.score, link.score)
            if _is_better_title(link, known):
                known.text, known.headed = link.text, link.headed
    chosen = _of_one_edition([link for link in kept.values() if link.score >= THRESHOLD], url)[:MOST_ARTICLES]
    entries = (entry(Raw(link=link.url, title=link.text), url) for link in chosen)
    return Listed(
        entries=tuple(found for found in entries if found is not None),
        title=shorten(heading(root.findtext(".//title") or ""), 300),
        language=language(root.get("lang")),
    )


def _of_one_edition(links: list[_Link], url: str) -> list[_Link]:
    """Return a language edition's own articles: its front page links to the others', and to the original's, as well."""
    own = edition(url)
    return [link for link in links if edition(link.url) == own] or links if own else links


def _links(root: lxml_html.HtmlElement, url: str) -> Iterator[_Link]:
    """Yield the links that lead to another page of the same site."""
    base = base_of(root, url)
    here, site = identity(url), registrable_host(url)
    for number, anchor in enumerate(root.iter("a")):
        href = anchor.get("href")
        if number >= MOST_LINKS or not href or _NOT_FOLLOWED & set(anchor.get("rel", "").lower().split()):
            continue
        address = absolute(href, base)
        if address is None or registrable_host(address) != site:
            continue
        key = identity(address)
        if key != here and not here.startswith(f"{key}/"):
            yield _described(anchor, address)


def _described(anchor: lxml_html.HtmlElement, address: str) -> _Link:
    inside = list(islice(anchor.iter(), _MOST_INSIDE))
    above = list(islice(anchor.iterancestors(), _MOST_ABOVE))
    return _Link(
        url=address,
        text=_text(anchor, inside),
        headed=any(element.tag in _HEADINGS for element in (*inside, *above[:4])),
        furniture=any(element.tag in _FURNITURE for element in above),
        # The page's own frame may be called anything ("has-sticky-nav"): only what is near counts by name.
        called_furniture=any(_FURNITURE_NAME.search(_named(element)) for element in above[:6] if element.tag != "body"),
        container=">".join(f"{element.tag}.{element.get('class') or ''}" for element in above[:3]),
    )


def _named(element: lxml_html.HtmlElement) -> str:
    # Generated class lists of hundreds of characters name everything and mean nothing.
    name = f"{element.get('class') or ''} {element.get('id') or ''}"
    return name if len(name) < 200 else ""


def _text(anchor: lxml_html.HtmlElement, inside: list[lxml_html.HtmlElement]) -> str:
    """Return what a link calls its target: the headline inside it, else its text, its title, its picture's caption."""
    for element in inside:
        if element.tag in _HEADINGS and (headline := _words_of(islice(element.iter(), _MOST_INSIDE), element)):
            return headline
    if text := _words_of(inside, anchor):
        return shorten(text, 300)
    captions = (element.get("alt") for element in inside if element.tag == "img")
    return one_line(anchor.get("title") or next(captions, None) or "")


def _words_of(inside: Iterable[lxml_html.HtmlElement], whole: lxml_html.HtmlElement) -> str:
    """Return the text of an element, given as all that is inside it; style sheets and scripts say nothing."""
    pieces = (
        f"{'' if element.tag in ('style', 'script', 'svg') else element.text or ''} "
        f"{(element.tail or '') if element is not whole else ''}"
        for element in inside
    )
    return one_line(" ".join(pieces))


def _judge(links: list[_Link], learned: Mapping[str, int]) -> None:
    """Score every link by itself, then by the company it keeps."""
    company: dict[str, list[float]] = defaultdict(list)
    # Where nearly all is furniture by name, it is the page's own frame that is called so ("has-menu").
    is_framed = sum(link.called_furniture for link in links) > 0.9 * len(links)
    for link in links:
        address, text = address_score(link.url), text_score(link.text)
        # A short headline is no section's name where the address alone is an article's ("/2025/05/14/spring.html").
        link.score = address + (text if text > 0 or address < THRESHOLD else 0)
        link.score += (
            2 * link.headed
            - 3 * (link.furniture or (link.called_furniture and not is_framed))
            + learned.get(shape(link.url), 0)
        )
        company[link.container].append(link.score)
    for link in links:
        others = company[link.container]
        if len(others) >= 3:
            middle = median(others)
            link.score += 2 if middle > THRESHOLD + 1 else 1 if middle >= THRESHOLD else -1 if middle < 1 else 0


def text_score(text: str) -> int:
    """Return how much a link's text looks like a headline: -2 (a section's name) to 3 (a sentence)."""
    dense = len(_DENSE.findall(text))
    length, words = len(text) + dense, len(text.split()) + dense // 3
    if words >= 6 or length >= 45:
        return 3
    if words >= 4 and length >= 18:
        return 2
    if not text:
        return 0
    return -2 if words <= 2 and length < 20 else 0


def _is_better_title(link: _Link, known: _Link) -> bool:
    """Return whether a second link to the same article names it better: a headline beats a teaser and "more"."""
    if link.headed != known.headed:
        return link.headed and bool(link.text)
    return text_score(link.text) > text_score(known.text)
