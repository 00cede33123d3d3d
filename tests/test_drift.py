"""A site whose layout changes is noticed by its own history; one that merely varies is not."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor import ready
from monitor.cli.standing import print_sources, standing
from monitor.drift import LATELY, Vitals, layout_changed, vitals
from monitor.health import Attempt, Health, Result, State, verdict
from monitor.records import Article, Extraction
from monitor.store import Store, sources
from monitor.store import vitals as kept

NOW = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)


def pages(count, length=2000, share=0.3, *, titled=True, dated=True, begun=NOW - timedelta(days=9)):
    return [
        Vitals(begun + timedelta(hours=i), length + 100 * (i % 7), share, titled=titled, dated=dated)
        for i in range(count)
    ]


USUAL = pages(40)
LOST = [Vitals(NOW)]  # a page that gave nothing


@pytest.mark.parametrize(
    ("lately", "word"),
    [
        ([Vitals(NOW, 0, 0.0, titled=True, dated=True)] * 6, "a text"),
        (pages(6, titled=False), "a title"),
        (pages(6, dated=False), "a date"),
        ([Vitals(NOW, 300, 0.3, titled=True, dated=True)] * 6, "characters"),
        (pages(6, 9000), "characters"),
        (pages(6, share=0.05), "of a page"),
    ],
)
def test_a_change_is_named(lately, word):
    since, reason = layout_changed([*USUAL, *lately])
    assert reason.startswith("layout changed: ")
    assert word in reason
    assert since == USUAL[-4].at, "the oldest of the ten pages that were looked at"


def test_a_site_that_goes_on_as_before_gives_no_alarm():
    assert layout_changed(pages(60)) is None


def test_one_odd_page_among_many_gives_no_alarm():
    assert layout_changed([*USUAL, *LOST]) is None


def test_four_lost_pages_in_ten_are_no_alarm_yet():
    assert layout_changed([*USUAL, *LOST * 4]) is None
    assert layout_changed([*USUAL, *LOST * 5]) is not None


def test_too_short_a_history_gives_no_alarm():
    assert layout_changed([*pages(19), *LOST * LATELY]) is None
    assert layout_changed([*pages(20), *LOST * LATELY]) is not None


def test_a_site_that_never_stated_dates_is_not_said_to_have_lost_them():
    assert layout_changed(pages(40, dated=False)) is None


def test_the_alarm_ends_once_the_new_layout_is_the_history():
    assert layout_changed([*pages(10), *pages(90, dated=False)]) is None


def test_figures_of_an_extraction():
    found = Extraction(Article("https://news.example/a", title="Port", text="One.\nTwo."), blocks=(1, 2, 3, 4))
    assert vitals(found, NOW) == Vitals(NOW, length=9, share=0.5, titled=True, dated=False)


def test_a_changed_layout_degrades_a_source_that_is_otherwise_well():
    well = (Attempt(NOW - timedelta(hours=1), "https://news.example/feed", Result.NEW, new=3),)
    changed = (NOW - timedelta(hours=5), "layout changed: 0% of the latest pages have a date, 100% had one")
    assert verdict(well, NOW, layout=changed) == Health(State.DEGRADED, *changed)


def test_a_source_that_fails_is_failing_whatever_its_pages_looked_like():
    down = tuple(
        Attempt(NOW - timedelta(hours=hours), "https://news.example/feed", Result.FAILED, "dns") for hours in (3, 2, 1)
    )
    assert verdict(down, NOW, layout=(NOW, "layout changed: …")).state is State.FAILING


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path / "data")
    yield opened
    opened.close()


def test_the_store_gives_back_each_sources_pages_oldest_first(store):
    store.write_now(kept.note, "wave", USUAL[:2])
    store.write_now(kept.note, "gale", [*LOST])
    store.write_now(kept.note, "wave", USUAL[2:5])
    store.write_now(kept.note, "calm", [])
    assert store.read_now(kept.histories) == {"wave": tuple(USUAL[:5]), "gale": tuple(LOST)}


def test_the_store_keeps_no_more_pages_of_a_source_than_it_is_judged_by(store):
    store.write_now(kept.note, "gale", USUAL)
    for _ in range(3):
        store.write_now(kept.note, "wave", pages(60))
    store.write_now(kept.note, "wave", LOST)
    found = store.read_now(kept.histories)
    assert len(found["wave"]) == kept.KEPT
    assert found["wave"][-1] == LOST[0]
    assert found["gale"] == tuple(USUAL)


CONFIG = """
sources:
  wave:
    name: Daily Wave
    url: https://wave.example/
watchlists:
  port:
    any: |
      port
"""


def test_monitor_sources_names_the_change(tmp_path, store, capsys):
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    config = ready.load(tmp_path / "config.yaml")
    poll = sources.Poll("wave", "https://wave.example/", NOW, Result.NEW, items=20, new=3)
    store.write_now(sources.adopt, config.sources, NOW)
    store.write_now(sources.record_poll, poll)
    store.write_now(kept.note, "wave", [*USUAL, *pages(LATELY, dated=False)])
    found = standing(config, NOW)
    assert found.sources[0].health.state is State.DEGRADED
    assert found.wrong == (), "a change is to be looked at; the source is still read"
    print_sources(found, as_json=True)
    assert "layout changed: 0% of the latest pages have a date, 100% had one" in capsys.readouterr().out
