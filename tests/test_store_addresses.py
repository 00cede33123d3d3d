"""Addresses in the store: told once, fetched once, exactly one fate each."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.health import Result
from monitor.records import Article, Entry, Fate, Kind, Listing, Source
from monitor.store import Store, addresses, sources
from monitor.store.audit import audit

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
FEED = Listing(Kind.FEED, "http://news.example/feed.xml")
SOURCE = Source("news", "News", "http://news.example/", (FEED,))


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path)
    opened.write_now(sources.adopt, (SOURCE,), NOW)
    yield opened
    opened.close()


def tell(store, *entries, now=NOW, baseline=False, **validators):
    poll = sources.Poll("news", FEED.url, now, Result.NOTHING_NEW, items=len(entries))
    pairs = [(entry.url.removeprefix("http://"), entry) for entry in entries]
    return store.write_now(addresses.learn, poll, pairs, baseline=baseline, **validators)


def entry(slug, **fields):
    return Entry(f"http://news.example/{slug}", title=fields.pop("title", slug), **fields)


def article(slug, text="One thing happened.", **fields):
    return Article(f"http://news.example/{slug}", title=slug, text=text, source="news", **fields)


def keep(store, slug, told, now=NOW):
    return store.write_now(addresses.store, f"news.example/{slug}", told.url.removeprefix("http://"), told, now=now)


def waiting(store, now=NOW):
    return [one.entry.url.rpartition("/")[2] for one in store.write_now(sources.begin_turn, "news", now).pending]


def test_what_a_listing_tells_is_pending_with_its_validators_before_anything_is_fetched(store):
    told = tell(store, entry("a"), entry("b"), etag='"1"')
    assert [one.url.rpartition("/")[2] for one in told] == ["a", "b"]
    turn = store.write_now(sources.begin_turn, "news", NOW)
    assert [one.entry for one in turn.pending] == list(told)
    assert turn.listings[0].etag == '"1"'


def test_a_listing_told_twice_gives_its_entries_once(store):
    tell(store, entry("a"))
    assert [one.url for one in tell(store, entry("a"), entry("c"))] == ["http://news.example/c"]


def test_one_address_twice_in_one_listing_is_one(store):
    assert len(tell(store, entry("a", title="first"), entry("a", title="second"))) == 1
    assert store.write_now(sources.begin_turn, "news", NOW).pending[0].entry.title == "first"


def test_a_stored_page_waits_no_more_and_has_one_fate(store):
    tell(store, entry("a"))
    assert keep(store, "a", article("a")).fate is Fate.STORED
    assert waiting(store) == []
    assert store.read_now(audit).addresses == {"total": 1, "pending": 0, "stored": 1, "duplicate": 0, "refused": 0}


def test_two_addresses_of_one_article_are_one_article(store):
    tell(store, entry("a"), entry("a-again"))
    keep(store, "a", article("a"))
    assert keep(store, "a-again", article("a")).fate is Fate.DUPLICATE
    assert store.read_now(audit).articles == 1


def test_the_same_text_from_the_same_source_under_another_address_is_a_duplicate(store):
    tell(store, entry("a"), entry("b"))
    keep(store, "a", replace(article("a"), title="Accord"))
    assert keep(store, "b", replace(article("b"), title="Accord")).fate is Fate.DUPLICATE


TALKS = "Ministers of both countries met in Caracas on Monday and signed an accord on oil, gas and shipping."


def test_p32_an_agency_s_revisions_are_one_article_with_versions(store):
    """Promise 32: flash, lead and second lead come at three addresses and are one item, told once."""
    tell(store, entry("1"), entry("2"), entry("3"))
    title = "Caracas, Moscow sign accord on oil"
    flash = article("1", text="", marks=("text unavailable",))
    assert keep(store, "1", replace(flash, title=f"(URGENT) {title}")).fate is Fate.STORED
    lead = replace(article("2", text=TALKS), title=f"(LEAD) {title}")
    assert keep(store, "2", lead).fate is Fate.DUPLICATE
    second = replace(
        article("3", text=f"{TALKS} Seventeen accords were signed in all."), title=f"(2nd LD) {title}, gas"
    )
    assert keep(store, "3", second).fate is Fate.DUPLICATE
    kept = store.read_now(lambda c: c.exec_driver_sql("SELECT title, version, url FROM articles").all())
    assert [tuple(row) for row in kept] == [(second.title, 3, second.url)]
    assert store.read_now(audit).faults == ()


def test_p32_two_items_that_are_both_urgent_stay_two(store):
    tell(store, entry("1"), entry("2"))
    keep(store, "1", replace(article("1", text=TALKS), title="(URGENT) Strong quake hits coast of Chile"))
    other = replace(article("2", text=f"Unlike: {TALKS}"), title="(URGENT) Minister quits in Caracas after talks")
    assert keep(store, "2", other).fate is Fate.STORED


def test_p32_the_same_words_in_another_order_are_another_story(store):
    tell(store, entry("1"), entry("2"))
    keep(store, "1", replace(article("1", text=TALKS), title="Day 1 of 4 in Caracas"))
    other = replace(article("2", text=f"{TALKS} More."), title="Day 4 of 1 in Caracas")
    assert keep(store, "2", other).fate is Fate.STORED


def test_p32_a_revision_days_later_is_an_article_of_its_own(store):
    tell(store, entry("1"), entry("2"))
    keep(store, "1", replace(article("1", text=TALKS), title="(LEAD) Caracas, Moscow sign accord"))
    later = replace(article("2", text=f"{TALKS} Again."), title="(LEAD) Caracas, Moscow sign accord")
    assert keep(store, "2", later, now=NOW + timedelta(days=3)).fate is Fate.STORED


def test_p32_a_daily_column_keeps_its_headline_and_is_new_every_day(store):
    tell(store, entry("1"), entry("2"))
    keep(store, "1", replace(article("1", text=TALKS), title="The morning in five points"))
    other = replace(
        article("2", text="Nickel fell while ferries stayed in port; teachers strike."),
        title="The morning in five points",
    )
    assert keep(store, "2", other).fate is Fate.STORED


def test_p32_an_address_that_a_site_claims_for_everything_is_not_believed(store):
    """Promise 32: a template's mistake must not fold all of a site's stories into its first one."""
    tell(store, entry("1"), entry("2"))
    claimed = "http://news.example/2026/wrong-template-of-a-day"
    keep(store, "1", replace(article("1", text=TALKS), title="Caracas signs", url=claimed))
    other = replace(article("2", text="Nickel fell while ferries stayed in port."), title="Ferries stay", url=claimed)
    assert keep(store, "2", other).fate is Fate.STORED
    urls = store.read_now(lambda c: c.exec_driver_sql("SELECT url FROM articles ORDER BY id").scalars().all())
    assert urls == [claimed, "http://news.example/2"]


def test_p32_an_edit_under_another_address_with_the_same_canonical_is_a_version(store):
    tell(store, entry("1"), entry("2"))
    keep(store, "1", article("1", text=TALKS))
    edited = replace(article("1", text=f"{TALKS} The text was corrected."), title="1")
    assert keep(store, "2", edited).fate is Fate.DUPLICATE
    assert store.read_now(lambda c: c.exec_driver_sql("SELECT version FROM articles").scalar_one()) == 2


def test_a_refused_page_names_its_reason(store):
    tell(store, entry("a"))
    store.write_now(addresses.refuse, "news.example/a", "http 404", NOW)
    assert store.read_now(audit).reasons == {"http 404": 1}
    assert waiting(store) == []


def test_a_page_that_cannot_be_had_now_is_asked_for_later_and_in_the_end_refused(store):
    tell(store, entry("a"))
    for tried in range(1, addresses.TRIES):
        later = NOW + timedelta(minutes=10 * tried)
        outcome = store.write_now(addresses.postpone, "news.example/a", "timeout", later, NOW)
        assert outcome.fate is Fate.PENDING
        assert waiting(store, later - timedelta(seconds=1)) == []
        assert waiting(store, later) == ["a"]
    outcome = store.write_now(addresses.postpone, "news.example/a", "timeout", NOW, NOW)
    assert (outcome.fate, outcome.reason) == (Fate.REFUSED, "timeout")


def test_where_the_page_is_never_had_what_the_listing_told_is_kept(store):
    tell(store, entry("a", summary="What the feed says."))
    resort = ("news.example/a", article("a", text="What the feed says.", marks=("feed only",)))
    for tried in range(1, addresses.TRIES_TOLD + 1):
        outcome = store.write_now(addresses.postpone, "news.example/a", "timeout", NOW, NOW, resort)
        assert outcome.fate is (Fate.STORED if tried == addresses.TRIES_TOLD else Fate.PENDING)


def test_a_page_that_comes_back_after_all_replaces_what_the_listing_told(store):
    tell(store, entry("a", summary="What the feed says."))
    resort = ("news.example/a", article("a", text="What the feed says.", marks=("feed only",)))
    for _ in range(addresses.TRIES_TOLD):
        store.write_now(addresses.postpone, "news.example/a", "timeout", NOW, NOW, resort)
    assert waiting(store, NOW + timedelta(hours=1)) == ["a"]
    keep(store, "a", article("a", text="What the page says, which is more."), now=NOW + timedelta(hours=1))
    kept = store.read_now(lambda c: c.exec_driver_sql("SELECT text, marks FROM articles").one())
    assert tuple(kept) == ("What the page says, which is more.", "[]")


def test_our_own_outage_is_not_counted_against_a_page(store):
    tell(store, entry("a"))
    for _ in range(3 * addresses.TRIES):
        outcome = store.write_now(addresses.postpone, "news.example/a", "dns", NOW, NOW, counted=False)
    assert outcome.fate is Fate.PENDING


def test_a_stored_article_is_looked_at_again_after_an_hour_then_ever_later_then_never(store):
    tell(store, entry("a"))
    keep(store, "a", article("a"))
    for wait in (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3)):
        assert waiting(store, NOW + wait - timedelta(seconds=1)) == []
        assert waiting(store, NOW + wait) == ["a"]
        keep(store, "a", article("a"), now=NOW + wait)
    assert waiting(store, NOW + timedelta(days=400)) == []


def test_an_edit_becomes_a_version_and_is_read_by_the_watchlists_again(store):
    tell(store, entry("a"))
    keep(store, "a", article("a", text="Seventeen accords."))
    keep(store, "a", article("a", text="Nineteen accords."), now=NOW + timedelta(hours=1))
    kept = store.read_now(lambda c: c.exec_driver_sql("SELECT text, version, matched FROM articles").one())
    assert tuple(kept) == ("Nineteen accords.", 2, None)
    old = store.read_now(lambda c: c.exec_driver_sql("SELECT version, text FROM versions").all())
    assert [tuple(row) for row in old] == [(1, "Seventeen accords.")]


def test_a_cosmetic_edit_is_no_version(store):
    tell(store, entry("a"))
    keep(store, "a", article("a", text="“Seventeen” accords."))
    keep(store, "a", article("a", text='"Seventeen" accords'), now=NOW + timedelta(hours=1))
    assert store.read_now(lambda c: c.exec_driver_sql("SELECT version FROM articles").scalar_one()) == 1


def test_a_listing_that_shows_a_later_update_makes_a_stored_article_due(store):
    tell(store, entry("a", updated=NOW))
    keep(store, "a", article("a"))
    later = NOW + timedelta(minutes=5)
    tell(store, entry("a", updated=later), now=later)
    assert waiting(store, later) == ["a"]


def test_a_stored_article_that_is_gone_keeps_its_fate(store):
    tell(store, entry("a"))
    keep(store, "a", article("a"))
    outcome = store.write_now(addresses.refuse, "news.example/a", "http 410", NOW)
    assert outcome.fate is Fate.STORED
    assert store.read_now(audit).faults == ()


def test_a_304_keeps_the_validators_and_a_full_answer_replaces_them(store):
    tell(store, entry("a"), etag='"1"', last_modified="yesterday")
    store.write_now(sources.record_poll, sources.Poll("news", FEED.url, NOW, Result.UNCHANGED))
    assert store.write_now(sources.begin_turn, "news", NOW).listings[0].etag == '"1"'
    tell(store, entry("b"), etag='"2"')
    state = store.write_now(sources.begin_turn, "news", NOW).listings[0]
    assert (state.etag, state.last_modified) == ('"2"', "")


@pytest.mark.parametrize("validators", [{"etag": '"1"'}, {"last_modified": "Sun, 01 Mar 2026 08:00:00 GMT"}])
def test_a_server_whose_validators_stay_while_its_content_changes_is_found_out(store, validators):
    tell(store, entry("a"), **validators)
    poll = sources.Poll("news", FEED.url, NOW, Result.NOTHING_NEW, full=True)
    store.write_now(addresses.learn, poll, [("news.example/b", entry("b"))], **validators)
    assert store.write_now(sources.begin_turn, "news", NOW).listings[0].lies


def test_a_listing_that_left_the_config_is_forgotten_but_what_it_told_stays(store):
    tell(store, entry("a"))
    other = replace(SOURCE, listings=(Listing(Kind.FEED, "http://news.example/other.xml"),))
    store.write_now(sources.adopt, (other,), NOW)
    turn = store.write_now(sources.begin_turn, "news", NOW)
    assert [state.listing.url for state in turn.listings] == ["http://news.example/other.xml"]
    assert len(turn.pending) == 1


def test_a_first_crawl_is_the_baseline_until_its_pages_are_in(store):
    tell(store, entry("a"), baseline=True)
    store.write_now(sources.end_turn, "news", NOW, NOW, read=True)
    assert store.write_now(sources.begin_turn, "news", NOW).baseline
    keep(store, "a", article("a"))
    store.write_now(sources.end_turn, "news", NOW, NOW, read=True)
    assert not store.write_now(sources.begin_turn, "news", NOW).baseline


def test_what_a_renamed_source_left_pending_is_fetched_under_its_new_name(store):
    tell(store, entry("a"))
    store.write_now(addresses.abandon, ["renamed"])
    assert store.read_now(audit).reasons == {addresses.SOURCE_LEFT: 1}
    renamed = replace(SOURCE, id="renamed")
    store.write_now(sources.adopt, (renamed,), NOW)
    poll = sources.Poll("renamed", FEED.url, NOW, Result.NOTHING_NEW)
    assert store.write_now(addresses.learn, poll, [("news.example/a", entry("a"))]) == (entry("a"),)
    assert len(store.write_now(sources.begin_turn, "renamed", NOW).pending) == 1


def test_what_a_listing_tells_does_not_undo_a_page_that_was_had(store):
    tell(store, entry("a"))
    keep(store, "a", article("a", text="The whole story, as the page told it."))
    keep(store, "a", article("a", text="A summary.", marks=("feed only",)), now=NOW + timedelta(hours=1))
    text = store.read_now(lambda c: c.exec_driver_sql("SELECT text FROM articles").scalar_one())
    assert text == "The whole story, as the page told it."


def test_two_listings_that_name_an_article_differently_are_no_change(store):
    tell(store, entry("a", title="In the feed"))
    keep(store, "a", article("a"))
    poll = sources.Poll("news", "http://news.example/sitemap.xml", NOW, Result.NOTHING_NEW)
    store.write_now(addresses.learn, poll, [("news.example/a", entry("a", title="In the sitemap"))])
    assert waiting(store) == []
    tell(store, entry("a", title="In the feed, corrected"))
    assert waiting(store) == ["a"]


def test_an_address_that_another_article_claimed_still_gets_its_own(store):
    tell(store, entry("a"), entry("b"), entry("c"))
    keep(store, "c", article("c", text="Something about the harbour and its cranes."))
    keep(store, "b", article("a", text="A bridge was opened in the valley by the mayor."))
    asked = "news.example/a"
    told = replace(article("c", text="Wheat prices rose on the exchange for a third day."), title="Dearer wheat")
    assert store.write_now(addresses.store, asked, "news.example/c", told, now=NOW).fate is Fate.STORED
    assert store.read_now(audit).faults == ()


def test_a_stored_article_whose_checks_keep_failing_is_left_alone_in_the_end(store):
    tell(store, entry("a"))
    keep(store, "a", article("a"))
    for _ in range(addresses.TRIES * 5):
        store.write_now(addresses.postpone, "news.example/a", "timeout", NOW, NOW)
    assert waiting(store, NOW + timedelta(days=400)) == []
    assert store.read_now(audit).addresses["stored"] == 1
