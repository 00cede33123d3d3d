"""Grouping: who joins whom, for good, and why."""

import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import SketchesOutdated
from monitor.group import Join, Known, Placed, Sketch, group, sketch
from monitor.group.comparing import VETO, compare
from monitor.group.index import Index
from monitor.records import Article, Credit

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)

TURBINES_EN = Article(
    url="https://herald.example/1",
    title="Norway sells 17 turbines to Chile",
    text="Energy minister Astrid Kvamsdal signed in Valparaíso a contract for 17 turbines worth 3.15 billion dollars.\n"
    "Chile's minister Ignacio Errázuriz Zañartu said the first would turn off Punta Arenas in October. The Norwegian "
    "group Havkraft will build them in Bergen; 240 engineers move to Magallanes, said its head Leif Tangvald.",
    language="en",
    published=NOON,
)
TURBINES_RU = Article(
    url="https://vestnik.example/1",
    title="Норвегия продаёт Чили 17 турбин",
    text="Министр энергетики Астрид Квамсдал подписала в Вальпараисо контракт на 17 турбин за 3,15 млрд долларов.\n"
    "Чилийский министр Игнасио Эррасурис сообщил, что первая заработает у Пунта-Аренаса в октябре. Норвежская "
    "компания «Хавкрафт» построит их в Бергене; 240 инженеров переедут в Магальянес, сказал её глава Лейф Тангвальд.",
    language="ru",
    published=NOON + timedelta(hours=5),
)
FOOTBALL_EN = Article(
    url="https://herald.example/2",
    title="Late goal sends Rosenborg through",
    text="A header by Tobias Ekeland two minutes from time took Rosenborg past Molde and into the semi-final "
    "on a night of heavy rain. Coach Henrik Vold praised the substitutes, who had turned the match after the break.",
    language="en",
    published=NOON,
)


def placed(number: int, article: Article, story: int | None = None) -> Placed:
    return Placed(number, story, NOON, sketch(article))


def test_a_translation_joins_the_story_of_its_original() -> None:
    """Names, sums and dates tie an English and a Russian telling; the football beside them stays alone."""
    joins = group([placed(1, TURBINES_EN), placed(2, FOOTBALL_EN), placed(3, TURBINES_RU)], ())
    assert [join.root for join in joins] == [1, 2, 1]
    assert all(join.story is None for join in joins)


def test_a_new_article_joins_a_story_already_there() -> None:
    (join,) = group([placed(9, TURBINES_RU)], [placed(1, TURBINES_EN, story=70), placed(2, FOOTBALL_EN, story=71)])
    assert (join.article_id, join.story, join.root) == (9, 70, 1)


def test_two_stories_already_there_are_never_merged() -> None:
    """Even where their articles are copies: what was told as two stories stays two, and the newcomer joins one."""
    (join,) = group([placed(9, TURBINES_EN)], [placed(1, TURBINES_EN, story=70), placed(2, TURBINES_RU, story=71)])
    assert join.story == 70


def test_a_join_says_why_in_words() -> None:
    """What both share is quoted as the newcomer writes it, where a reader can look it up."""
    (join,) = group([placed(9, TURBINES_RU)], [placed(1, TURBINES_EN, story=70)])
    said = "; ".join(join.reasons)
    assert "3,15 млрд" in said
    assert "Астрид" in said
    assert "published within a day" in said


def test_the_first_of_a_story_names_itself_and_gives_no_reason() -> None:
    assert group([placed(4, FOOTBALL_EN)], [placed(1, TURBINES_EN, story=70)]) == (Join(4, None, 4, ()),)


def test_the_same_report_a_month_later_is_another_event() -> None:
    """A date that contradicts is a veto, unless the text is a copy."""
    later = replace(TURBINES_RU, published=NOON + timedelta(days=31))
    (join,) = group([placed(9, later)], [placed(1, TURBINES_EN, story=70)])
    assert join.story is None


@pytest.mark.parametrize(
    "article",
    [
        Article(url="https://x.example/"),
        Article(url="https://x.example/", title="a" * 1_000_000, language="xx"),
        Article(url="https://x.example/", text="一" * 50_000, language="zh"),
        Article(url="https://x.example/", text="\u202e{{ 7 * 7 }}\x00 ١٢٣٫٤ 1.2.3.4 ,,, 9" + "9" * 400, language="en"),
    ],
)
def test_articles_without_title_text_or_sense_stay_alone(article: Article) -> None:
    joins = group([placed(1, article), placed(2, TURBINES_EN)], ())
    assert [join.root for join in joins] == [1, 2]


def test_a_prepared_index_answers_as_the_articles_themselves_do() -> None:
    """And is left as it was, however often it is asked."""
    before = [placed(1, TURBINES_EN, story=70), placed(2, FOOTBALL_EN, story=71)]
    known = Known(before)
    new = [placed(9, TURBINES_RU)]
    assert [group(new, known), group(new, known)] == [group(new, before)] * 2
    assert len(known) == 2


