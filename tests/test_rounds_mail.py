"""What each reader is told, and when: alerts beside digests, nothing twice as new, and what became of it later."""

import email
import email.policy
from datetime import UTC, datetime, timedelta

import pytest

from monitor import ready, rounds
from monitor.health import Result
from monitor.records import Article, Entry, Evidence, Flag
from monitor.rounds import Shop
from monitor.store import Store, addresses, amendments, flags, ledger, sources, stories
from monitor.store.audit import audit
from monitor.workers import Workers

# A Tuesday, an hour after the digest of 07:30.
NOW = datetime(2026, 3, 3, 8, 30, tzinfo=UTC)
TOMORROW = datetime(2026, 3, 4, 7, 31, tzinfo=UTC)
CONFIG = """
data: data
sources:
  herald: {name: The Herald, url: "http://herald.example/", front_pages: ["http://herald.example/"]}
  courier: {url: "http://courier.example/", front_pages: ["http://courier.example/"]}
  gazette: {url: "http://gazette.example/", front_pages: ["http://gazette.example/"]}
  post: {url: "http://post.example/", front_pages: ["http://post.example/"]}
  times: {url: "http://times.example/", front_pages: ["http://times.example/"]}
  globe: {url: "http://globe.example/", front_pages: ["http://globe.example/"]}
watchlists:
  accords: {name: Accords, any: [agreement]}
recipients:
  ana: {email: ana@example.org}
digests:
  morning: {watchlists: [accords], to: [ana], at: "07:30"}
"""
ALERT = "alerts:\n  flash: {watchlists: [accords], to: [ana], at_least: 0.5}\n"
QUIET = 'alerts:\n  flash: {watchlists: [accords], to: [ana], at_least: 0.5, quiet: "22:00-06:00"}\n'
SECOND = '  weekly: {name: Weekly, watchlists: [accords], to: [ana], at: "07:30"}\n'
OUTLETS = ("herald", "courier", "gazette", "post", "times", "globe")
# Four events that have nothing in common but the word that matches.
TOLD = (
    (
        "Fishing fleets agree",
        "Oslo and Reykjavik ended their quarrel over 40 trawlers off Jan Mayen, Ingrid Dahl said.",
    ),
    ("Lithium pact for Salta", "Governor Gustavo Sáenz promised 400 jobs at the Rincón salt flat from May."),
    ("Kitwe miners return", "Mopani reopens the oldest shaft in Zambia after the flood, and 1,200 go back to work."),
    ("Metro for Gdansk", "Mayor Dulkiewicz wants 12 stations under the Motlawa by the end of the decade."),
)


@pytest.fixture(scope="module")
def workers():
    pool = Workers(1, preload=("monitor.jobs",))
    yield pool
    pool.stop()


