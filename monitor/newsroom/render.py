"""Stories into what a site serves: article pages, front pages, feeds, sitemaps, robots.txt.

Takes a site and its printed stories, gives bytes in the site's own encoding. One Jinja2 template a shape; no clock, no
network.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from html import escape
from pathlib import Path
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from monitor.newsroom import dates
from monitor.newsroom.stories import LINK, Oddity, Site, Story, bold, plain

TEMPLATES = Path(__file__).parent / "templates"

# What a news sitemap may list, by its specification: two days. Older stories are in the plain sitemap only.
NEWS_SITEMAP_SPAN = timedelta(days=2)

Address = Callable[[str], str]

# What publishing systems do to text on its way to the page: no-break spaces, soft hyphens. Readers do not see it.
_TYPESETTING = {
    "fr": ((re.compile(r" (?=[:;?!»])|(?<=«) "), "\u00a0"),),
    "de": ((re.compile(r"(?<=\b\w{8})(?=\w{8})"), "\u00ad"),),
    "ru": ((re.compile(r" (?=—)"), "\u00a0"),),
}


@dataclass(frozen=True, slots=True)
class Printed:
    """A story at its address. Moments are in the site's zone; `number` is the outlet's own running number."""

    story: Story
    url: str
    number: int
    published: datetime
    edited: datetime | None = None

    @property
    def changed(self) -> datetime:
        """When the page last changed."""
        return self.edited or self.published


@dataclass(frozen=True, slots=True)
class Scene:
    """What every page of a site can see: who it is, what it carries (newest first), where other stories are.

    `address` turns "slug", "site/slug" or a URL into a URL; `extra` are (title, URL) of listed pages without article;
    `views` is what the site's visitor counters show.
    """

    site: Site
    base: str
    now: datetime
    printed: tuple[Printed, ...]
    address: Address
    extra: tuple[tuple[str, str], ...] = ()
    views: int = 0

    @property
    def listed(self) -> tuple[Printed, ...]:
        """What the site's listings name."""
        return tuple(each for each in self.printed if each.story.listed)

    def besides(self, story: Story) -> tuple[Printed, ...]:
        """Return what a page of this story can link to as further reading."""
        return tuple(each for each in self.listed if each.story.slug != story.slug)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A listing that a site serves, not yet rendered."""

    content_type: str
    render: Callable[[], bytes]


def print_story(site: Site, story: Story, base: str, now: datetime) -> Printed:
    """Give a story its moments and its address."""
    zone = ZoneInfo(site.zone)
    published = (now - story.age).astimezone(zone)
    edited = None if story.edited is None else (now - story.edited).astimezone(zone)
    number = 1_000_000 + crc32(f"{site.id}/{story.slug}".encode()) % 9_000_000
    return Printed(story, base + _path(site, story.slug, story.section, number, published), number, published, edited)


def oddity_url(site: Site, odd: Oddity, base: str, now: datetime) -> str:
    """Return the address of a page that holds no article; it looks like any other unless the page says otherwise."""
    if odd.path is not None:
        return base + odd.path
    number = 1_000_000 + crc32(odd.slug.encode()) % 9_000_000
    section = next(iter(site.sections), "")
    return base + _path(site, odd.slug, section, number, now.astimezone(ZoneInfo(site.zone)))


def article(scene: Scene, printed: Printed) -> bytes:
    """Return an article's page."""
    page = printed.story.page or scene.site.page
    return _render(f"page_{page}.html", scene, printed=printed, story=printed.story)


def oddity(scene: Scene, odd: Oddity) -> bytes:
    """Return a page that looks like the site's others and holds no article."""
    return _render(f"page_{odd.page}.html", scene, odd=odd)


