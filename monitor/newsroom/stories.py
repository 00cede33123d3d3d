"""The newsroom's data: sites and their stories, with the truth about each, read from one TOML file a site.

Owns the file format and the records. Knows nothing of HTML, HTTP or the clock: a story's age is a span before
whatever "now" the server is given, so that the news is always fresh.

The body of a story is plain text, its blocks parted by blank lines. A block is a paragraph unless it begins with
`## ` (a subhead), `> ` (a quotation) or `- ` (a list, one item a line): these are what a reader came for, and make up
`Story.text`. What only surrounds the text begins with a word in brackets: `[also] SLUG` (a link to another story of the
site), `[photo] CAPTION | CREDIT`, `[stray] TEXT` (a line that got into the text by mistake). Inside a block,
`**bold**` and `[words](SLUG, SITE/SLUG or URL)` are marked up.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from monitor.errors import MonitorError

SITES = Path(__file__).parent / "sites"

Record = TypeVar("Record")

_AGE = re.compile(r"(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m)?")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")


class NewsroomError(MonitorError):
    """The bundled data does not hold together, or a test asked for a site or story that is not there."""


class BlockKind(StrEnum):
    """What a piece of a page's text column is."""

    PARAGRAPH = "paragraph"
    SUBHEAD = "subhead"
    QUOTE = "quote"
    ITEM = "item"
    ALSO = "also"
    PHOTO = "photo"
    STRAY = "stray"


class StoryKind(StrEnum):
    """What a story is to the watchlist Russia-Venezuela, and of what a wrong answer would be a case."""

    COOPERATION = "cooperation"
    FRICTION = "friction"  # cooperation delayed, disputed or ended: relevant as well
    LIST = "list"  # both are in one enumeration: quotas, votes, sanctions, rankings
    TABLE = "table"  # both are in a sports table
    COMPARISON = "comparison"  # both are compared
    PASSING = "passing"  # both are named in a clause of a story about something else
    THIRD_COUNTRY = "third country"  # one of them deals with another country, the other is mentioned
    HOMONYM = "homonym"  # words that only look like one of them
    ONE_SIDE = "one side"  # only one of them is meant at all
    LOCAL = "local"  # neither is there


# Kinds whose stories name both countries and are not about what they do together.
NAMES_BOTH = frozenset(
    {StoryKind.LIST, StoryKind.TABLE, StoryKind.COMPARISON, StoryKind.PASSING, StoryKind.THIRD_COUNTRY}
)

_TRUE_KINDS = frozenset({BlockKind.PARAGRAPH, BlockKind.SUBHEAD, BlockKind.QUOTE, BlockKind.ITEM})
_MARKS = (("## ", BlockKind.SUBHEAD), ("> ", BlockKind.QUOTE), ("- ", BlockKind.ITEM))
_BRACKETS = (("[also] ", BlockKind.ALSO), ("[photo] ", BlockKind.PHOTO), ("[stray] ", BlockKind.STRAY))


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of the text column, with its inline marks; `credit` belongs to a photo."""

    kind: BlockKind
    text: str
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """An outlet that a story names as its origin; `story` is "site/slug" where the newsroom has that story."""

    name: str
    story: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One article of one site, and the truth about it.

    `relevant` says whether it is about cooperation of Russia and Venezuela, `event` which event it tells (the same
    word on every site). `page` names another page template than the site's; `listed` is False where no listing has it.
    """

    slug: str
    title: str
    body: tuple[Block, ...]
    age: timedelta = timedelta()
    authors: tuple[str, ...] = ()
    section: str = ""
    summary: str = ""
    edited: timedelta | None = None
    origins: tuple[Origin, ...] = ()
    relevant: bool = False
    event: str | None = None
    kind: StoryKind = StoryKind.LOCAL
    page: str | None = None
    listed: bool = True

    @property
    def text(self) -> str:
        """The true text: what a reader came for, without furniture, paragraphs joined by newlines."""
        return "\n".join(plain(block.text) for block in self.body if block.kind in _TRUE_KINDS)


@dataclass(frozen=True, slots=True)
class Oddity:
    """An address that holds no article: `page` is its template, or None where the server answers 404.

    `path` is where it stands, if not where a story would.
    """

    slug: str
    title: str
    page: str | None = None
    path: str | None = None
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Site:
    """One outlet. `page` and `front` name its templates, `feed` that of its feed, `sitemap` is "news" or "index".

    `path` is the pattern of a story's address: {slug}, {section}, {number}, {year}, {month}, {day}. `dateline` is the
    pattern of the printed date (see `monitor.newsroom.dates`). `labels` are the words of its furniture. `validators`
    is False where the server sends neither ETag nor Last-Modified.
    """

    id: str
    name: str
    language: str
    zone: str
    page: str
    front: str
    path: str
    dateline: str
    feed: str | None = None
    feed_path: str = "/feed.xml"
    sitemap: str | None = None
    encoding: str = "utf-8"
    months: tuple[str, ...] = ()
    weekdays: tuple[str, ...] = ()
    sections: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    validators: bool = True
    stories: tuple[Story, ...] = ()
    oddities: tuple[Oddity, ...] = ()

    @property
    def sitemap_path(self) -> str:
        """Where the sitemap robots.txt names stands."""
        return "/sitemap.xml" if self.sitemap == "index" else "/news-sitemap.xml"

    def story(self, slug: str) -> Story:
        """Return the story with this slug; raises NewsroomError."""
        return _the_one((each for each in self.stories if each.slug == slug), f"{self.id}/{slug}")