def test_articles_of_two_events_in_one_batch_are_told_apart_in_any_order() -> None:
    batch = [placed(1, TURBINES_EN), placed(2, FOOTBALL_EN), placed(3, TURBINES_RU)]
    forward = {join.article_id: join.root for join in group(batch, ())}
    backward = {join.article_id: join.root for join in group(batch[::-1], ())}
    assert (forward[1] == forward[3], forward[1] == forward[2]) == (True, False)
    assert (backward[1] == backward[3], backward[1] == backward[2]) == (True, False)


def test_a_story_that_goes_on_is_joined_by_its_latest_chapter() -> None:
    """Its first telling is too long ago for the newcomer, most of its tellings are not."""
    first, second, third, latest = (
        placed(number, replace(TURBINES_EN, published=NOON + timedelta(days=days)), story)
        for number, (days, story) in enumerate([(0, 70), (9, 70), (10, 70), (16, None)])
    )
    newcomer = replace(latest, sketch=sketch(replace(TURBINES_RU, published=NOON + timedelta(days=16))))
    (join,) = group([newcomer], [first, second, third])
    assert join.story == 70


def test_a_report_in_another_alphabet_joins_though_no_name_is_spelt_alike() -> None:
    """Names meet in their skeletons, and those count for more where they are all there is."""
    english = Article(
        "https://a.example/1",
        "Serbia and Norway sign 17 accords in Belgrade",
        "Petrović and Lindqvist met in Belgrade on Monday and spoke of trains and power until midnight.",
        language="en",
        published=NOON,
    )
    russian = Article(
        "https://b.example/1",
        "Сербия и Норвегия подписали в Белграде 17 соглашений",
        "Петрович и Линдквист встретились в понедельник в Белграде и говорили до полуночи о поездах и свете.",
        language="ru",
        published=NOON,
    )
    (_, joined) = group([placed(1, english), placed(2, russian)], ())
    assert joined.root == 1
    assert any("17" in reason for reason in joined.reasons)


def vetoed(one: Article, other: Article) -> str:
    index = Index()
    # Company, so that what is rare can be told.
    for article in (one, other, FOOTBALL_EN, TURBINES_EN):
        index.add(sketch(article))
    comparison = compare(index, 0, 1)
    assert (comparison.score == VETO) == bool(comparison.vetoed)
    return comparison.vetoed


def quake(magnitude: str, depth: str, place: str) -> Article:
    text = (
        f"A quake of magnitude {magnitude} struck at a depth of {depth} kilometres near {place}, the seismic service "
        "said. There were no immediate reports of damage, and no warning of a wave was given for the coast. "
        "People ran into the streets and stayed there until the shaking had ceased, witnesses told a radio station."
    )
    return Article(url="https://x.example/", title=f"Quake of {magnitude} near {place}", text=text, language="en")


def test_a_form_filled_in_with_other_figures_is_another_event() -> None:
    assert vetoed(quake("5.7", "43", "Antofagasta"), quake("6.2", "118", "Antofagasta")) == (
        "they lead with different figures"
    )
    assert not vetoed(quake("5.7", "43", "Antofagasta"), quake("5.7", "43", "Antofagasta"))


def test_the_same_words_about_other_people_are_another_event() -> None:
    def wedding(*names: str) -> Article:
        bride, groom, town, priest = names
        text = (
            f"{bride} and {groom} were married in {town} on a bright and windy morning, {priest} said, while a choir "
            "sang and the guests threw rice, after which everybody walked down to the harbour for a long lunch."
        )
        return Article(url="https://x.example/", title=f"{bride} marries {groom}", text=text, language="en")

    one = wedding("Halvorsen", "Dragsten", "Kristiansund", "Skrimsund")
    assert vetoed(one, wedding("Marchetti", "Bellandini", "Portofino", "Caravaggi")) == "they lead with different names"
    assert not vetoed(one, one)


def test_no_articles_give_no_joins() -> None:
    assert group((), ()) == ()


def test_a_sketch_survives_storing_and_pickling() -> None:
    article = Article(url="https://x.example/", text=TURBINES_RU.text, language="ru", credited=(Credit("AFP"),))
    made = sketch(article)
    assert Sketch.from_bytes(made.to_bytes()) == made
    assert pickle.loads(pickle.dumps(made)) == made
    assert made.credited == ("afp",)


@pytest.mark.parametrize("stored", [b"", b"\xff", sketch(TURBINES_EN).to_bytes()[:-9], b"\x01nonsense"])
def test_a_sketch_of_another_version_or_damaged_is_refused(stored: bytes) -> None:
    with pytest.raises(SketchesOutdated, match="make it again"):
        Sketch.from_bytes(stored)
