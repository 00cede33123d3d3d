"""The bundled newsroom: its data holds together, and its server is a web like the real one."""

import asyncio
import errno
import gzip
import html
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
import pytest_asyncio

from monitor.newsroom import NewsroomError, Part, Running, load, parse_body, serve, server
from monitor.newsroom.stories import BlockKind, Story

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)


@pytest_asyncio.fixture
async def running() -> AsyncIterator[Running]:
    async with serve(load(), now=NOW) as running:
        yield running


@pytest_asyncio.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as client:
        yield client


async def body(client: aiohttp.ClientSession, url: str, status: int = 200, **headers: str) -> bytes:
    async with client.get(url, headers=headers, allow_redirects=False) as answer:
        assert answer.status == status, url
        return await answer.read()


async def test_every_story_is_served_under_its_own_address(running: Running, client: aiohttp.ClientSession):
    for site in running.sites.values():
        for story in site.stories:
            page = (await body(client, site.url(story.slug))).decode(site.site.encoding)
            assert story.title in html.unescape(page)
            assert running.story_at(site.url(story.slug)) is story


async def test_each_site_has_a_loopback_address_of_its_own(running: Running):
    hosts = {site.base for site in running.sites.values()}
    assert len(hosts) == len(running.newsroom.sites)
    assert all(host.startswith("http://127.0.10.") for host in hosts)


async def test_listings_answer_304_to_their_own_validators(running: Running, client: aiohttp.ClientSession):
    url = running.site("bao-song-hong").sitemap_url
    async with client.get(url) as answer:
        tag, changed = answer.headers["ETag"], answer.headers["Last-Modified"]
    assert await body(client, url, 304, **{"If-None-Match": tag}) == b""
    assert await body(client, url, 304, **{"If-None-Match": f'"other", W/{tag}'}) == b""
    assert await body(client, url, 304, **{"If-Modified-Since": changed}) == b""
    assert await body(client, url, 200, **{"If-None-Match": '"other"', "If-Modified-Since": changed})
    assert await body(client, url, 200, **{"If-Modified-Since": "the day before yesterday"})


async def test_an_edit_changes_page_and_listing_but_not_the_address(running: Running, client: aiohttp.ClientSession):
    site = running.site("bao-song-hong")
    slug = site.stories[0].slug
    url = site.url(slug)
    async with client.get(site.sitemap_url) as answer:
        tag = answer.headers["ETag"]
    site.edit(slug, title="Sửa lại cho đúng")
    assert site.url(slug) == url
    assert "Sửa lại cho đúng" in (await body(client, url)).decode()
    assert "Sửa lại cho đúng" in (await body(client, site.sitemap_url, 200, **{"If-None-Match": tag})).decode()


async def test_a_published_story_is_listed_and_a_withdrawn_one_is_gone(running: Running, client: aiohttp.ClientSession):
    site = running.site("fenetre-vietnam")
    site.publish(Story("une-breve", "Une brève", parse_body("Un seul paragraphe."), section="monde"))
    url = site.url("une-breve")
    assert url.encode() in await body(client, site.base + "/")
    assert b"Un seul paragraphe." in await body(client, url)
    site.withdraw("une-breve")
    assert url.encode() not in await body(client, site.base + "/")
    await body(client, url, 404)


async def test_gzip_is_sent_where_it_is_asked_for(running: Running, client: aiohttp.ClientSession):
    url = running.site("fenetre-vietnam").base + "/"
    plain = await body(client, url, **{"Accept-Encoding": "identity"})
    async with aiohttp.ClientSession(auto_decompress=False) as raw:
        packed = await body(raw, url, **{"Accept-Encoding": "gzip, br"})
    assert gzip.decompress(packed) == plain


async def test_robots_names_the_sitemap_where_there_is_one(running: Running, client: aiohttp.ClientSession):
    with_sitemap, without = running.site("bao-song-hong"), running.site("fenetre-vietnam")
    assert f"Sitemap: {with_sitemap.sitemap_url}\n".encode() in await body(client, with_sitemap.base + "/robots.txt")
    assert b"Sitemap:" not in await body(client, without.base + "/robots.txt")


async def test_the_log_tells_what_was_asked_and_answered(running: Running, client: aiohttp.ClientSession):
    site = running.site("bao-song-hong")
    await body(client, site.base + "/nowhere?x=1", 404)
    async with client.head(site.base + "/") as answer:
        assert await answer.read() == b""
    async with client.post(site.base + "/") as answer:
        assert answer.status == 405
    told = [(hit.method, hit.path, hit.status) for hit in site.log]
    assert told == [("GET", "/nowhere?x=1", 404), ("HEAD", "/", 200), ("POST", "/", 405)]
    assert running.site("fenetre-vietnam").log == ()