def shelves(scene: Scene) -> dict[str, Shelf]:
    """Return everything but articles that a site serves, by path."""
    site = scene.site
    found = {
        "/robots.txt": Shelf("text/plain", partial(_robots, scene)),
        "/": Shelf("text/html", partial(_front, scene)),
        "/about": Shelf("text/html", partial(_render, "about.html", scene)),
    }
    for section in site.sections:
        found[f"/{section}/"] = found[f"/tag/{section}/"] = Shelf("text/html", partial(_front, scene, section))
    if site.feed is not None:
        kind = "application/atom+xml" if site.feed.startswith("atom") else "application/rss+xml"
        found[site.feed_path] = Shelf(kind, partial(_render, f"{site.feed}.xml", scene, listed=scene.listed))
    if site.sitemap is not None:
        found["/news-sitemap.xml"] = Shelf("application/xml", partial(_news_sitemap, scene))
    if site.sitemap == "index":
        months = sorted({f"{each.published:%Y-%m}" for each in scene.listed}, reverse=True)
        index = partial(_render, "sitemap_index.xml", scene, listed=scene.listed, months=months)
        found[site.sitemap_path] = Shelf("application/xml", index)
        found |= {f"/sitemap-{month}.xml": Shelf("application/xml", partial(_month, scene, month)) for month in months}
    return found


def _front(scene: Scene, section: str | None = None) -> bytes:
    listed = [each for each in scene.listed if section in {None, each.story.section}]
    return _render(f"front_{scene.site.front}.html", scene, listed=listed, section=section)


def _news_sitemap(scene: Scene) -> bytes:
    fresh = [each for each in scene.listed if scene.now - each.published < NEWS_SITEMAP_SPAN]
    return _render("sitemap_news.xml", scene, listed=fresh)


def _month(scene: Scene, month: str) -> bytes:
    return _render("sitemap.xml", scene, listed=[each for each in scene.listed if f"{each.published:%Y-%m}" == month])


def _robots(scene: Scene) -> bytes:
    lines = ["User-agent: *", "Disallow: /search", "Disallow: /account/", "Allow: /"]
    if scene.site.sitemap:
        lines += ["", f"Sitemap: {scene.base}{scene.site.sitemap_path}"]
    return "\n".join([*lines, ""]).encode()


def _path(site: Site, slug: str, section: str, number: int, moment: datetime) -> str:
    return site.path.format(
        slug=slug, section=section, number=number, year=moment.year, month=f"{moment:%m}", day=f"{moment:%d}"
    )


def _render(template: str, scene: Scene, **values: Any) -> bytes:
    site = scene.site
    text = _ENVIRONMENT.get_template(template).render(
        scene=scene, site=site, label=site.labels, extra=scene.extra, **values
    )
    return text.encode(site.encoding, errors="xmlcharrefreplace")


@pass_context
def _inline(context: Context, text: str) -> str:
    """Return a block's text as HTML: typeset, escaped, its links and bold words marked up."""
    scene: Scene = context["scene"]
    for pattern, typeset in _TYPESETTING.get(scene.site.language, ()):
        text = pattern.sub(typeset, text)
    return bold(LINK.sub(lambda link: f'<a href="{scene.address(link[2])}">{link[1]}</a>', escape(text, quote=False)))


@pass_context
def _dateline(context: Context, moment: datetime, pattern: str | None = None) -> str:
    site: Site = context["site"]
    return dates.dateline(moment, pattern or site.dateline, site.months, site.weekdays)


def _persons(names: Sequence[str]) -> list[dict[str, str]]:
    """Return authors as JSON-LD has them."""
    return [{"@type": "Person", "name": name} for name in names]


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {
        "inline": _inline,
        "plain": plain,
        "dateline": _dateline,
        "iso": dates.iso,
        "iso_utc": dates.iso_utc,
        "iso_millis": dates.iso_millis,
        "iso_naive": dates.iso_naive,
        "mail_date": dates.mail_date,
        "http_date": dates.http_date,
    }
    environment.globals["persons"] = _persons
    return environment


_ENVIRONMENT = _environment()
