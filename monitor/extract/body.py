"""The clean text of a story: candidate texts, and the choice between them by evidence.

Takes a parsed page and what is known of its site; gives paragraphs joined by newlines and where they came from. The
page's own blocks are the rule; what the page states in JSON-LD or the feed carried replaces them where it plainly
holds more of the same story.
"""

import copy
import html
import re
from dataclasses import dataclass

import trafilatura
from trafilatura.settings import Document as Extracted

from monitor.extract import phrases
from monitor.extract.blocks import Layout, fingerprint
from monitor.extract.document import Document
from monitor.extract.selection import select
from monitor.extract.structured import Facts, strings
from monitor.extract.voices import Voice, fold
from monitor.records import Entry
from monitor.text import paragraphs

# Beyond these, trafilatura's passes over the tree are no longer cheap; our own blocks are linear in any case.
_MOST_ELEMENTS = 20_000
# The share of a text's paragraphs that another must hold to be the same story.
_SAME_STORY = 0.5
# How much longer a text must be to replace the page's own, and the length below which it is no text.
_PLAINLY_MORE, _ENOUGH = 1.3, 200
_MARKUP = re.compile(r"<[^<>]{1,500}>")
_BREAKS = re.compile(r"<\s*(?:/p|br|/li|/h\d|/div|/blockquote)\b[^<>]{0,200}>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Body:
    """A story's paragraphs joined by newlines and where they came from ("page", "json-ld", "feed", "extractor").

    `blocks` are the positions of the page's own blocks that were taken for the story, whatever text was chosen.
    """

    text: str = ""
    origin: str = ""
    blocks: tuple[int, ...] = ()


def read_body(
    page: Document, layout: Layout, facts: Facts, entry: Entry | None, headline: str, url: str, repeated: frozenset[int]
) -> Body:
    """Return the story's text by the best of the candidates, or an empty body."""
    extracted = _extracted(page, url)
    stated = _stated(facts)
    kept = select(layout, headline, Voice(extracted), Voice(stated), repeated)
    found = Body("\n".join(layout.blocks[i].text for i in kept), "page", kept)
    for text, origin in ((stated, "json-ld"), (_fed(entry), "feed"), ("" if kept else extracted, "extractor")):
        other = _clean(text, headline, repeated)
        if len(other) > max(_PLAINLY_MORE * len(found.text), _ENOUGH) and _same_story(found.text, other):
            found = Body(other, origin, kept)
    return found if found.text else Body()


def _extracted(page: Document, url: str) -> str:
    """Return what trafilatura takes for the story; empty where the page is not one it can be trusted with."""
    if page.flattened or page.elements > _MOST_ELEMENTS:
        return ""
    document = trafilatura.bare_extraction(
        copy.copy(page.tree), url=url, fast=True, include_comments=False, with_metadata=False
    )
    return document.text or "" if isinstance(document, Extracted) else ""


def _stated(facts: Facts) -> str:
    """Return the JSON-LD's own text of the article, without the markup that some publishers leave in."""
    text = max(strings(facts.article.get("articleBody")), key=len, default="")
    if "<" in text or "&" in text:
        text = html.unescape(_MARKUP.sub("", _BREAKS.sub("\n", html.unescape(text))))
    return text


def _fed(entry: Entry | None) -> str:
    return entry.text if entry else ""


def _clean(text: str, headline: str, repeated: frozenset[int]) -> str:
    """Return a foreign text's paragraphs without what is furniture by its words."""
    title = fold(headline)
    return "\n".join(
        line
        for line in paragraphs(text)
        if fingerprint(line) not in repeated and fold(line) != title and not phrases.furniture(line)
    )


def _same_story(text: str, other: str) -> bool:
    """Say whether most of a text's paragraphs stand in the other as well; nothing stands in everything."""
    whole = fold(other)
    lines = [folded for line in text.split("\n") if len(folded := fold(line)) >= 25]
    return sum(line in whole for line in lines) >= _SAME_STORY * len(lines)