@pytest.fixture
async def desk(tmp_path, workers):
    """Open a shop for a config; what is open is closed at the end."""
    opened = []

    async def open_(text):
        (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
        config = ready.load(tmp_path / "config.yaml")
        shop = Shop(config, Store.open(config.data), workers)
        opened.append(shop)
        await shop.store.write(sources.adopt, config.sources, NOW)
        await shop.store.write(flags.subscribe, rounds.subscriptions(config), NOW - timedelta(minutes=1))
        return shop

    yield open_
    for shop in opened:
        shop.store.close()


async def publish(shop, slug, event=0, *, moment=NOW, text="", score=0.9, source="herald"):
    """Store an article, or a new version of it, flag it and group it."""
    title, told = TOLD[event]
    url = f"{source}.example/{slug}"
    poll = sources.Poll(source, "http://herald.example/", moment, Result.NOTHING_NEW)
    await shop.store.write(addresses.learn, poll, [(url, Entry(f"http://{url}"))])
    article = Article(f"http://{url}", title=title, text=text or f"{told} ({slug})", language="en", source=source)
    await shop.store.write(addresses.store, url, url, article, now=moment)
    waiting = await shop.store.read(flags.unmatched, 100)
    found = [(one, (Flag("accords", score, (Evidence(told, ("said",)),)),)) for one in waiting]
    await shop.store.write(flags.keep, found, rounds.subscriptions(shop.config), moment)
    await rounds.group(shop)


def body(message):
    parsed = email.message_from_bytes(message.raw, policy=email.policy.default)
    return " ".join(parsed.get_body(("plain",)).get_content().split())


def balanced(shop):
    return shop.store.read_now(audit).faults == ()


async def test_an_alert_waits_for_other_outlets_and_then_tells_all_that_is_due_at_once(desk):
    shop = await desk(CONFIG + ALERT)
    await publish(shop, "a", 0)
    await publish(shop, "b", 1, moment=NOW + timedelta(seconds=20))
    await publish(shop, "c", 2, moment=NOW + timedelta(seconds=100))
    assert await rounds.compose(shop, moment=NOW + timedelta(seconds=119)) == ()
    (alert,) = await rounds.compose(shop, moment=NOW + timedelta(seconds=140))
    assert "Fishing fleets agree" in body(alert)
    assert "Lithium pact for Salta" in body(alert)
    assert "Kitwe miners return" not in body(alert)
    (late,) = await rounds.compose(shop, moment=NOW + timedelta(seconds=220))
    assert "Kitwe miners return" in body(late)
    assert balanced(shop)


async def test_quiet_hours_hold_an_alert_back_until_they_end(desk):
    shop = await desk(CONFIG + QUIET)
    night = NOW.replace(hour=23)
    await publish(shop, "a", moment=night)
    assert await rounds.compose(shop, moment=night + timedelta(hours=1)) == ()
    assert [one.subject for one in await rounds.compose(shop, moment=NOW.replace(day=4, hour=6, minute=0))]


async def test_what_an_alert_told_stands_in_the_next_digest_as_told_unless_there_is_more(desk):
    shop = await desk(CONFIG + ALERT)
    await publish(shop, "a", 0)
    await publish(shop, "b", 1)
    await rounds.compose(shop, moment=NOW + timedelta(minutes=3))
    await publish(shop, "more", 1, moment=NOW + timedelta(minutes=4), source="courier")
    (digest,) = [one for one in await rounds.compose(shop, moment=TOMORROW) if "digest" in one.message_id]
    assert "1 update, 1 told before" in digest.subject
    text = body(digest)
    assert "[TOLD ALREADY] Fishing fleets agree" in text
    assert "An alert told you this on 3 Mar, 08:33; nothing new since." in text
    assert "[UPDATE] 2 outlets" in text
    assert balanced(shop)


async def test_two_digests_of_one_watchlist_tell_one_reader_a_story_as_new_once(desk):
    shop = await desk(CONFIG + SECOND)
    await publish(shop, "a")
    first, second = await rounds.compose(shop, moment=TOMORROW)
    assert "1 new" in first.subject
    assert "new" not in second.subject
    assert "[TOLD ALREADY]" in body(second)


async def test_an_alert_that_was_held_over_the_digest_says_nothing_again(desk):
    """The digest of the morning told it; the end of quiet hours brings no alert of the same."""
    shop = await desk(CONFIG + QUIET.replace("06:00", "09:00"))
    await publish(shop, "a", moment=NOW.replace(hour=23))
    assert ["digest" in one.message_id for one in await rounds.compose(shop, moment=TOMORROW)] == [True]
    assert await rounds.compose(shop, moment=TOMORROW.replace(hour=9)) == ()
    assert shop.store.read_now(ledger.pending, "alert:flash", "ana") == ()
    assert balanced(shop)


async def test_a_seventh_alert_within_the_hour_falls_to_the_next_digest_which_says_so(desk):
    shop = await desk(CONFIG + ALERT)
    for number, outlet in enumerate(OUTLETS):
        moment = NOW + timedelta(minutes=5 * number)
        await publish(shop, "a", 0, moment=moment, source=outlet)
        assert len(await rounds.compose(shop, moment=moment + timedelta(minutes=3))) == 1
    await publish(shop, "b", 1, moment=NOW + timedelta(minutes=35))
    assert await rounds.compose(shop, moment=NOW + timedelta(minutes=40)) == ()
    assert await rounds.compose(shop, moment=NOW + timedelta(hours=3)) == ()
    (digest,) = await rounds.compose(shop, moment=TOMORROW)
    assert "[NEW] Lithium pact for Salta" in body(digest)
    assert "Held back from an alert" in body(digest)
    assert balanced(shop)


async def test_an_alert_over_the_mark_that_no_digest_would_tell_waits_for_the_hour_to_pass(desk):
    shop = await desk(
        CONFIG.replace('digests:\n  morning: {watchlists: [accords], to: [ana], at: "07:30"}\n', "") + ALERT
    )
    for number, outlet in enumerate(OUTLETS):
        await publish(shop, "a", 0, moment=NOW, source=outlet)
        assert len(await rounds.compose(shop, moment=NOW + timedelta(minutes=3 + number))) == 1
    await publish(shop, "b", 1, moment=NOW + timedelta(minutes=10))
    assert await rounds.compose(shop, moment=NOW + timedelta(minutes=20)) == ()
    assert len(await rounds.compose(shop, moment=NOW + timedelta(minutes=70))) == 1


async def test_a_page_that_is_gone_is_told_once_to_whoever_was_told_of_it(desk):
    shop = await desk(CONFIG)
    await publish(shop, "a", 0)
    await publish(shop, "b", 1)
    await rounds.compose(shop, moment=TOMORROW)
    await shop.store.write(addresses.refuse, "herald.example/a", "http 404", TOMORROW)
    await publish(shop, "c", 2, moment=TOMORROW)
    day = timedelta(days=1)
    (digest,) = await rounds.compose(shop, moment=TOMORROW + day)
    assert "1 new, 1 retraction" in digest.subject
    assert "[RETRACTED] Fishing fleets agree" in body(digest)
    assert "The Herald: the page has been taken down." in body(digest)
    assert "Lithium" not in body(digest)
    for queued in shop.store.read_now(ledger.to_send, None, 10):
        await shop.store.write(ledger.sent, queued.id, "250 kept", TOMORROW + day)
    assert balanced(shop)
    assert await rounds.compose(shop, moment=TOMORROW + 2 * day) == ()


async def test_a_page_that_was_gone_before_it_was_told_is_no_retraction_and_says_so(desk):
    shop = await desk(CONFIG)
    await publish(shop, "a", 0)
    await shop.store.write(addresses.refuse, "herald.example/a", "http 410", NOW)
    (digest,) = await rounds.compose(shop, moment=TOMORROW)
    assert "[NEW] Fishing fleets agree" in body(digest)
    assert "the page has been taken down" in body(digest)


async def test_an_edit_that_changes_a_figure_is_told_with_what_it_was_to_whoever_was_told(desk):
    shop = await desk(CONFIG)
    await publish(shop, "a", text="The ministers signed 17 agreements in Oslo.")
    await rounds.compose(shop, moment=TOMORROW)
    later = rounds.now() + timedelta(days=400)
    await publish(shop, "a", text="The ministers signed 19 agreements in Oslo.", moment=later)
    (digest,) = await rounds.compose(shop, moment=later + timedelta(days=1))
    assert "[UPDATE]" in body(digest)
    assert "Changed: agreement: 17 → 19" in body(digest)
    assert await rounds.compose(shop, moment=later + timedelta(days=2)) == ()


async def test_an_edit_before_the_mail_or_without_a_changed_figure_is_told_to_nobody(desk):
    shop = await desk(CONFIG)
    await publish(shop, "a", text="The ministers signed 17 agreements in Oslo.")
    await publish(shop, "a", text="The ministers signed 19 agreements in Oslo.")
    await rounds.compose(shop, moment=TOMORROW)
    later = TOMORROW + timedelta(hours=1)
    await publish(shop, "a", text="The ministers signed 19 agreements in Oslo on Monday.", moment=later)
    assert await rounds.compose(shop, moment=TOMORROW + timedelta(days=1)) == ()
    assert shop.store.read_now(amendments.pending, "digest:morning", "ana") == ()


@pytest.mark.parametrize(("when_empty", "mails"), [("skip", 0), ("send", 1)])
async def test_an_empty_window_is_skipped_or_told_as_the_config_says(desk, when_empty, mails):
    shop = await desk(CONFIG.replace('"07:30"}', f'"07:30", when_empty: {when_empty}}}'))
    made = await rounds.compose(shop, moment=TOMORROW)
    assert len(made) == mails
    assert all("Nothing on your watchlists in this window." in body(one) for one in made)
    assert await rounds.compose(shop, moment=TOMORROW) == ()


async def test_sketches_of_an_older_version_are_made_again(desk):
    shop = await desk(CONFIG)
    await publish(shop, "a")
    number = shop.store.read_now(lambda c: c.exec_driver_sql("SELECT id FROM articles").scalar_one())
    await shop.store.write(stories.keep_sketches, {number: b"\x00old"})
    await publish(shop, "again", text=f"{TOLD[0][1]} (a)  It rained.")
    assert len(shop.store.read_now(stories.flagged)) == 1