async def test_faults_cover_what_they_say_and_end_when_healed(running: Running, client: aiohttp.ClientSession):
    site = running.site("bao-song-hong")
    page = site.url(site.stories[0].slug)
    site.garbage()
    assert b"\x00\x01\x02" in await body(client, site.sitemap_url)
    assert b"\x00\x01\x02" not in await body(client, page)
    site.html_instead_of_feed()
    assert b"<h1>This site has moved</h1>" in await body(client, site.sitemap_url)
    site.empty()
    assert await body(client, site.sitemap_url) == b""
    site.answer(503, Retry_After="120")
    async with client.get(page) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "120")
    assert b"User-agent" in await body(client, site.base + "/robots.txt")
    site.answer(500, on=Part.ROBOTS)
    await body(client, site.base + "/robots.txt", 500)
    site.heal()
    site.redirect("/elsewhere", on="/here")
    async with client.get(site.base + "/here", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, "/elsewhere")
    assert b"<urlset" in await body(client, site.sitemap_url)


async def test_a_hanging_request_is_answered_once_the_site_is_healed(running: Running, client: aiohttp.ClientSession):
    site = running.site("bao-song-hong")
    site.hang()
    asking = asyncio.create_task(body(client, site.sitemap_url))
    while not site.log:
        await asyncio.sleep(0.001)
    assert [hit.status for hit in site.log] == [0]
    assert not asking.done()
    site.heal()
    assert b"<urlset" in await asking


async def test_the_newsroom_closes_while_a_request_hangs(client: aiohttp.ClientSession):
    async with serve(load(), now=NOW) as running:
        site = running.site("bao-song-hong")
        site.hang()
        asking = asyncio.create_task(body(client, site.sitemap_url))
        while not site.log:
            await asyncio.sleep(0.001)
    asking.cancel()
    with pytest.raises(OSError, match=r"refused"):
        socket.create_connection(("127.0.10.1", int(site.base.rpartition(":")[2])), timeout=5)


async def test_a_system_with_one_loopback_address_gets_a_port_a_site(monkeypatch: pytest.MonkeyPatch):
    def bind(host: str, port: int, real=server._bind) -> socket.socket:
        if host != "127.0.0.1":
            raise OSError(errno.EADDRNOTAVAIL, "cannot assign requested address")
        return real(host, port)

    monkeypatch.setattr(server, "_bind", bind)
    async with serve(load(), now=NOW) as running:
        bases = {site.base for site in running.sites.values()}
    assert len(bases) == len(running.newsroom.sites)
    assert all(base.startswith("http://127.0.0.1:") for base in bases)


async def test_news_is_as_old_as_its_data_says_before_any_now(running: Running):
    for site in running.sites.values():
        for story in site.stories:
            printed = site.printed(story.slug)
            assert printed.published == NOW.replace(second=0) - story.age
            assert printed.published.utcoffset() is not None


def test_a_body_is_its_true_text_and_its_furniture():
    blocks = parse_body("""
        One **bold** word
        and [a link](some-story).

        ## Why

        > Said she.

        - first
        - second

        [photo] A port. | AFP

        [also] other-story

        [stray] Lost line
    """)
    story = Story("x", "X", blocks)
    assert story.text == "One bold word and a link.\nWhy\nSaid she.\nfirst\nsecond"
    assert [block.kind for block in blocks[-3:]] == [BlockKind.PHOTO, BlockKind.ALSO, BlockKind.STRAY]
    assert blocks[-3].credit == "AFP"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('name = "x"\nlangage = "fr"', "unknown key langage"),
        ("name = ", "bad.toml"),
        ('name = "x"', "bad.toml"),
        ('name = "x"\n[[stories]]\nslug = "s"\ntitle = "t"\nbody = "b"\nage = "soon"', "not an age"),
    ],
)
def test_a_site_file_with_a_fault_is_refused_by_name(tmp_path, text: str, says: str):
    (tmp_path / "bad.toml").write_text(text)
    with pytest.raises(NewsroomError, match=says):
        load(tmp_path)


def test_asking_for_what_is_not_there_names_it():
    with pytest.raises(NewsroomError, match="no-such-site"):
        load().site("no-such-site")
    with pytest.raises(NewsroomError, match="no-such-story"):
        load().story("bao-song-hong/no-such-story")


def test_ages_reach_back_from_now():
    assert load().story("bao-song-hong/u23-viet-nam-chot-danh-sach").age == timedelta(days=1, hours=20)
