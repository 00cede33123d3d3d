"""When polls, digests, mails and re-checks are due."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import due
from monitor.records import Digest

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
QUARTER = 15 * MINUTE

# Whole-hour and half-hour jumps, both hemispheres, a jump at midnight, none at all.
ZONES = (
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Ho_Chi_Minh",
    "Pacific/Apia",
)
FIRST, LAST = datetime(2025, 1, 1, tzinfo=UTC), datetime(2027, 12, 31, tzinfo=UTC)

zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None), timezones=st.just(UTC))
clock_times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
randoms = st.floats(0, 1, exclude_max=True)


def digest(*at: time, days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)) -> Digest:
    return Digest("morning", ("w",), ("ana",), at=at or (time(7, 30),), days=days)


digests = st.builds(
    lambda at, days: digest(*at, days=tuple(days)),
    st.lists(clock_times, min_size=1, max_size=4),
    st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True),
)


class TestPolls:
    def test_a_fixed_interval_is_never_exceeded_and_hardly_undercut(self) -> None:
        assert due.next_poll(NOW, every=QUARTER, random=0.0) == NOW + QUARTER
        assert NOW + 13 * MINUTE < due.next_poll(NOW, every=QUARTER, random=0.999) < NOW + QUARTER

    def test_failures_back_off_to_a_day_and_never_stop(self) -> None:
        waits = [due.next_poll(NOW, every=QUARTER, random=0.0, failures=count) - NOW for count in range(1, 40)]
        assert waits[:4] == [QUARTER, 2 * QUARTER, 4 * QUARTER, 8 * QUARTER]
        assert waits == sorted(waits)
        assert waits[-1] == DAY

    def test_a_weekly_source_that_fails_is_not_asked_more_often_than_when_it_works(self) -> None:
        assert due.next_poll(NOW, every=7 * DAY, random=0.0, failures=9) == NOW + 7 * DAY

    @pytest.mark.parametrize(
        ("demanded", "least", "most"),
        [
            (2 * HOUR, 2 * HOUR, 2.3 * HOUR),
            (10**6 * DAY, DAY, 1.1 * DAY),
            (-5 * HOUR, timedelta(0), QUARTER),
            (timedelta(0), timedelta(0), QUARTER),
        ],
    )
    def test_retry_after_is_waited_for_up_to_a_day(
        self, demanded: timedelta, least: timedelta, most: timedelta
    ) -> None:
        for random in (0.0, 0.5, 0.999):
            wait = due.next_poll(NOW, every=QUARTER, random=random, retry_after=demanded) - NOW
            assert least <= wait <= most

    def test_the_publishers_wish_is_honoured_up_to_an_hour(self) -> None:
        assert due.next_poll(NOW, every=QUARTER, random=0.0, wish=30 * MINUTE) == NOW + 30 * MINUTE
        assert due.next_poll(NOW, every=QUARTER, random=0.0, wish=7 * DAY) == NOW + HOUR
        assert due.next_poll(NOW, every=2 * HOUR, random=0.0, wish=MINUTE) == NOW + 2 * HOUR

    def test_auto_follows_a_wire_closely_and_a_sleeper_slowly(self) -> None:
        wire = [NOW - number * MINUTE for number in range(50)]
        daily = [NOW - number * DAY for number in range(1, 20)]
        assert due.next_poll(NOW, every=None, random=0.0, seen=wire) == NOW + due.AUTO_FASTEST
        assert due.next_poll(NOW, every=None, random=0.0, seen=daily) == NOW + due.AUTO_SLOWEST
        assert due.next_poll(NOW, every=None, random=0.0) == NOW + due.AUTO_UNKNOWN

    def test_auto_follows_a_sleeper_that_wakes(self) -> None:
        asleep = [NOW - number * DAY for number in range(2, 20)]
        awake = [NOW - number * 10 * MINUTE for number in range(5)]
        assert due.rhythm([*asleep, *awake], NOW) <= QUARTER

    def test_the_stock_of_a_first_poll_is_no_rhythm(self) -> None:
        stock = [NOW - HOUR] * 50
        assert due.rhythm([NOW] * 50, NOW) == due.AUTO_UNKNOWN
        assert due.rhythm(stock, NOW) == 30 * MINUTE
        assert due.rhythm(stock, NOW + 30 * DAY) == due.AUTO_SLOWEST

    def test_auto_slows_down_when_a_wire_falls_silent(self) -> None:
        wire = [NOW - 5 * DAY - number * MINUTE for number in range(50)]
        assert due.rhythm(wire, NOW) > 30 * MINUTE

    @given(
        every=st.none() | st.timedeltas(5 * timedelta(seconds=1), 30 * DAY),
        random=randoms,
        seen=st.lists(moments, max_size=20),
        wish=st.none() | st.timedeltas(-DAY, 400 * DAY),
        retry_after=st.none() | st.timedeltas(-DAY, 10**6 * DAY),
        failures=st.integers(0, 10**6),
    )
    def test_the_next_poll_always_comes_and_always_later(
        self,
        every: timedelta | None,
        random: float,
        seen: list[datetime],
        wish: timedelta | None,
        retry_after: timedelta | None,
        failures: int,
    ) -> None:
        wait = (
            due.next_poll(
                NOW, every=every, random=random, seen=seen, wish=wish, retry_after=retry_after, failures=failures
            )
            - NOW
        )
        assert timedelta(0) < wait <= max(1.1 * DAY, every or DAY)

    def test_new_sources_start_within_a_minute_but_not_together(self) -> None:
        starts = {due.first_poll(NOW, random) for random in (0.0, 0.3, 0.9)}
        assert len(starts) == 3
        assert all(NOW <= start < NOW + MINUTE for start in starts)

    def test_validators_are_left_out_now_and_then_and_always_once_they_lied(self) -> None:
        assert not due.asks_in_full(0, validators_lied=False)
        assert due.asks_in_full(due.FULL_REQUEST_EVERY, validators_lied=False)
        assert due.asks_in_full(0, validators_lied=True)


class TestSlots:
    @pytest.mark.parametrize(
        ("zone", "day", "at", "moment"),
        [
            # skipped: the first instant after the gap
            ("Europe/Paris", date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
            ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
            ("America/Santiago", date(2026, 9, 6), time(0, 30), datetime(2026, 9, 6, 4, 0, tzinfo=UTC)),
            # repeated: the first occurrence
            ("Europe/Paris", date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
            ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), datetime(2026, 4, 4, 14, 45, tzinfo=UTC)),
            # a whole day skipped
            ("Pacific/Apia", date(2011, 12, 30), time(7, 30), datetime(2011, 12, 30, 10, 0, tzinfo=UTC)),
            # plain
            ("Asia/Ho_Chi_Minh", date(2026, 11, 24), time(7, 30), datetime(2026, 11, 24, 0, 30, tzinfo=UTC)),
        ],
    )
    def test_a_local_time_means_this_moment(self, zone: str, day: date, at: time, moment: datetime) -> None:
        around = due.slots(digest(at), ZoneInfo(zone), moment - 2 * DAY, moment + 2 * DAY)
        assert [slot.moment for slot in around if slot.local_date == day] == [moment]

    @settings(max_examples=60, deadline=None)
    @given(digest=digests, zone=zones)
    def test_three_years_have_exactly_one_slot_for_each_local_date_and_time(
        self, digest: Digest, zone: ZoneInfo
    ) -> None:
        found = list(due.slots(digest, zone, FIRST, LAST))
        keys = [(slot.local_date, slot.local_time) for slot in found]
        first, last = FIRST.astimezone(zone).date() + DAY, LAST.astimezone(zone).date() - DAY
        days = [first + number * DAY for number in range((last - first).days + 1)]
        wanted = {(day, at) for day in days if day.weekday() in digest.days for at in digest.at}
        assert len(keys) == len(set(keys))
        assert wanted <= set(keys)
        assert [slot.moment for slot in found] == sorted(slot.moment for slot in found)

    @given(digest=digests, zone=zones, after=moments)
    def test_the_next_slot_shows_its_own_local_time_or_the_end_of_a_gap(
        self, digest: Digest, zone: ZoneInfo, after: datetime
    ) -> None:
        moment = due.next_slot(digest, zone, after)
        assert after < moment <= after + 9 * DAY
        local, just_before = moment.astimezone(zone), (moment - timedelta(seconds=1)).astimezone(zone)
        is_gap_end = local.utcoffset() != just_before.utcoffset()
        assert is_gap_end or local.time().replace(tzinfo=None) in digest.at
        assert local.fold == 0

    @given(digest=digests, zone=zones, start=moments, steps=st.lists(st.timedeltas(MINUTE, 3 * DAY), max_size=30))
    def test_ticks_at_any_pace_serve_no_slot_twice_and_none_too_early(
        self, digest: Digest, zone: ZoneInfo, start: datetime, steps: list[timedelta]
    ) -> None:
        last, now, served = start, start, []
        for step in steps:
            now += step
            for slot in due.slots_due(digest, zone, last, now):
                assert last < slot.moment <= now
                served.append((slot.local_date, slot.local_time))
                last = slot.moment
        assert len(served) == len(set(served))
        # And what is not served is covered: nothing lies between the last one served and now.
        assert not list(due.slots(digest, zone, last, now))

    def test_downtime_is_made_good_by_one_digest_marked_late(self) -> None:
        (slot,) = due.slots_due(digest(), ZoneInfo("UTC"), NOW - 3 * DAY, NOW)
        assert (slot.local_date, slot.local_time, slot.late) == (NOW.date(), time(7, 30), True)

    def test_a_slot_missed_for_years_is_still_made_good(self) -> None:
        (slot,) = due.slots_due(digest(days=(0,)), ZoneInfo("UTC"), NOW - 900 * DAY, NOW)
        assert slot.late
        assert slot.local_date == date(2026, 11, 23)

    def test_a_slot_served_at_its_time_is_not_late(self) -> None:
        (slot,) = due.slots_due(digest(time(12, 0)), ZoneInfo("UTC"), NOW - DAY, NOW)
        assert slot.moment == NOW
        assert not slot.late

    def test_nothing_is_due_before_its_time_or_when_the_clock_was_set_back(self) -> None:
        assert due.slots_due(digest(), ZoneInfo("UTC"), NOW, NOW + HOUR) == ()
        assert due.slots_due(digest(), ZoneInfo("UTC"), NOW, NOW - 5 * DAY) == ()


class TestQuiet:
    @pytest.mark.parametrize(
        ("span", "at", "quiet"),
        [
            ((time(22), time(6, 30)), time(23), True),
            ((time(22), time(6, 30)), time(6, 29), True),
            ((time(22), time(6, 30)), time(6, 30), False),
            ((time(22), time(6, 30)), time(12), False),
            ((time(12), time(14)), time(12), True),
            ((time(12), time(14)), time(14), False),
            ((time(8), time(8)), time(8), False),
            (None, time(3), False),
        ],
    )
    def test_a_span_may_run_past_midnight_and_ends_before_its_end(
        self, span: tuple[time, time] | None, at: time, quiet: bool
    ) -> None:
        now = datetime.combine(date(2026, 11, 24), at, tzinfo=ZoneInfo("Europe/Paris")).astimezone(UTC)
        assert due.in_quiet(span, ZoneInfo("Europe/Paris"), now) is quiet


class TestMail:
    def test_retries_start_after_a_minute_and_grow_to_an_hour(self) -> None:
        waits = [due.retry_at(attempt, NOW, 0.0) - NOW for attempt in range(1, 100)]
        assert waits[:3] == [MINUTE, 2 * MINUTE, 4 * MINUTE]
        assert waits == sorted(waits)
        assert waits[-1] == HOUR

    def test_jitter_only_adds(self) -> None:
        assert MINUTE < due.retry_at(1, NOW, 0.9) - NOW < 1.1 * MINUTE

    def test_mail_is_kept_for_five_days(self) -> None:
        assert not due.worn_out(NOW, NOW + 5 * DAY - MINUTE)
        assert due.worn_out(NOW, NOW + 5 * DAY)


def test_an_article_is_looked_at_again_four_times_and_then_left_alone() -> None:
    times = [due.recheck_at(NOW, done) for done in range(5)]
    assert times == [NOW + HOUR, NOW + 6 * HOUR, NOW + DAY, NOW + 3 * DAY, None]
