"""Names meet whatever alphabet they are spelt in, and figures whatever language writes them."""

import pytest

from monitor.group.figures import compatible, figures, read_number
from monitor.group.names import Name, names, skeletons
from monitor.group.news_words import things


def coarse(text: str, language: str) -> set[str]:
    return {name.coarse for _, name in names(text, language)}


@pytest.mark.parametrize(
    ("word", "language"),
    [
        ("Чернышенко", "ru"),
        ("Чернышенком", "ru"),
        ("Chernyshenko", "en"),
        ("Tchernychenko", "fr"),
        ("Tschernyschenko", "de"),
        ("Czernyszenko", "pl"),
        ("Černyšenko", "cs"),
        ("Chernishenko", "es"),
    ],
)
def test_one_name_in_latin_and_cyrillic_spellings_has_one_skeleton(word: str, language: str) -> None:
    assert skeletons(word, language)[0] == skeletons("Chernyshenko", "en")[0]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("أكد تشيرنيشينكو ذلك", "ar"),
        ("צ'רנישנקו אישר", "he"),
        ("チェルニシェンコ副首相", "ja"),
        ("체르니셴코 부총리", "ko"),
        ("副总理切尔内申科表示", "zh"),
        ("Ο Τσερνισένκο είπε", "el"),
        ("चेर्निशेंको ने कहा", "hi"),
    ],
)
def test_scripts_without_our_letters_keep_the_consonants(text: str, language: str) -> None:
    assert skeletons("Chernyshenko", "en")[1] in coarse(text, language)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Лаврова", "ru"), ("Lawrow", "de")),
        (("Родригес", "ru"), ("Rodríguez", "es")),
        (("Мадуро", "uk"), ("Maduro", "pt")),
        (("Venezuela'nın", "tr"), ("Венесуэлы", "ru")),
        (("Jorge", "es"), ("Хорхе", "ru")),
        (("Putins", "de"), ("Putin's", "en")),
    ],
)
def test_declined_and_possessive_names_meet(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert skeletons(*one)[1] == skeletons(*other)[1]


def test_different_names_have_different_skeletons() -> None:
    spelt = ["Lavrov", "Maduro", "Rodríguez", "Chernyshenko", "Nebenzia", "Padrino", "Sechin", "Peskov", "Putin"]
    assert len({skeletons(name, "en")[0] for name in spelt}) == len(spelt)


def test_a_chinese_name_is_found_beside_a_sign_that_could_belong_to_it() -> None:
    """通 spells names too, but here it begins the word for a call."""
    assert skeletons("Rodríguez", "es")[1] in coarse("拉夫罗夫与罗德里格斯通话", "zh")


def test_ordinary_words_in_lower_case_are_no_names() -> None:
    assert list(names("the minister said nothing of ferries", "en")) == []


def test_a_name_is_kept_as_it_stands() -> None:
    assert [name for _, name in names("said Kvamsdal", "en")] == [Name("Kvamsdal", "kvamsdal", "kfmsdl", "kbmstl")]


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("3.15 billion dollars", "en", 3.15e9),
        ("3,15 млрд долларов", "ru", 3.15e9),
        ("3.150 millones de dólares", "es", 3.15e9),
        ("3,15 milliards de dollars", "fr", 3.15e9),
        ("3,15 Milliarden Dollar", "de", 3.15e9),
        ("31.5亿美元", "zh", 3.15e9),
        ("31億5000万ドル", "ja", 3.15e9),
        ("٣٫١٥ مليار دولار", "ar", 3.15e9),
        ("3,15 tỷ USD", "vi", 3.15e9),
        ("10 000 kilomètres", "fr", 10_000.0),
        ("10,000 kilometres", "en", 10_000.0),
        ("10.000 Kilometer", "de", 10_000.0),
        ("1万公里", "zh", 10_000.0),
        ("dix-sept accords", "fr", 17.0),
        ("семнадцать соглашений", "ru", 17.0),
        ("on yedi anlaşma", "tr", 17.0),
        ("十七项协议", "zh", 17.0),
        ("a Tu-160 bomber", "en", 160.0),
        ("５００人", "ja", 500.0),
        ("机上共载100名军人", "zh", 100.0),
        ("31억 5000만 달러", "ko", 3.15e9),
        ("3.15 अरब डॉलर", "hi", 3.15e9),
        ("3,15 δισεκατομμύρια δολάρια", "el", 3.15e9),
        ("3.15 מיליארד דולר", "he", 3.15e9),
    ],
)
def test_a_figure_is_the_same_in_every_language(text: str, language: str, value: float) -> None:
    assert value in {figure.value for _, figure in figures(compatible(text), language)}


def test_a_point_parts_thousands_or_decimals_as_the_language_has_it() -> None:
    assert (read_number("1.500", "en"), read_number("1.500", "de")) == (1.5, 1500.0)
    assert (read_number("1,234.5", "en"), read_number("1.234,5", "de")) == (1234.5, 1234.5)
    assert read_number("1.234.567", "en") == 1_234_567.0


def test_digits_without_end_are_no_figure() -> None:
    assert figures("9" * 5000, "en") == ()


@pytest.mark.parametrize(
    ("text", "language", "thing"),
    [
        ("Выборы прошли спокойно", "ru", "election"),
        ("Die Wahlen verliefen ruhig", "de", "election"),
        ("La batería de defensa aérea", "es", "air defence"),
        ("Hệ thống phòng không mới", "vi", "air defence"),
        ("两架轰炸机抵达", "zh", "bomber"),
        ("爆撃機が到着", "ja", "bomber"),
    ],
)
def test_common_news_words_are_known_in_their_forms(text: str, language: str, thing: str) -> None:
    assert thing in {found for _, found in things(text, language)}


def test_a_longer_word_hides_the_shorter_one_in_scripts_without_spaces() -> None:
    """轰炸机 is a bomber; nobody bombed (轰炸) anything."""
    assert [found for _, found in things("轰炸机", "zh")] == ["bomber"]


def test_a_language_without_words_in_the_table_has_no_things() -> None:
    assert list(things("Valg i Norge", "nb")) == []
