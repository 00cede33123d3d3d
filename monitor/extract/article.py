"""From a page to an article: each part asked for its field, and what is known is put together.

Takes a `Page`; gives an `Extraction`. Where a page gives no text but the feed told something, that is the article,
and it is marked.
"""

from dataclasses import replace

import trafilatura.meta

from monitor.errors import PageRefused
from monitor.extract import address, blocks, body, byline, credit, dates, document, language, marks, structured, title
from monitor.lexicon import base_language
from monitor.records import Article, Entry, Extraction, Page
from monitor.text import one_line, paragraphs, shorten

SUMMARY_LIMIT = 1000

# trafilatura and its relatives remember what they saw in module-level caches: they are emptied every so many pages.
_PAGES_BETWEEN_RESETS = 200
_seen = 0


def extract(page: Page, repeated: frozenset[int] = frozenset()) -> Extraction:
    """Return a page's article and the fingerprints of its text blocks.

    `repeated` are fingerprints of blocks that this site shows on many pages: they are left out. Raises PageRefused
    ("not html", "empty page", "no article") where neither page nor feed has anything to tell.
    """
    _forget_now_and_then()
    try:
        source = document.read_document(page.body, page.content_type)
    except PageRefused:
        if page.entry and _told(page.entry):
            return Extraction(from_entry(page.entry, page.source, page.url))
        raise
    return _read(page, source, repeated)


def _forget_now_and_then() -> None:
    global _seen  # noqa: PLW0603 - a worker's own count; the caches it empties are module-level too
    _seen += 1
    if _seen % _PAGES_BETWEEN_RESETS == 0:
        trafilatura.meta.reset_caches()


def _read(page: Page, source: document.Document, repeated: frozenset[int]) -> Extraction:
    facts = structured.read_facts(source.tree, page.url)
    layout = blocks.read_layout(source.tree)
    entry = page.entry
    sites = title.site_names(facts, page.url)
    headline, headline_origin = title.read_title(source.tree, facts, entry, page.url)
    story = body.read_body(source, layout, facts, entry, headline, page.url, repeated)
    if not story.text and not _told(entry) and not (headline and facts.article):
        raise PageRefused("no article", "no text and no headline of an article was found")
    if not headline and entry:
        headline, headline_origin = shorten(one_line(entry.title or entry.summary), title.MAX_LENGTH), "feed"
    names, names_origin = byline.read_authors(facts, entry, layout, story.blocks, sites)
    before, after = blocks.around(story.blocks, len(layout.blocks))
    lines = [layout.blocks[i].text for i in (*before, *after)]
    first = dates.published(source.tree, facts, entry, lines, page.url, page.fetched)
    last = dates.modified(facts, entry, first, page.fetched)
    text = byline.without_biography(credit.without_credits(story.text), names)
    code, code_origin = language.read_language(text, headline, facts, entry)
    origins = (
        ("title", headline_origin), ("text", story.origin), ("authors", names_origin), ("published", first.origin),
        ("published belief", f"{first.belief:.2f}" if first.moment else ""), ("modified", last.origin),
        ("language", code_origin),
    )  # fmt: skip
    article = Article(
        url=address.own_address(page, facts),
        title=headline,
        text=text,
        summary=_summary(facts, entry),
        authors=names,
        published=first.moment,
        modified=last.moment,
        language=code,
        credited=credit.read_credits(layout, story.blocks, facts, page.url, sites, names),
        marks=marks.read_marks(text, facts, layout, entry),
        origins=tuple((name, origin) for name, origin in origins if origin),
        source=page.source,
    )
    return Extraction(article, blocks.fingerprints(layout.blocks))


def _summary(facts: structured.Facts, entry: Entry | None) -> str:
    return shorten(
        one_line((entry.summary if entry else "") or facts.meta("og:description", "description")), SUMMARY_LIMIT
    )


def _told(entry: Entry | None) -> bool:
    return bool(entry and (entry.title or entry.summary or entry.text))


def from_entry(entry: Entry, source: str, url: str) -> Article:
    """Return what a feed told of an article whose page cannot be had, marked "feed only" or "text unavailable"."""
    text = "\n".join(paragraphs(entry.text))
    stated = (
        ("title", entry.title),
        ("text", text),
        ("authors", entry.authors),
        ("published", entry.published),
        ("modified", entry.updated),
    )
    article = Article(
        url=url,
        title=shorten(one_line(entry.title), title.MAX_LENGTH),
        text=text,
        summary=shorten(one_line(entry.summary), SUMMARY_LIMIT),
        authors=byline.clean_names(entry.authors),
        published=entry.published,
        modified=entry.updated,
        language=base_language(entry.language),
        marks=(marks.FEED_ONLY,) if text else (marks.TEXT_UNAVAILABLE,),
        origins=tuple((name, "feed") for name, value in stated if value),
        source=source,
    )
    if not article.title and (line := article.text.split("\n")[0] or article.summary):
        return replace(article, title=shorten(line, title.MAX_LENGTH))
    return article
