"""How a source does, judged against its own history."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.health import (
    Attempt,
    Health,
    Result,
    State,
    explain,
    outage_is_ours,
    to_tell,
    verdict,
    volume,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FEED = "https://example.org/feed"


def read(ago: timedelta, new: int = 0, items: int = 20, listing: str = FEED) -> Attempt:
    return Attempt(NOW - ago, listing, Result.NEW if new else Result.NOTHING_NEW, items=items, new=new)


def failed(ago: timedelta, reason: str = "http 503", listing: str = FEED) -> Attempt:
    return Attempt(NOW - ago, listing, Result.FAILED, reason)


def unchanged(ago: timedelta, listing: str = FEED) -> Attempt:
    return Attempt(NOW - ago, listing, Result.UNCHANGED)


def steady(days: int, a_day: int = 6, until: timedelta = timedelta(0)) -> list[Attempt]:
    """A source that brings one new item every few hours, day and night, up to `until` ago."""
    step = DAY / a_day
    count = int((days * DAY - until) / step)
    return [read(until + step * number, new=1) for number in range(count, 0, -1)]


def test_a_source_nobody_polled_yet_is_not_accused_of_anything() -> None:
    assert verdict((), NOW) == Health(State.OK)


def test_a_steady_source_is_ok() -> None:
    assert verdict(steady(20), NOW) == Health(State.OK)


class TestFailing:
    @pytest.mark.parametrize("count", [1, 2])
    def test_one_or_two_failures_are_weather(self, count: int) -> None:
        history = [*steady(5), *(failed(MINUTE * (count - number)) for number in range(count))]
        assert verdict(history, NOW).state in (State.OK, State.DEGRADED)

    def test_three_in_a_row_are_failing_since_the_first_of_them(self) -> None:
        history = [*steady(5, until=HOUR), failed(45 * MINUTE), failed(30 * MINUTE), failed(15 * MINUTE, "dns")]
        health = verdict(history, NOW)
        assert (health.state, health.since) == (State.FAILING, NOW - 45 * MINUTE)
        assert "does not resolve" in health.why

    def test_a_304_proves_that_a_server_is_back(self) -> None:
        history = [
            *steady(5, until=HOUR),
            *(failed(MINUTE * ago, "timeout") for ago in (45, 30, 15)),
            unchanged(MINUTE),
        ]
        assert verdict(history, NOW).state is not State.FAILING

    def test_a_304_after_a_challenge_page_proves_nothing(self) -> None:
        bad = [failed(MINUTE * ago, "challenge page: just a moment") for ago in (45, 30, 15)]
        assert verdict([*steady(5, until=HOUR), *bad, unchanged(MINUTE)], NOW).state is State.FAILING

    def test_a_body_that_could_be_read_ends_any_failure(self) -> None:
        bad = [failed(MINUTE * ago, "challenge page") for ago in (45, 30, 15)]
        assert verdict([*steady(5, until=HOUR), *bad, read(MINUTE, new=1)], NOW).state is not State.FAILING

    def test_one_of_two_listings_down_is_degraded_and_says_which_share(self) -> None:
        other = "https://example.org/other"
        bad = [failed(MINUTE * ago, "http 404", other) for ago in (45, 30, 15)]
        good = [unchanged(MINUTE * ago) for ago in (46, 31, 16)]
        health = verdict(sorted([*steady(5), *good, *bad], key=lambda attempt: attempt.at), NOW)
        assert health.state is State.DEGRADED
        assert health.since == NOW - 45 * MINUTE
        assert "1 of 2" in health.why

    def test_a_listing_that_is_no_longer_asked_for_is_no_longer_held_against_the_source(self) -> None:
        gone = [failed(10 * DAY + MINUTE * ago, listing="https://example.org/sitemap-2026-10.xml") for ago in (3, 2, 1)]
        assert verdict(sorted([*steady(20), *gone], key=lambda attempt: attempt.at), NOW) == Health(State.OK)

    def test_an_index_that_fails_is_not_excused_by_the_sitemaps_it_used_to_lead_to(self) -> None:
        parts = [read(HOUR, new=5, listing=f"https://example.org/sitemap-{n}.xml") for n in range(3)]
        history = [*steady(5, until=HOUR), *parts, *(failed(MINUTE * ago) for ago in (45, 30, 15))]
        assert verdict(history, NOW).state is State.FAILING


class TestDegraded:
    def test_every_other_poll_failing_is_degraded_with_the_usual_reason(self) -> None:
        history = steady(5, until=7 * HOUR)
        for hour in (6, 5, 4, 3, 2, 1):
            history += [failed(hour * HOUR, "timeout"), read(hour * HOUR - MINUTE, new=1)]
        health = verdict(history, NOW)
        assert health.state is State.DEGRADED
        assert "in time" in health.why

    def test_a_source_that_lists_nothing_any_more_may_have_a_new_layout(self) -> None:
        history = [*steady(5, until=HOUR), *(read(MINUTE * ago, items=0) for ago in (45, 30, 15))]
        health = verdict(history, NOW)
        assert (health.state, health.since) == (State.DEGRADED, NOW - 45 * MINUTE)
        assert "layout" in health.why

    def test_an_index_of_sitemaps_lists_no_items_and_is_well(self) -> None:
        index = "https://example.org/index.xml"
        history = [*steady(5, until=HOUR), *(read(MINUTE * ago, items=0, listing=index) for ago in (60, 45, 30, 15))]
        assert verdict(history, NOW) == Health(State.OK)

    def test_a_source_that_never_listed_anything_is_not_said_to_have_changed(self) -> None:
        assert verdict([read(HOUR * ago, items=0) for ago in (3, 2, 1)], NOW) == Health(State.OK)

    def test_a_fall_far_below_its_own_volume_is_degraded(self) -> None:
        usual = steady(20, a_day=24, until=4 * DAY)
        trickle = [read(DAY * ago, new=1) for ago in (3.4, 2.4, 1.4, 0.1)]
        health = verdict([*usual, *trickle], NOW)
        assert health.state is State.DEGRADED
        assert "1.0 new items a day instead of 22.5" in health.why

    def test_a_source_that_rests_every_week_end_is_not_degraded_after_one(self) -> None:
        monday = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
        history = [
            Attempt(monday - DAY * days + timedelta(hours=hour), FEED, Result.NEW, items=20, new=2)
            for days in range(27, -1, -1)
            for hour in (0, 2, 4)
            if (monday - DAY * days).weekday() < 5
        ]
        for later in (HOUR * 5, DAY, 2 * DAY):
            assert verdict([a for a in history if a.at <= monday + later], monday + later).state is State.OK


class TestSilent:
    def test_a_wire_that_says_nothing_for_two_days_is_silent_since_its_last_item(self) -> None:
        history = steady(20, a_day=24, until=2 * DAY)
        history += [unchanged(HOUR * ago) for ago in range(47, 0, -1)]
        health = verdict(history, NOW)
        assert health.state is State.SILENT
        assert health.since == history[479 - 48].at
        assert "2 days" in health.why

    def test_three_days_in_which_we_were_off_are_no_silence_of_theirs(self) -> None:
        wire = steady(20, a_day=24, until=3 * DAY)
        assert verdict([*wire, unchanged(MINUTE)], NOW).state is State.OK
        watched = [unchanged(HOUR * ago) for ago in range(71, 0, -1)]
        assert verdict([*wire, *watched], NOW).state is State.SILENT

    def test_the_newest_items_date_is_told(self) -> None:
        old = datetime(2026, 9, 1, tzinfo=UTC)
        history = [
            Attempt(attempt.at, FEED, attempt.result, items=20, new=attempt.new, newest=old)
            for attempt in steady(20, a_day=24, until=3 * DAY)
        ]
        history += [unchanged(HOUR * ago) for ago in range(71, 0, -1)]
        assert "2026-09-01" in verdict(history, NOW).why

    def test_a_weekly_that_is_a_week_late_is_not(self) -> None:
        history = [read(DAY * ago, new=1) for ago in range(70, 5, -7)]
        assert verdict(history, NOW) == Health(State.OK)

    def test_a_source_that_rests_every_week_end_is_not_silent_on_sunday(self) -> None:
        sunday = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
        hours = [sunday - HOUR * back for back in range(27 * 24, 0, -1)]
        history = [
            Attempt(at, FEED, Result.NEW, items=20, new=1)
            if at.weekday() < 5 and at.hour in (8, 9, 10, 11, 12, 13)
            else Attempt(at, FEED, Result.UNCHANGED)
            for at in hours
        ]
        assert verdict(history, sunday) == Health(State.OK)

    def test_the_stock_found_at_the_first_poll_is_no_rhythm(self) -> None:
        assert verdict([read(5 * DAY, new=500), *(read(DAY * ago) for ago in (4, 3, 2, 1))], NOW) == Health(State.OK)

    def test_a_source_that_never_brought_anything_is_silent_after_a_month(self) -> None:
        polls = [read(DAY * ago) for ago in range(34, 0, -1)]
        assert verdict(polls, NOW, since=NOW - 31 * DAY).state is State.SILENT
        assert verdict(polls, NOW, since=NOW - 3 * DAY).state is State.OK


def test_volume_counts_whole_days_and_leaves_the_first_stock_out() -> None:
    history = [read(4 * DAY, new=900), *steady(3, a_day=4)]
    days = volume(history, NOW)
    assert 900 not in days
    assert days[-1] == 4


class TestOutage:
    HOSTS = ("a.example", "b.example", "c.example")

    def test_when_nothing_answers_we_are_cut_off(self) -> None:
        assert outage_is_ours(
            ((host, reason) for host, reason in zip(self.HOSTS, ("dns", "timeout", "dns"), strict=True)), MINUTE
        )

    def test_one_answer_is_enough_to_know_that_we_are_not(self) -> None:
        assert not outage_is_ours([*((host, "dns") for host in self.HOSTS), ("a.example", "")], HOUR)

    def test_a_server_that_says_it_is_down_has_answered(self) -> None:
        assert not outage_is_ours(((host, "http 503") for host in self.HOSTS), HOUR)

    def test_two_hosts_may_well_be_down_together(self) -> None:
        assert not outage_is_ours(((host, "dns") for host in self.HOSTS[:2]), HOUR)
        assert not outage_is_ours([("a.example", "dns")] * 9, HOUR)

    def test_what_is_down_fails_before_what_is_up_answers(self) -> None:
        assert not outage_is_ours(((host, "connection") for host in self.HOSTS), MINUTE / 2)

    def test_of_many_hosts_more_must_fail(self) -> None:
        assert not outage_is_ours(((host, "dns") for host in self.HOSTS), HOUR, watched=40)
        assert outage_is_ours(((f"{number}.example", "dns") for number in range(20)), HOUR, watched=1000)


class TestTelling:
    def test_one_mail_when_it_turns_bad_and_one_when_it_recovers(self) -> None:
        course = (
            State.OK,
            State.DEGRADED,
            State.FAILING,
            State.FAILING,
            State.SILENT,
            State.DEGRADED,
            State.OK,
            State.OK,
        )
        told, mails = State.OK, []
        for state in course:
            if (news := to_tell(told, Health(state))) is not None:
                told = news
                mails.append(news)
        assert mails == [State.FAILING, State.OK]


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("dns", "does not resolve"),
        ("http 403", "403"),
        ("http 502", "http 502"),
        ("challenge page: x", "challenge"),
        ("robots.txt unreachable", "cannot be had"),
        ("robots.txt", "forbids"),
        ("something new", "something new"),
        ("", "unknown"),
    ],
)
def test_reasons_are_told_in_words(reason: str, words: str) -> None:
    assert words in explain(reason)
