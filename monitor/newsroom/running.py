"""One site on the air: what it carries now, and the faults and news a test gives it.

Owns a running site's state. Sockets and the request log are the server's.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from monitor.newsroom import render
from monitor.newsroom.answers import Served
from monitor.newsroom.faults import GARBAGE, PARKED, Answer, Part, Trouble, plain_status
from monitor.newsroom.render import Address, Printed, Scene
from monitor.newsroom.stories import NewsroomError, Site, Story
from monitor.records import Kind, Listing


@dataclass(frozen=True, slots=True)
class Hit:
    """One request as the server saw it; `status` is 0 where it was left hanging."""

    site: str
    method: str
    path: str
    status: int


@dataclass(slots=True)
class RunningSite:
    """One site on the air. Faults last until `heal()`; the newest fault that covers a request wins.

    `now` is the moment ages count from, `elsewhere` gives the address of "site/slug", `hits` is the log of all.
    """

    site: Site
    base: str
    now: datetime
    elsewhere: Address
    hits: Sequence[Hit]
    _printed: dict[str, Printed] = field(default_factory=dict)
    _troubles: list[Trouble] = field(default_factory=list)
    _views: int = 0
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Put the site's own stories on the air."""
        self.publish(*self.site.stories)

    @property
    def id(self) -> str:
        """The site's id."""
        return self.site.id

    @property
    def stories(self) -> tuple[Story, ...]:
        """What the site carries now, newest first."""
        return tuple(each.story for each in self._newest_first())

    @property
    def log(self) -> tuple[Hit, ...]:
        """The requests this site has seen, in order."""
        return tuple(hit for hit in self.hits if hit.site == self.id)

    @property
    def feed_url(self) -> str:
        """The feed's address; raises NewsroomError where the site has none."""
        if self.site.feed is None:
            raise NewsroomError(f"site {self.id} has no feed")
        return self.base + self.site.feed_path

    @property
    def sitemap_url(self) -> str:
        """The address of the sitemap or its index; raises NewsroomError where the site has none."""
        if self.site.sitemap is None:
            raise NewsroomError(f"site {self.id} has no sitemap")
        return self.base + self.site.sitemap_path

    @property
    def listing(self) -> Listing:
        """The listing that someone who knows the site would name: its feed, else its sitemap, else its front page."""
        if self.site.feed is not None:
            return Listing(Kind.FEED, self.feed_url)
        if self.site.sitemap is not None:
            return Listing(Kind.SITEMAP, self.sitemap_url)
        return Listing(Kind.FRONT_PAGE, f"{self.base}/")

    def url(self, slug: str) -> str:
        """Return the address of a story or of a page without article; raises NewsroomError."""
        if slug in self._printed:
            return self._printed[slug].url
        for odd in self.site.oddities:
            if odd.slug == slug:
                return render.oddity_url(self.site, odd, self.base, self.now)
        raise NewsroomError(f"site {self.id} has no {slug!r}")

    def printed(self, slug: str) -> Printed:
        """Return a story with its address and moments; raises NewsroomError."""
        if slug not in self._printed:
            raise NewsroomError(f"site {self.id} has no story {slug!r}")
        return self._printed[slug]

    def publish(self, *stories: Story) -> None:
        """Put stories on the site; one whose slug is there already replaces it."""
        for story in stories:
            self._printed[story.slug] = render.print_story(self.site, story, self.base, self.now)

    def edit(self, slug: str, **changes: Any) -> Story:
        """Change fields of a story (`title=`, `body=`) under the same address; the page says it was updated now."""
        old = self.printed(slug)
        story = replace(old.story, **{"edited": timedelta(), **changes})
        self._printed[slug] = replace(render.print_story(self.site, story, self.base, self.now), url=old.url)
        return story

    def withdraw(self, slug: str) -> None:
        """Take a story down: its address answers 404 and no listing names it."""
        del self._printed[self.printed(slug).story.slug]

    def answer(self, status: int, *, on: Part | str = Part.CONTENT, **headers: str) -> None:
        """Answer with a bare status; headers are keywords, `Retry_After="120"`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._troubles.append(Trouble(on, plain_status(status, named)))

    def redirect(self, to: str, *, on: Part | str = Part.CONTENT, status: int = 302) -> None:
        """Send the client elsewhere."""
        self.answer(status, on=on, Location=to)

    def garbage(self, *, on: Part | str = Part.LISTINGS) -> None:
        """Answer 200 with bytes that are nothing."""
        self._troubles.append(Trouble(on, Answer(body=GARBAGE, content_type="application/rss+xml")))

    def html_instead_of_feed(self, *, on: Part | str = Part.LISTINGS) -> None:
        """Answer 200 with a parked page that lists nothing."""
        self._troubles.append(Trouble(on, Answer(body=PARKED)))

    def empty(self, *, on: Part | str = Part.LISTINGS) -> None:
        """Answer 200 with no bytes at all."""
        self._troubles.append(Trouble(on, Answer(content_type="application/rss+xml")))

    def hang(self, *, on: Part | str = Part.CONTENT) -> None:
        """Take requests and never answer, until the site is healed or the newsroom closes."""
        self._troubles.append(Trouble(on, None))

    def heal(self) -> None:
        """End all faults; requests that hang are answered as they would have been."""
        self._troubles.clear()
        self._woken.set()
        self._woken = asyncio.Event()

    def trouble(self, path: str) -> Trouble | None:
        """Return the newest fault that covers a request."""
        part = self._part(path)
        return next((each for each in reversed(self._troubles) if each.covers(part, path)), None)

    async def healed(self) -> None:
        """Wait until the site is healed."""
        await self._woken.wait()

    def find(self, path: str) -> Served | None:
        """Return what stands at a path, or None."""
        scene = self._scene()
        shelf = render.shelves(scene).get(path)
        if shelf is not None:
            changed = max((each.changed for each in scene.printed), default=scene.now)
            return self._served(shelf.render(), shelf.content_type, changed)
        return self._article(scene, self.base + path)

    def _article(self, scene: Scene, url: str) -> Served | None:
        self._views += 1
        for printed in scene.printed:
            if printed.url == url:
                body = render.article(scene, printed)
                return self._served(body, "text/html", printed.changed)
        for odd in self.site.oddities:
            if odd.page is not None and self.url(odd.slug) == url:
                return self._served(render.oddity(scene, odd), "text/html", scene.now)
        return None

    def _served(self, body: bytes, content_type: str, changed: datetime) -> Served:
        # Servers of old sites do not know what encoding their files are in: only the page itself says.
        charset = "; charset=utf-8" if self.site.encoding == "utf-8" else ""
        return Served(body, content_type + charset, changed if self.site.validators else None)

    def _part(self, path: str) -> Part:
        if path == "/robots.txt":
            return Part.ROBOTS
        return Part.LISTINGS if path in render.shelves(self._scene()) else Part.ARTICLES

    def _scene(self) -> Scene:
        now = self.now.astimezone(ZoneInfo(self.site.zone))
        extra = tuple((odd.title, self.url(odd.slug)) for odd in self.site.oddities if odd.listed)
        return Scene(self.site, self.base, now, self._newest_first(), self._address, extra, self._views)

    def _newest_first(self) -> tuple[Printed, ...]:
        return tuple(sorted(self._printed.values(), key=lambda each: each.published, reverse=True))

    def _address(self, name: str) -> str:
        if "://" in name:
            return name
        return self.elsewhere(name) if "/" in name else self.url(name)
