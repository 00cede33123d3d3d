"""The newsroom on the air: every site over real HTTP on loopback.

Owns sockets and the request log. Each site has an address of its own, `http://127.0.10.N:PORT`, all with one port;
where a system gives loopback one address only, each has its own port.
"""

import errno
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from monitor.newsroom import answers, configuration
from monitor.newsroom.running import Hit, RunningSite
from monitor.newsroom.stories import Newsroom, NewsroomError, Story


@dataclass(slots=True)
class Running:
    """All sites on the air. `now` is the moment that ages count from; `log` every request, in the order answered."""

    newsroom: Newsroom
    now: datetime
    sites: Mapping[str, RunningSite] = field(default_factory=dict)
    log: list[Hit] = field(default_factory=list)

    def site(self, site: str) -> RunningSite:
        """Return a running site; raises NewsroomError."""
        if site not in self.sites:
            raise NewsroomError(f"the newsroom has no {site!r}")
        return self.sites[site]

    def url(self, name: str) -> str:
        """Return the address of the story "site/slug"; raises NewsroomError."""
        site, _, slug = name.partition("/")
        return self.site(site).url(slug)

    def link(self, name: str) -> str:
        """Return the address of "site/slug" as other sites link to it, also where that site is not on the air."""
        site, _, slug = name.partition("/")
        return self.url(name) if site in self.sites else f"http://{site}.example/{slug}"

    def story_at(self, url: str) -> Story | None:
        """Return the story that stands at an address, or None."""
        told = {running.url(story.slug): story for running in self.sites.values() for story in running.stories}
        return told.get(url)

    def config(self, folder: Path) -> str:
        """Return the text of a config.yaml naming all sites, its data kept in `folder`."""
        return configuration.config_text([(each.site, each.base, each.listing) for each in self.sites.values()], folder)

    async def handle(self, site: RunningSite, request: web.BaseRequest) -> web.Response:
        """Answer one request to one site, and log it."""
        trouble = site.trouble(request.path)
        while trouble is not None and trouble.answer is None:
            self.log.append(Hit(site.id, request.method, request.path_qs, 0))
            await site.healed()
            trouble = site.trouble(request.path)
        if trouble is not None and trouble.answer is not None:
            response = answers.respond(trouble.answer)
        else:
            response = answers.answer(request, site.find(request.path))
        self.log.append(Hit(site.id, request.method, request.path_qs, response.status))
        return response


@asynccontextmanager
async def serve(newsroom: Newsroom, now: datetime | None = None) -> AsyncIterator[Running]:
    """Serve every site until the block ends. `now` is aware; its seconds are cut off, as many pages print minutes."""
    running = Running(newsroom, (now or datetime.now(UTC)).replace(second=0, microsecond=0))
    sockets = _sockets([f"127.0.10.{number}" for number in range(1, len(newsroom.sites) + 1)])
    runners: list[web.ServerRunner] = []
    try:
        bases = ["http://{}:{}".format(*each.getsockname()) for each in sockets]
        running.sites = {
            site.id: RunningSite(site, base, running.now, running.link, running.log)
            for site, base in zip(newsroom.sites, bases, strict=True)
        }
        runners += [_runner(running, site) for site in running.sites.values()]
        for runner, each in zip(runners, sockets, strict=True):
            await runner.setup()
            await web.SockSite(runner, each).start()
        yield running
    finally:
        for site in running.sites.values():
            site.heal()
        for runner in runners:
            await runner.cleanup()
        for each in sockets:
            each.close()


def _runner(running: Running, site: RunningSite) -> web.ServerRunner:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        return await running.handle(site, request)

    return web.ServerRunner(web.Server(handle), handle_signals=False, shutdown_timeout=1.0)


def _sockets(hosts: Sequence[str], attempts: int = 20) -> list[socket.socket]:
    """Bind every host to one free port; where the system lacks these addresses, 127.0.0.1 to a port for each."""
    for _ in range(attempts):
        bound: list[socket.socket] = []
        try:
            for host in hosts:
                bound.append(_bind(host, bound[0].getsockname()[1] if bound else 0))
        except OSError as error:
            for each in bound:
                each.close()
            if error.errno == errno.EADDRNOTAVAIL:
                return [_bind("127.0.0.1", 0) for _ in hosts]
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return bound
    raise NewsroomError(f"no port is free on all of {hosts[0]} to {hosts[-1]}")


def _bind(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    return listening
