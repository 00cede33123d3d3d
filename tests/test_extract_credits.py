"""A republished or translated text points to its original."""

from datetime import UTC, datetime

import pytest

from monitor.extract import extract
from monitor.extract.credit import named_in, without_credits
from monitor.records import Article, Credit, Page

FETCHED = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
TEXT = (
    "<p>The port of Marsala will be rebuilt over four years, the regional government said on Tuesday.</p>"
    "<p>Work on the two northern piers begins in autumn; ferries will leave from a quay south of the fish market.</p>"
)


def read(after: str = "", head: str = "", text: str = TEXT) -> Article:
    body = f"<article><h1>Port</h1>{text}{after}</article>"
    source = f"<html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>"
    return extract(Page("https://www.daily-wave.example/a", source.encode(), FETCHED)).article


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("Source : Thanh Niên", "Thanh Niên"),
        ("Source: Harbour Times", "Harbour Times"),
        ("Quelle: Hafenbote", "Hafenbote"),
        ("Fuente: El Puerto", "El Puerto"),
        ("Fonte: O Porto", "O Porto"),
        ("Bron: De Havenkrant", "De Havenkrant"),
        ("Kilde: Havneavisen", "Havneavisen"),
        ("Källa: Hamntidningen", "Hamntidningen"),
        ("Lähde: Satamalehti", "Satamalehti"),
        ("Źródło: Gazeta Portowa", "Gazeta Portowa"),
        ("Zdroj: Přístavní noviny", "Přístavní noviny"),
        ("Источник: Портовый вестник", "Портовый вестник"),
        ("По материалам Портового вестника", "Портового вестника"),
        ("Джерело: Портовий вісник", "Портовий вісник"),
        ("Източник: Пристанищен вестник", "Пристанищен вестник"),
        ("Izvor: Lučki list", "Lučki list"),
        ("Forrás: Kikötői Lap", "Kikötői Lap"),
        ("Sursa: Ziarul Portului", "Ziarul Portului"),
        ("Πηγή: Εφημερίδα του Λιμανιού", "Εφημερίδα του Λιμανιού"),
        ("Kaynak: Liman Gazetesi", "Liman Gazetesi"),
        ("Nguồn: Báo Cảng", "Báo Cảng"),
        ("Theo Báo Cảng", "Báo Cảng"),
        ("Sumber: Harian Pelabuhan", "Harian Pelabuhan"),
        ("ที่มา: หนังสือพิมพ์ท่าเรือ", "หนังสือพิมพ์ท่าเรือ"),
        ("来源：港口日报", "港口日报"),
        ("出典：港新聞", "港新聞"),
        ("출처: 항구일보", "항구일보"),
        ("المصدر: جريدة الميناء", "جريدة الميناء"),
        ("منبع: روزنامه بندر", "روزنامه بندر"),
        ("מקור: עיתון הנמל", "עיתון הנמל"),
        ("स्रोत: बंदरगाह समाचार", "बंदरगाह समाचार"),
    ],
)
def test_a_credit_line_is_known_in_its_language(line, named):
    assert named_in(line) == named


@pytest.mark.parametrize(
    "line",
    [
        "Sources close to the talks said the tender would be published in May, two months later than planned.",
        "Theo dõi chúng tôi. Nhận tin mới nhất mỗi ngày.",
        "The source of the river is in the mountains.",
    ],
)
def test_a_sentence_is_no_credit_line(line):
    assert named_in(line) == ""


def test_credit_lines_leave_the_text_but_only_at_its_ends():
    paragraphs = [f"Paragraph {i} of a story about a port." for i in range(20)]
    middle = [*paragraphs[:10], "Source: Harbour Times", *paragraphs[10:]]
    assert without_credits("\n".join([*paragraphs, "Source: Harbour Times"])) == "\n".join(paragraphs)
    assert without_credits("\n".join(middle)) == "\n".join(middle)


def test_the_link_of_a_credit_line_is_the_address_of_the_original():
    article = read('<p>Source: <a href="https://harbour-times.example/port">Harbour Times</a></p>')
    assert article.credited == (Credit("Harbour Times", "https://harbour-times.example/port"),)
    assert "Source" not in article.text


def test_a_bare_address_is_named_by_its_host():
    article = read("<p>Source : https://harbour-times.example/port-42.html</p>")
    assert article.credited == (Credit("harbour-times.example", "https://harbour-times.example/port-42.html"),)


