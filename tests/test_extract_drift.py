"""A site whose layout changes is noticed by its own history; one that merely varies is not."""

import pytest

from monitor.extract import Vitals, layout_changed, vitals
from monitor.records import Article, Extraction

USUAL = [Vitals(2000 + 100 * (i % 7), 0.3, titled=True, dated=True) for i in range(40)]


@pytest.mark.parametrize(
    ("lately", "word"),
    [
        ([Vitals(0, 0.0, titled=True, dated=True)] * 6, "text"),
        ([Vitals(2000, 0.3, titled=False, dated=True)] * 6, "title"),
        ([Vitals(2000, 0.3, titled=True, dated=False)] * 6, "date"),
        ([Vitals(300, 0.3, titled=True, dated=True)] * 6, "characters"),
        ([Vitals(9000, 0.3, titled=True, dated=True)] * 6, "characters"),
        ([Vitals(2000, 0.05, titled=True, dated=True)] * 6, "of a page"),
    ],
)
def test_a_change_is_named(lately, word):
    reason = layout_changed(USUAL, lately)
    assert reason.startswith("layout changed")
    assert word in reason


def test_a_site_that_goes_on_as_before_gives_no_alarm():
    assert layout_changed(USUAL, USUAL[:10]) == ""


def test_one_odd_page_among_many_gives_no_alarm():
    assert layout_changed(USUAL, [*USUAL[:8], Vitals(0, 0.0, titled=False, dated=False)]) == ""


def test_too_few_pages_give_no_alarm():
    changed = [Vitals(0, 0.0, titled=False, dated=False)] * 4
    assert layout_changed(USUAL, changed) == ""
    assert layout_changed(USUAL[:10], changed * 3) == ""


def test_a_site_that_never_stated_dates_is_not_said_to_have_lost_them():
    undated = [Vitals(2000, 0.3, titled=True, dated=False)] * 30
    assert layout_changed(undated, undated[:6]) == ""


def test_figures_of_an_extraction():
    found = vitals(Extraction(Article("https://news.example/a", title="Port", text="One.\nTwo."), blocks=(1, 2, 3, 4)))
    assert found == Vitals(length=9, share=0.5, titled=True, dated=False)
