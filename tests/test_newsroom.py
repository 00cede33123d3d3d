"""The bundled newsroom: its data holds together, and its server is a web like the real one."""

import asyncio
import errno
import gzip
import html
import re
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import aiohttp
import pytest
import pytest_asyncio
from ruamel.yaml import YAML

from monitor.newsroom import NAMES_BOTH, NewsroomError, Part, Running, load, parse_body, serve, server
from monitor.newsroom.stories import BlockKind, Story, StoryKind

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


async def test_everything_a_listing_names_answers_but_the_dead_link(running: Running, client: aiohttp.ClientSession):
    dead = []
    for site in running.sites.values():
        text = (await body(client, site.base + "/")).decode(site.site.encoding)
        for url in set(re.findall(r'href="((?:http://127|/)[^"#?]+)"', text)):
            address = url if "://" in url else site.base + url
            async with client.get(address) as answer:
                if answer.status != 200 and "/account/" not in url:
                    dead.append((site.id, answer.status, url))
    assert dead == [("quarry-lane-review", 404, running.site("quarry-lane-review").url("a-correction-we-took-down"))]


async def test_a_page_of_script_alone_has_its_text_in_the_feed_only(running: Running, client: aiohttp.ClientSession):
    site = running.site("quarry-lane-review")
    story = site.site.story("mir-cards-reach-margarita")
    sentence = story.text.split("\n")[1]
    assert sentence in (await body(client, site.feed_url)).decode()
    assert sentence not in (await body(client, site.url(story.slug))).decode()


async def test_feeds_and_sitemaps_are_well_formed_and_name_every_fresh_story(
    running: Running, client: aiohttp.ClientSession
):
    for site in running.sites.values():
        listings = [site.feed_url] if site.site.feed else []
        listings += [site.base + "/news-sitemap.xml"] if site.site.sitemap else []
        for url in listings:
            tree = ET.fromstring(await body(client, url))
            told = "\n".join([*tree.itertext(), *(each.get("href", "") for each in tree.iter())])
            for story in site.stories:
                if story.age < timedelta(days=2):
                    assert site.url(story.slug).removeprefix(site.base + "/") in told


async def test_a_sitemap_index_leads_to_every_story(running: Running, client: aiohttp.ClientSession):
    site = running.site("jiangchao-ribao")
    index = (await body(client, site.sitemap_url)).decode()
    told = b""
    for url in re.findall(r"<loc>(.+?)</loc>", index):
        told += await body(client, url)
    assert all(site.url(story.slug).encode() in told for story in site.stories)


async def test_the_config_names_every_site_and_the_shipped_watchlist(running: Running, tmp_path):
    text = running.config(tmp_path)
    (tmp_path / "config.yaml").write_text(text)
    read = YAML(typ="safe").load(text)
    assert list(read["sources"]) == [site.id for site in running.newsroom.sites]
    assert all(source["allow_private"] is True for source in read["sources"].values())
    assert list(read["watchlists"]) == ["russia-venezuela"]
    assert "country:VE" in read["watchlists"]["russia-venezuela"]["all"]["venezuela"]
    assert "recipients" not in str(read["watchlists"])


async def test_an_edited_page_says_when_it_was_edited(running: Running, client: aiohttp.ClientSession):
    site = running.site("voz-del-litoral")
    slug = "el-cacao-de-chuao-gana-en-paris"
    assert b"Actualizado:" not in await body(client, site.url(slug))
    site.edit(slug, body=parse_body("Otro texto."))
    page = (await body(client, site.url(slug))).decode()
    assert "Otro texto." in page
    assert "Actualizado: 14 de marzo de 2026 - 11:09" in page


async def test_every_story_is_served_under_its_own_address(running: Running, client: aiohttp.ClientSession):
    for site in running.sites.values():
        for story in site.stories:
            page = (await body(client, site.url(story.slug))).decode(site.site.encoding)
            assert (story.title in html.unescape(page)) == (story.page != "app")
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


