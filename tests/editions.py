"""A small vocabulary for tests of the digest: an edition of a few stories, and how to read the mail made of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lxml import html as lxml_html

from monitor.digest import sample_edition
from monitor.records import Article, Edition, Evidence, Flag, Lineage, Recipient, Status, Story, Telling, Watchlist

UNKNOWN = Lineage()
NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


def telling(
    title: str = "Ports sign a pact",
    *,
    outlet: str = "Outlet",
    url: str = "https://outlet.example/a",
    language: str | None = "en",
    score: float = 0.9,
    watchlist: str = "ports",
    evidence: tuple[Evidence, ...] = (Evidence("The ports sign a pact.", ("sign",)),),
    **more: object,
) -> Telling:
    article_fields = {key: more.pop(key) for key in ("published", "credited", "marks", "text") if key in more}
    article = Article(url, title, language=language, **article_fields)  # type: ignore[arg-type]
    flags = (Flag(watchlist, score, evidence),)
    return Telling(1, article, outlet, NOW - timedelta(hours=1), flags, **more)  # type: ignore[arg-type]


def edition(*stories: Story, **changes: object) -> Edition:
    watchlists = (Watchlist("ports", "Ports"), Watchlist("ships", "Ships"))
    return replace(
        sample_edition(),
        watchlists=watchlists,
        stories=stories,
        near_misses=(),
        volume=(),
        recipient=Recipient("reader", "reader@example.org", "Europe/Paris", "en"),
        **changes,  # type: ignore[arg-type]
    )


def story(
    *tellings: Telling,
    number: int = 1,
    status: Status = Status.NEW,
    root: str | None = None,
    lineage: Lineage = UNKNOWN,
) -> Story:
    return Story(number, tellings, status, root, lineage)


def headlines(html: str) -> list[str]:
    return [one.text_content() for one in lxml_html.fromstring(html).iter("h3")]


def section_titles(html: str) -> list[str]:
    return [one.text_content() for one in lxml_html.fromstring(html).iter("h2")]


def words(text: str) -> str:
    return " ".join(text.split())
