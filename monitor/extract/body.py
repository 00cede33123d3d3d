"""The clean text of a story: candidate texts, and the choice between them by evidence.

Takes a parsed page and what is known of its site; gives paragraphs joined by newlines and where they came from.
"""

import copy

import trafilatura
from trafilatura.settings import Document as Extracted

from monitor.extract.blocks import fingerprint
from monitor.extract.document import Document
from monitor.extract.structured import Facts, strings
from monitor.records import Entry
from monitor.text import paragraphs


def read_body(page: Document, facts: Facts, entry: Entry | None, url: str, repeated: frozenset[int]) -> tuple[str, str]:
    """Return the story's text and its origin ("page", "json-ld", "feed"), or two empty strings."""
    text, origin = _from_page(page, url), "page"
    if not text and (stated := strings(facts.article.get("articleBody"))):
        text, origin = stated[0], "json-ld"
    if entry and len(entry.text) > 2 * len(text):
        text, origin = entry.text, "feed"
    kept = [line for line in paragraphs(text) if fingerprint(line) not in repeated]
    return ("\n".join(kept), origin) if kept else ("", "")


def _from_page(page: Document, url: str) -> str:
    document = trafilatura.bare_extraction(
        copy.copy(page.tree), url=url, fast=True, include_comments=False, with_metadata=False
    )
    return document.text or "" if isinstance(document, Extracted) else ""
