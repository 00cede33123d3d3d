"""The main job, end to end: from the newsroom's sites over HTTP to a mail in an inbox."""

import asyncio
import email
import email.policy
from collections import Counter
from contextlib import asynccontextmanager

import pytest
from aiosmtpd.smtp import SMTP

from monitor import daemon, newsroom, ready
from monitor.newsroom import Part
from monitor.store import Store, stories
from monitor.store.audit import audit
from monitor.workers import Workers


class Inbox:
    """A real SMTP server that keeps what it is given."""

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):
        self.letters.append((envelope.rcpt_tos, envelope.content))
        return "250 kept"

    @asynccontextmanager
    async def open(self, port=0):
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(self, loop=loop), "127.0.0.1", port, reuse_address=True)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            await server.wait_closed()


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture(scope="module")
def workers():
    pool = Workers(preload=daemon.PRELOAD)
    yield pool
    pool.stop()


@pytest.fixture(scope="module")
def web_of_sites():
    return newsroom.load()


def smtp(text, port):
    """Let a config's mail go to a server on this machine."""
    mail = f"mail:\n  transport: smtp\n  host: 127.0.0.1\n  port: {port}\n  tls: none\n  from: monitor@example.org\n"
    return text.replace("mail:\n  transport: folder\n", mail)


@asynccontextmanager
async def opened(folder, text, workers):
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    config = ready.load(folder / "config.yaml")
    store = Store.open(config.data)
    try:
        async with daemon.shop(config, store, workers) as shop:
            yield shop
    finally:
        store.close()


async def cycle(folder, text, workers, **options):
    async with opened(folder, text, workers) as shop:
        return await daemon.once(shop, **options)


def books(folder):
    store = Store.look(folder / "data")
    try:
        return store.read_now(audit)
    finally:
        store.close()


def flagged(folder):
    store = Store.look(folder / "data")
    try:
        return store.read_now(stories.flagged)
    finally:
        store.close()


async def test_the_whole_newsroom_reaches_the_inbox(tmp_path, workers, inbox, web_of_sites):
    """Every page has an outcome, the event of eight outlets is one story, the mail tells what is flagged."""
    async with inbox.open() as port, newsroom.serve(web_of_sites) as running:
        done = await cycle(tmp_path, smtp(running.config(tmp_path), port), workers, compose_all=True)
        asked = Counter(hit.path for hit in running.log if hit.path != "/robots.txt")
        truth = {
            site.printed(story.slug).url: story
            for site in map(running.site, (s.id for s in web_of_sites.sites))
            for story in site.stories
        }
    found = books(tmp_path)
    assert found.faults == ()
    assert found.addresses["pending"] == 0
    assert found.articles >= 60
    assert done.tally.failed == {}
    assert max(asked.values()) <= len(web_of_sites.sites), "no page was fetched twice"

    told = {one.article.url: story.id for story in flagged(tmp_path) for one in story.tellings}
    relevant = {url for url, story in truth.items() if story.relevant}
    right = relevant & told.keys()
    assert len(right) >= 0.8 * len(relevant), relevant - told.keys()
    assert len(told.keys() - relevant) <= 0.2 * len(told), told.keys() - relevant
    events = Counter(story.event for url, story in truth.items() if story.event and url in told)
    event, outlets = events.most_common(1)[0]
    assert outlets >= 7
    groups = Counter(told[url] for url, story in truth.items() if story.event == event and url in told)
    assert groups.most_common(1)[0][1] >= 7

    assert [to for to, _ in inbox.letters] == [["ana@example.org"]]
    letter = email.message_from_bytes(inbox.letters[0][1], policy=email.policy.default)
    for header in ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Id"):
        assert len(letter.get_all(header, [])) == 1, header
    text = letter.get_body(("plain",)).get_content()
    html = letter.get_body(("html",)).get_content()
    for story in flagged(tmp_path):
        assert any(one.article.title[:30] in html for one in story.tellings)
        assert any(one.article.url in text for one in story.tellings)
    assert done.mail == {"sent": 1}
    assert found.owed["pending"] == 0


async def test_the_french_translation_points_to_its_original(tmp_path, workers, web_of_sites):
    async with newsroom.serve(web_of_sites) as running:
        await cycle(tmp_path, running.config(tmp_path), workers)
        origin = running.site("bao-song-hong").base
    translated = [
        one
        for story in flagged(tmp_path)
        for one in story.tellings
        if one.outlet == "fenetre-vietnam"
        and any((credit.url or "").startswith(origin) for credit in one.article.credited)
    ]
    assert translated
    assert not any("Commentaire (0)" in one.article.text for one in translated)


async def test_a_second_cycle_fetches_no_article_again(tmp_path, workers, web_of_sites):
    async with newsroom.serve(web_of_sites) as running:
        text = running.config(tmp_path)
        await cycle(tmp_path, text, workers)
        before = len(running.log)
        done = await cycle(tmp_path, text, workers)
        again = running.log[before:]
        listings = {
            running.site(site.id).feed_url.removeprefix(running.site(site.id).base): site
            for site in web_of_sites.sites
            if site.feed and site.validators
        }
    assert {hit.status for hit in again if hit.path in listings} == {304}
    assert done.tally.outcomes == {}
    assert not any(hit.path.endswith(".html") for hit in again)
    assert books(tmp_path).faults == ()


async def test_sources_that_fail_are_named_while_the_others_go_on(tmp_path, workers, web_of_sites):
    sites = [site.id for site in web_of_sites.sites if site.feed]
    async with newsroom.serve(web_of_sites) as running:
        running.site(sites[0]).answer(404, on=Part.LISTINGS)
        running.site(sites[1]).answer(500, on=Part.LISTINGS)
        running.site(sites[2]).garbage()
        running.site(sites[3]).empty()
        running.site(sites[4]).html_instead_of_feed()
        done = await cycle(tmp_path, running.config(tmp_path), workers)
    assert done.tally.failed.keys() == set(sites[:5])
    assert "404" in done.tally.failed[sites[0]]
    assert "500" in done.tally.failed[sites[1]]
    assert all(done.tally.failed.values())
    assert done.tally.outcomes["stored"] > 10
    assert books(tmp_path).faults == ()


async def test_a_page_without_article_is_refused_with_its_reason(tmp_path, workers, web_of_sites):
    async with newsroom.serve(web_of_sites) as running:
        await cycle(tmp_path, running.config(tmp_path), workers)
    reasons = books(tmp_path).reasons
    assert reasons.get("http 404")
    assert all(reasons)


async def test_a_mail_server_that_is_down_leaves_the_digest_for_the_next_run(tmp_path, workers, inbox, web_of_sites):
    async with inbox.open() as port:
        pass
    async with newsroom.serve(web_of_sites) as running:
        text = smtp(running.config(tmp_path), port)
        done = await cycle(tmp_path, text, workers, compose_all=True)
        assert done.mail == {"queued": 1}
        assert books(tmp_path).owed["delivered"] == 0
        async with inbox.open(port):
            done = await cycle(tmp_path, text, workers, compose_all=True)
    assert done.mail == {"sent": 1}
    assert len(inbox.letters) == 1
    found = books(tmp_path)
    assert found.owed["pending"] == 0
    assert found.faults == ()
