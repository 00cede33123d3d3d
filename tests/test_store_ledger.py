"""Flags and mail in the store: each flag is owed once to each who follows, and ends delivered, pending or parked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.health import Result
from monitor.records import Article, Entry, Flag, Kind, Listing, Message, Source, Status
from monitor.store import Store, addresses, articles, flags, ledger, sources, stories
from monitor.store.audit import audit

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
FEED = Listing(Kind.FEED, "http://news.example/feed.xml")
DIGEST = flags.Subscription("digest:morning", "ana", "accords")
ALERT = flags.Subscription("alert:flash", "ana", "accords", at_least=0.9, fresh_only=True)
SLOT = ledger.SlotRow("digest:morning", "ana", "2026-03-01", "07:30", NOW)


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path)
    opened.write_now(sources.adopt, (Source("news", "News", "http://news.example/", (FEED,)),), NOW)
    yield opened
    opened.close()


def publish(store, slug, *, text="One thing.", baseline=False, now=NOW):
    url = f"news.example/{slug}"
    poll = sources.Poll("news", FEED.url, now, Result.NOTHING_NEW)
    store.write_now(addresses.learn, poll, [(url, Entry(f"http://{url}"))], baseline=baseline)
    article = Article(f"http://{url}", title=slug, text=f"{slug}: {text}", source="news")
    store.write_now(addresses.store, url, url, article, now=now)


def flag(store, score=0.8, *, passed=True, subscribed=(DIGEST,), now=NOW):
    waiting = store.read_now(flags.unmatched, 100)
    found = [(one, (Flag("accords", score, passed=passed),)) for one in waiting]
    return store.write_now(flags.keep, found, subscribed, now)


def group(store, *together, now=NOW):
    waiting = store.read_now(stories.unsketched, 100)
    store.write_now(stories.keep_sketches, {number: b"x" for number, _ in waiting})
    members = store.read_now(stories.ungrouped)
    root = members[0].article
    joins = [(m.article, None, root if together else m.article, ("the same names",)) for m in members]
    store.write_now(stories.join, joins, now)


def mail(number=1):
    return Message(f"<{number}@news.example>", "ana", "ana@example.org", "Accords", NOW, b"Subject: Accords\r\n\r\n")


def owed(store):
    return store.read_now(audit).owed


def subscribe(store, *subscriptions, now=NOW):
    store.write_now(flags.subscribe, subscriptions, now)


def test_a_flag_is_owed_to_each_who_follows(store):
    publish(store, "a")
    assert flag(store, 0.8, subscribed=(DIGEST, replace(DIGEST, recipient="ben"))) == 1
    assert owed(store) == {"pending": 2, "delivered": 0, "parked": 0}


def test_an_alert_is_owed_only_what_is_sure_enough_and_fresh(store):
    publish(store, "unsure")
    flag(store, 0.8, subscribed=(ALERT,))
    publish(store, "old", baseline=True)
    flag(store, 0.95, subscribed=(ALERT,))
    assert owed(store)["pending"] == 0
    publish(store, "sure")
    flag(store, 0.95, subscribed=(ALERT,))
    assert owed(store)["pending"] == 1


def test_a_near_miss_is_owed_to_nobody(store):
    publish(store, "a")
    assert flag(store, 0.4, passed=False) == 0
    assert owed(store)["pending"] == 0
    assert [one.flags[0].score for one in store.read_now(stories.near_misses, ["accords"], NOW - timedelta(1), 3)] == [
        0.4
    ]


def test_an_edit_that_is_flagged_again_is_not_owed_again_and_one_that_newly_is_counts_as_update(store):
    publish(store, "a")
    flag(store, 0.4, passed=False)
    publish(store, "a", text="Another thing.")
    assert flag(store, 0.8) == 1
    publish(store, "a", text="A third thing.")
    assert flag(store, 0.9) == 0
    assert owed(store)["pending"] == 1
    row = store.read_now(lambda c: c.exec_driver_sql('SELECT score, "update" FROM flags').one())
    assert tuple(row) == (0.9, 1)


def test_an_article_that_changed_while_it_was_read_is_read_again(store):
    publish(store, "a")
    waiting = store.read_now(flags.unmatched, 1)
    publish(store, "a", text="Changed meanwhile.")
    assert store.write_now(flags.keep, [(waiting[0], (Flag("accords", 1.0),))], (DIGEST,), NOW) == 0
    assert len(store.read_now(flags.unmatched, 1)) == 1


def test_a_mail_its_slot_and_what_it_tells_are_one(store):
    subscribe(store, DIGEST)
    publish(store, "a")
    flag(store)
    group(store)
    told = [one.flag for one in store.read_now(ledger.pending, "digest:morning", "ana")]
    assert store.write_now(ledger.commit, mail(), "digest:morning", told, SLOT, NOW)
    assert store.read_now(ledger.pending, "digest:morning", "ana") == ()
    assert owed(store) == {"pending": 1, "delivered": 0, "parked": 0}
    queued = store.read_now(ledger.to_send, NOW, 10)
    assert [one.message for one in queued] == [mail()]
    store.write_now(ledger.sending, queued[0].id)
    store.write_now(ledger.sent, queued[0].id, "250 ok", NOW)
    assert owed(store) == {"pending": 0, "delivered": 1, "parked": 0}
    assert store.read_now(audit).faults == ()


def test_a_slot_is_made_once(store):
    assert store.write_now(ledger.commit, mail(1), "digest:morning", [], SLOT, NOW)
    assert not store.write_now(ledger.commit, mail(2), "digest:morning", [], SLOT, NOW)
    assert len(store.read_now(ledger.listed)) == 1
    assert store.read_now(ledger.last_slot, "digest:morning", "ana") == SLOT


def test_a_mail_cut_off_while_sending_is_sent_again_with_the_same_bytes(store):
    store.write_now(ledger.commit, mail(), "digest:morning", [], SLOT, NOW)
    store.write_now(ledger.sending, 1)
    again = store.read_now(ledger.to_send, NOW, 10)
    assert [(one.message.raw, one.attempts) for one in again] == [(mail().raw, 1)]


def test_a_mail_put_off_waits_until_its_time(store):
    store.write_now(ledger.commit, mail(), "digest:morning", [], SLOT, NOW)
    later = NOW + timedelta(minutes=1)
    store.write_now(ledger.again, 1, "queued", "451 busy", later)
    assert store.read_now(ledger.to_send, NOW, 10) == ()
    assert len(store.read_now(ledger.to_send, later, 10)) == 1
    assert len(store.read_now(ledger.to_send, None, 10)) == 1


def test_what_a_mail_given_up_tells_is_parked_with_the_reason(store):
    subscribe(store, DIGEST)
    publish(store, "a")
    flag(store)
    group(store)
    told = [one.flag for one in store.read_now(ledger.pending, "digest:morning", "ana")]
    store.write_now(ledger.commit, mail(), "digest:morning", told, SLOT, NOW)
    store.write_now(ledger.park, 1, "550 no such user", NOW)
    assert owed(store) == {"pending": 0, "delivered": 0, "parked": 1}
    assert store.read_now(audit).faults == ()


def test_a_story_told_before_is_an_update_and_names_the_mail_that_began_it(store):
    publish(store, "a")
    publish(store, "b")
    flag(store)
    group(store, "a", "b")
    pending = store.read_now(ledger.pending, "digest:morning", "ana")
    assert len({one.story for one in pending}) == 1
    first = store.read_now(stories.read, [1], recipient="ana")[0]
    assert (first.status, first.root_message_id) == (Status.NEW, None)
    store.write_now(ledger.commit, mail(7), "digest:morning", [pending[0].flag], SLOT, NOW)
    story = store.read_now(stories.read, [1], recipient="ana")[0]
    assert (story.status, story.root_message_id) == (Status.UPDATE, "<7@news.example>")
    assert [one.told for one in story.tellings] == [True, False]
    assert store.read_now(stories.read, [1], recipient="ben")[0].status is Status.NEW


def test_a_new_follower_is_owed_the_last_day_and_one_who_leaves_has_it_parked(store):
    publish(store, "old", now=NOW - timedelta(days=3))
    flag(store, now=NOW - timedelta(days=3), subscribed=())
    publish(store, "fresh")
    flag(store, subscribed=())
    subscribe(store, DIGEST)
    assert owed(store)["pending"] == 1
    subscribe(store, DIGEST)
    assert owed(store)["pending"] == 1
    subscribe(store)
    assert owed(store) == {"pending": 0, "delivered": 0, "parked": 1}
    assert store.read_now(audit).faults == ()
    subscribe(store, DIGEST)
    assert owed(store) == {"pending": 1, "delivered": 0, "parked": 0}, "whoever comes back is owed it again"


def test_an_edit_that_makes_a_flag_sure_enough_for_an_alert_raises_it(store):
    publish(store, "a")
    flag(store, 0.7, subscribed=(DIGEST, ALERT))
    assert owed(store)["pending"] == 1
    publish(store, "a", text="Another thing.")
    flag(store, 0.95, subscribed=(DIGEST, ALERT))
    assert owed(store)["pending"] == 2


def test_the_audit_finds_what_was_lost(store):
    subscribe(store, DIGEST)
    publish(store, "a")
    flag(store)
    store.write_now(lambda c: c.exec_driver_sql("DELETE FROM owed") and None)
    store.write_now(lambda c: c.exec_driver_sql("UPDATE addresses SET article = NULL") and None)
    assert store.read_now(audit).faults == (
        "1 stored or duplicate addresses name no article",
        "1 subscribed flags are owed to nobody",
    )


def test_a_digest_narrowed_to_some_sources_parks_what_is_left_out_with_the_reason(store):
    narrowed = replace(DIGEST, sources=("elsewhere",))
    subscribe(store, narrowed)
    publish(store, "a")
    flag(store, subscribed=(narrowed,))
    assert owed(store) == {"pending": 0, "delivered": 0, "parked": 1}
    assert store.read_now(audit).faults == ()


def test_old_texts_are_forgotten_but_not_those_somebody_is_owed(store):
    publish(store, "owed", now=NOW - timedelta(days=500))
    publish(store, "plain", now=NOW - timedelta(days=500))
    waiting = store.read_now(flags.unmatched, 10)
    found = [(waiting[0], (Flag("accords", 0.8),)), (waiting[1], ())]
    store.write_now(flags.keep, found, (DIGEST,), NOW)
    assert store.write_now(articles.forget_texts, NOW - timedelta(days=400)) == 1
    texts = store.read_now(lambda c: c.exec_driver_sql("SELECT title, text FROM articles ORDER BY id").all())
    assert [tuple(row) for row in texts] == [("owed", "owed: One thing."), ("plain", "")]
    publish(store, "plain", now=NOW)
    assert store.read_now(audit).articles == 2, "what was seen is remembered"


def test_an_article_no_watchlist_could_read_is_marked_and_counted(store):
    publish(store, "a")
    waiting = store.read_now(flags.unmatched, 10)
    assert store.write_now(flags.keep, [(waiting[0], None)], (DIGEST,), NOW) == 0
    assert store.read_now(flags.unmatched, 10) == ()
    assert store.read_now(audit).unmatchable == 1


def test_mails_are_given_page_by_page(store):
    for number in range(5):
        slot = replace(SLOT, local_date=f"2026-03-0{number + 1}")
        store.write_now(ledger.commit, mail(number), "digest:morning", [], slot, NOW)
    first = store.read_now(ledger.to_send, NOW, 3)
    rest = store.read_now(ledger.to_send, NOW, 3, after=first[-1].id)
    assert [one.id for one in (*first, *rest)] == [1, 2, 3, 4, 5]