@dataclass(frozen=True, slots=True)
class Newsroom:
    """All sites, in the order of their files."""

    sites: tuple[Site, ...]

    def site(self, site: str) -> Site:
        """Return the site with this id; raises NewsroomError."""
        return _the_one((each for each in self.sites if each.id == site), site)

    def story(self, name: str) -> Story:
        """Return the story called "site/slug"; raises NewsroomError."""
        site, _, slug = name.partition("/")
        return self.site(site).story(slug)

    def only(self, *sites: str) -> "Newsroom":
        """Return a newsroom of these sites alone, for tests that need no more; raises NewsroomError."""
        return Newsroom(tuple(self.site(site) for site in sites))

    def stories(self) -> tuple[tuple[Site, Story], ...]:
        """Return every story with its site."""
        return tuple((site, story) for site in self.sites for story in site.stories)

    def event(self, event: str) -> tuple[tuple[Site, Story], ...]:
        """Return every telling of an event, oldest first."""
        told = [(site, story) for site, story in self.stories() if story.event == event]
        return tuple(sorted(told, key=lambda pair: -pair[1].age))


@cache
def load(folder: Path = SITES) -> Newsroom:
    """Read every site file of a folder; raises NewsroomError naming the file and what is wrong with it."""
    newsroom = Newsroom(tuple(_read(path) for path in sorted(folder.glob("*.toml"))))
    _check(newsroom)
    return newsroom


def plain(text: str) -> str:
    """Return a block's text without its inline marks."""
    return LINK.sub(r"\1", _BOLD.sub(r"\1", text))


def bold(text: str) -> str:
    """Return HTML for `**bold**` in text that is HTML already."""
    return _BOLD.sub(r"<strong>\1</strong>", text)


def parse_body(text: str) -> tuple[Block, ...]:
    """Return the blocks of a body as the module's docstring describes them."""
    parts = ("\n".join(line.strip() for line in part.splitlines()) for part in re.split(r"\n\s*\n", text.strip()))
    return tuple(block for part in parts for block in _blocks(part))


def parse_age(text: str) -> timedelta:
    """Return the span that "1d 3h 20m" means; raises NewsroomError."""
    match = _AGE.fullmatch(text.strip())
    if match is None or not text.strip():
        raise NewsroomError(f"not an age like '1d 3h 20m': {text!r}")
    days, hours, minutes = (int(group or 0) for group in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def _blocks(part: str) -> Iterable[Block]:
    for mark, kind in _BRACKETS:
        if part.startswith(mark):
            text, _, credit = part.removeprefix(mark).partition(" | ")
            return [Block(kind, _joined(text), credit.strip())]
    for mark, kind in _MARKS:
        if part.startswith(mark):
            lines = part.split("\n") if kind is BlockKind.ITEM else [part.replace(f"\n{mark}", "\n")]
            return [Block(kind, _joined(line.removeprefix(mark))) for line in lines]
    return [Block(BlockKind.PARAGRAPH, _joined(part))]


def _joined(text: str) -> str:
    """Undo the folding of long lines; scripts without spaces are not folded in the files."""
    return text.replace("\n", " ").strip()


def _read(path: Path) -> Site:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        return _site(path.stem, raw)
    except (tomllib.TOMLDecodeError, TypeError, KeyError, ValueError, NewsroomError) as error:
        raise NewsroomError(f"{path.name}: {error}") from error


def _site(site: str, raw: dict[str, Any]) -> Site:
    _known(raw, Site)
    return Site(
        **{
            **raw,
            "id": site,
            "months": tuple(raw.get("months", ())),
            "weekdays": tuple(raw.get("weekdays", ())),
            "sections": MappingProxyType(raw.get("sections", {})),
            "labels": MappingProxyType(raw.get("labels", {})),
            "stories": tuple(_story(story) for story in raw.get("stories", ())),
            "oddities": tuple(Oddity(**odd) for odd in raw.get("oddities", ())),
        }
    )


def _story(raw: dict[str, Any]) -> Story:
    _known(raw, Story)
    return Story(
        **{
            **raw,
            "kind": StoryKind(raw.get("kind", StoryKind.LOCAL)),
            "body": parse_body(raw["body"]),
            "age": parse_age(raw["age"]),
            "edited": parse_age(raw["edited"]) if "edited" in raw else None,
            "authors": tuple(raw.get("authors", ())),
            "origins": tuple(Origin(**origin) for origin in raw.get("origins", ())),
        }
    )


def _known(raw: dict[str, Any], kind: type[Site] | type[Story]) -> None:
    unknown = raw.keys() - {each.name for each in fields(kind)}
    if unknown:
        raise NewsroomError(f"unknown key {', '.join(sorted(unknown))} in {raw.get('slug', 'the site')}")


def _check(newsroom: Newsroom) -> None:
    """Every name that one part of the data uses must be there in another."""
    for site, story in newsroom.stories():
        for origin in story.origins:
            if origin.story is not None:
                newsroom.story(origin.story)
        if story.section not in site.sections:
            raise NewsroomError(f"{site.id}/{story.slug}: section {story.section!r} is not one of the site's")
        if story.relevant != (story.kind in {StoryKind.COOPERATION, StoryKind.FRICTION}):
            raise NewsroomError(f"{site.id}/{story.slug}: {story.kind.value} contradicts relevant = {story.relevant}")
        for target in _targets(story):
            newsroom.story(target if "/" in target else f"{site.id}/{target}")


def _targets(story: Story) -> Iterator[str]:
    """Yield the stories that a body links to."""
    for block in story.body:
        if block.kind is BlockKind.ALSO:
            yield block.text
        yield from (target for _, target in LINK.findall(block.text) if "://" not in target)


def _the_one(found: Iterator[Record], name: str) -> Record:
    record = next(found, None)
    if record is None:
        raise NewsroomError(f"the newsroom has no {name!r}")
    return record