async def test_a_few_sites_can_be_served_alone_and_link_to_the_rest(client: aiohttp.ClientSession):
    async with serve(load().only("fenetre-vietnam"), now=NOW) as running:
        assert list(running.sites) == ["fenetre-vietnam"]
        page = await body(client, running.url("fenetre-vietnam/la-russie-et-le-venezuela-signent-17-accords"))
    assert b"http://bao-song-hong.example/nga-venezuela-ky-17-thoa-thuan" in page


async def test_pages_carry_the_spaces_and_hyphens_of_their_typesetters(running: Running, client: aiohttp.ClientSession):
    french = (await body(client, running.url("fenetre-vietnam/riz-du-mekong-nouveau-record"))).decode()
    german = (await body(client, running.url("elbkurier/russische-fregatte-besucht-venezuela"))).decode()
    assert "«\u00a0Nous vendons" in french
    assert "Verteidi\u00adgungsministerium" in german


async def test_an_old_site_says_its_encoding_in_the_page_only(running: Running, client: aiohttp.ClientSession):
    async with client.get(running.url("nevskaya-khronika/semnadtsat-soglasheniy")) as answer:
        assert answer.headers["Content-Type"] == "text/html"
        page = await answer.read()
    assert b"charset=windows-1251" in page
    assert "Каракасе".encode("windows-1251") in page


async def test_the_feed_names_a_page_that_robots_keeps_to_itself(running: Running, client: aiohttp.ClientSession):
    site = running.site("quarry-lane-review")
    assert site.url("members-letter").removeprefix(site.base) == "/account/members-letter/"
    assert b"Disallow: /account/" in await body(client, site.base + "/robots.txt")
    assert site.url("members-letter").encode() in await body(client, site.feed_url)


async def test_news_is_as_old_as_its_data_says_before_any_now(running: Running):
    for site in running.sites.values():
        for story in site.stories:
            printed = site.printed(story.slug)
            assert printed.published == NOW.replace(second=0) - story.age
            assert printed.published.utcoffset() is not None


async def test_it_runs_by_hand_until_it_is_interrupted(client: aiohttp.ClientSession):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "monitor.newsroom", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    lines = [(await process.stdout.readline()).decode() for _ in load().sites]
    assert b"Andes Hoy" in await body(client, lines[0].split()[0])
    process.send_signal(signal.SIGINT)
    _, complaints = await process.communicate()
    assert (process.returncode, complaints) == (0, b"")


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


GOOD = """
name = "x"
language = "en"
zone = "UTC"
page = "blocks"
front = "list"
path = "/{slug}"
dateline = "{d}"
[sections]
s = "S"
[[stories]]
slug = "s"
title = "t"
section = "s"
age = "1h"
body = 'b'
"""


def test_a_site_file_needs_little(tmp_path):
    (tmp_path / "good.toml").write_text(GOOD)
    assert load(tmp_path).story("good/s").text == "b"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('name = "x"\nlangage = "fr"', "unknown key langage"),
        ("name = ", "bad.toml"),
        ('name = "x"', "bad.toml"),
        ('name = "x"\n[[stories]]\nslug = "s"\ntitle = "t"\nbody = "b"\nage = "soon"', "not an age"),
        (GOOD.replace("b'", "[a link](nowhere)'"), "no 'bad/nowhere'"),
        (GOOD.replace("b'", "[also] nowhere'"), "no 'bad/nowhere'"),
        (GOOD.replace('section = "s"', 'section = "other"'), "section 'other'"),
        (GOOD + "relevant = true", "contradicts relevant"),
        (GOOD + 'kind = "dull"', "dull"),
        (GOOD + 'origins = [{name = "X", story = "bad/gone"}]', "no 'bad/gone'"),
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


def test_the_newsroom_is_large_and_varied_enough_to_prove_something():
    newsroom = load()
    languages = {site.language for site in newsroom.sites}
    assert languages >= {"fr", "vi", "es", "ru", "en", "pt", "ar", "zh"}
    assert len(languages) >= 10
    assert len(newsroom.sites) >= 8
    assert len(newsroom.stories()) >= 64
    assert {site.feed for site in newsroom.sites} == {None, "rss", "rss_full", "atom", "atom_full"}
    assert {site.sitemap for site in newsroom.sites} == {None, "news", "index"}
    assert len({site.page for site in newsroom.sites}) >= 8