@pytest.mark.parametrize(
    ("after", "agency"),
    [
        ("<p>The tender will be published in May, the ministry said. (AFP)</p>", "AFP"),
        ("<p>The tender will be published in May, Reuters reported on Tuesday evening.</p>", "Reuters"),
        ("<p>Selon l'AFP, l'appel d'offres sera publié au mois de mai prochain.</p>", "AFP"),
        ("<p>Об этом сообщает ТАСС со ссылкой на министерство.</p>", "TASS"),
        ("<p>据新华社报道，招标将于五月公布，工程将在秋季开始。</p>", "Xinhua"),
        ("<p>dpa</p>", "dpa"),
        ("<p>(ino/dpa)</p>", "dpa"),
        ("<p>Theo TTXVN</p>", "VNA"),
    ],
)
def test_agencies_are_credited_however_they_are_named(after, agency):
    assert agency in {credit.name for credit in read(after).credited}


def test_an_agency_that_signs_is_author_and_credited():
    article = read(head='<meta name="author" content="Agence France-Presse">')
    assert article.authors == ("Agence France-Presse",)
    assert article.credited == (Credit("AFP"),)


def test_a_canonical_address_elsewhere_is_the_original():
    article = read(head='<link rel="canonical" href="https://harbour-times.example/port">')
    assert article.credited == (Credit("harbour-times.example", "https://harbour-times.example/port"),)


def test_the_outlets_own_addresses_are_no_credit():
    head = (
        '<link rel="canonical" href="https://m.daily-wave.example/a">'
        '<link rel="alternate" hreflang="fr" href="https://daily-wave.example/fr/a">'
        '<meta property="og:site_name" content="Daily Wave">'
    )
    assert read("<p>Source: Daily Wave</p>", head).credited == ()


@pytest.mark.parametrize(
    ("origin", "here"),
    [
        ("http://127.0.0.12:8080", "http://127.0.0.1:8080"),
        ("http://10.1.2.3", "http://10.1.2.30"),
        ("http://[2001:db8::1]", "http://[2001:db8::12]"),
    ],
)
def test_two_numeric_hosts_are_two_owners(origin, here):
    """They begin alike, and one may even stand inside the other."""
    line = f"<p>Source : <a href='{origin}/bai-185.htm'>{origin}/bai-185.htm</a></p>"
    page = f"<html><body><article><h1>Port</h1>{TEXT}{line}</article></body></html>"
    credited = extract(Page(f"{here}/a", page.encode(), FETCHED)).article.credited
    assert [credit.url for credit in credited] == [f"{origin}/bai-185.htm"]


def test_a_numeric_hosts_own_address_is_no_credit():
    line = "<p>Source : <a href='http://127.0.0.1:8080/b'>http://127.0.0.1:8080/b</a></p>"
    page = f"<html><body><article><h1>Port</h1>{TEXT}{line}</article></body></html>"
    assert extract(Page("http://127.0.0.1:8080/a", page.encode(), FETCHED)).article.credited == ()


def test_the_source_of_a_picture_is_not_the_texts():
    assert read("<figure><img src='a.jpg'><figcaption>Quelle: Hafenbote</figcaption></figure>").credited == ()


def test_a_translation_with_a_stray_headline_a_counter_and_a_source_line():
    """The page that a first source looks like: a machine translation, furniture inside, the true origin at the end."""
    text = (
        "Le vice-Premier ministre est arrivé à Caracas pour signer des accords sur le pétrole et le gaz.",
        "Selon l'AFP, citant la télévision d'État, les deux parties ont signé dix-sept accords de coopération.",
        "Le ministre du Pétrole a déclaré que la production commune atteindrait cent mille barils par jour.",
    )
    body = (
        f"<div class='content'><p>{text[0]}</p><p>{text[1]}</p><p>La droite européenne durcit ses règles d'asile</p>"
        f"<p>{text[2]}</p><p>Source : <a href='https://bao-cang.example/bai-185.htm'>https://bao-cang.example/bai-185.htm"
        "</a></p></div><div><h3>Comment (0)</h3></div>"
    )
    article = read(text=body)
    assert article.text.split("\n") == list(text)
    assert article.credited == (Credit("bao-cang.example", "https://bao-cang.example/bai-185.htm"), Credit("AFP"))
    assert article.language == "fr"