def test_one_event_is_told_by_eight_outlets_in_seven_languages():
    told = load().event("accords")
    assert len({site.id for site, _ in told}) == 8
    assert len({site.language for site, _ in told}) == 7
    assert all(story.relevant for _, story in told)
    assert sum("19" in story.title for _, story in told) == 1


def test_the_translation_credits_the_paper_that_credits_the_agency():
    newsroom = load()
    translation = newsroom.story("fenetre-vietnam/la-russie-et-le-venezuela-signent-17-accords")
    original = newsroom.story(translation.origins[0].story or "")
    assert [origin.name for origin in original.origins] == ["AFP"]
    assert "truyền hình nhà nước Venezuela" in original.text
    assert "Dmitri Tchernychenko" in translation.text
    assert "Dmitry Chernyshenko" in translation.text
    strays = [block for block in translation.body if block.kind is BlockKind.STRAY]
    assert len(strays) == 1
    assert strays[0].text not in translation.text


async def test_the_translation_says_where_it_is_from_after_its_text(running: Running, client: aiohttp.ClientSession):
    page = await body(client, running.url("fenetre-vietnam/la-russie-et-le-venezuela-signent-17-accords"))
    origin = running.url("bao-song-hong/nga-venezuela-ky-17-thoa-thuan")
    text = page.decode()
    assert (
        text.index("jamais été mis en œuvre")
        < text.index(f'Source : <a href="{origin}"')
        < text.index("Commentaire (0)")
    )


def test_other_cooperation_and_its_look_alikes_are_there():
    newsroom = load()
    stories = [story for _, story in newsroom.stories()]
    events = {story.event for story in stories if story.event and story.relevant}
    assert events >= {"gas", "mir-cards", "naval-visit", "flights", "contract-cancelled"}
    assert all(1 <= len(newsroom.event(event)) <= 3 for event in events - {"accords"})
    kinds = Counter(story.kind for story in stories)
    assert sum(kinds[kind] for kind in NAMES_BOTH) >= 12
    assert all(kinds[kind] >= 2 for kind in (StoryKind.HOMONYM, StoryKind.THIRD_COUNTRY, StoryKind.FRICTION))
    assert kinds[StoryKind.LOCAL] >= 20


def test_one_agency_text_is_printed_by_two_outlets():
    first, second = (set(story.text.split()) for _, story in load().event("cuba-fuel"))
    assert len(first & second) > 0.75 * len(first | second)


BOTH = {
    "ar": ("روسي", "فنزويل"),
    "de": ("russ", "venezol|venezuela"),
    "en": ("russia", "venezuela"),
    "es": ("rus[ao]|rusia", "venez"),
    "fr": ("russie", "venezuela"),
    "it": ("russ", "venezuela"),
    "pt": ("rússia", "venezuela"),
    "ru": ("росси", "венесуэл"),
    "uk": ("росі", "венесуел"),
    "vi": ("nga", "venezuela"),
    "zh": ("俄罗斯", "委内瑞拉"),
}


def test_a_story_that_is_said_to_name_both_countries_does():
    for site, story in load().stories():
        if story.relevant or story.kind in NAMES_BOTH:
            for country in BOTH[site.language]:
                assert re.search(country, f"{story.title}\n{story.text}", re.IGNORECASE), (site.id, story.slug, country)


def test_stories_have_the_length_of_news():
    for site, story in load().stories():
        length = len(story.text) / 2 if site.language == "zh" else len(story.text.split())
        assert 110 <= length <= 360, (site.id, story.slug, length)


def test_ages_reach_back_from_now():
    assert load().story("bao-song-hong/u23-viet-nam-chot-danh-sach").age == timedelta(days=1, hours=20)
