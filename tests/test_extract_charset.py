"""Claims about charsets lie; the text comes out right all the same."""

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from monitor.extract import extract
from monitor.extract.charset import decode
from monitor.records import Entry, Page

FETCHED = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)

# Language: the charsets its pages came in, and a passage of news in it.
PASSAGES = {
    "ru": (
        "cp1251 koi8-r iso8859-5 cp866",
        "Правительство области объявило во вторник, что порт перестроят за четыре года. Работы начнутся осенью.",
    ),
    "uk": (
        "cp1251 koi8-u",
        "Уряд області оголосив у вівторок, що порт перебудують за чотири роки. Її працівники раді.",
    ),
    "bg": ("cp1251", "Правителството обяви във вторник, че пристанището ще бъде преустроено за четири години."),
    "pl": ("cp1250 iso8859-2", "Władze ogłosiły we wtorek, że port zostanie przebudowany. Prace zaczną się jesienią."),
    "cs": ("cp1250 iso8859-2", "Vláda v úterý oznámila, že přístav bude během čtyř let přestavěn a práce začnou brzy."),
    "hu": (
        "cp1250 iso8859-2",
        "A közgyűlés bejelentette, hogy a kikötőt négy év alatt újjáépítik; a felújítás ősszel kezdődik.",
    ),
    "ro": (
        "cp1250 iso8859-2",
        "Guvernul regional a anunţat marţi că portul va fi reconstruit în patru ani, până în toamnă.",
    ),
    "de": (
        "cp1252 iso8859-15",
        "Die Regierung teilte mit, dass der Hafen über vier Jahre umgebaut wird; die Fähren weichen südlich aus.",
    ),
    "fr": (
        "cp1252 iso8859-15",
        "Le gouvernement a annoncé que le port serait reconstruit en quatre années, dès l'été prochain.",
    ),
    "es": (
        "cp1252",
        "El gobierno anunció que el puerto se reconstruirá en cuatro años, según explicó la consejera en la reunión.",
    ),
    "pt": (
        "cp1252",
        "O governo anunciou que o porto será reconstruído em quatro anos; as obras começarão e não vão parar.",
    ),
    "tr": (
        "cp1254",
        "Bölge yönetimi limanın dört yıl içinde yeniden inşa edileceğini açıkladı; çalışmalar sonbaharda başlayacak.",
    ),
    "el": ("cp1253 iso8859-7", "Η κυβέρνηση ανακοίνωσε την Τρίτη ότι το λιμάνι θα ανακατασκευαστεί σε τέσσερα χρόνια."),
    "lt": (
        "cp1257",
        "Valdžia antradienį pranešė, kad uostas bus perstatytas per ketverius metus, o keltai išplauks iš čia.",
    ),
    "he": ("cp1255", "הממשלה הודיעה ביום שלישי כי הנמל ייבנה מחדש במשך ארבע שנים והעבודות יתחילו בסתיו."),
    "ar": ("cp1256", "أعلنت الحكومة يوم الثلاثاء أن الميناء سيعاد بناؤه خلال أربع سنوات وتبدأ الأعمال في الخريف."),
    "vi": (
        "cp1258 tcvn viscii",
        "Chính quyền hôm thứ Ba thông báo cảng sẽ được xây dựng lại trong bốn năm, phà rời từ bến tạm.",
    ),
    "th": ("cp874", "รัฐบาลประกาศเมื่อวันอังคารว่าท่าเรือจะได้รับการบูรณะใหม่ภายในสี่ปี งานจะเริ่มในฤดูใบไม้ร่วง"),
    "ja": (
        "cp932 euc_jp iso2022_jp",
        "県は火曜日、港を四年かけて建て替えると発表した。北側の二つの桟橋の工事は秋に始まる。",
    ),
    "zh": ("gb18030", "省政府周二宣布，港口将在四年内重建。北部两个码头的工程将于秋季开始，渡轮将改道。"),
    "tw": ("big5hkscs", "省政府週二宣布，港口將在四年內重建。北部兩個碼頭的工程將於秋季開始，渡輪將改道。"),
    "ko": (
        "cp949",
        "도 정부는 화요일 항구를 사 년에 걸쳐 재건한다고 발표했다. 공사는 가을에 시작되며 여객선은 우회한다.",
    ),
}
_TONES = "\u0300\u0301\u0303\u0309\u0323"
# Letters of the two charsets that Python does not know, in the order of their bytes from 80 on.
_VISCII = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔ"
    "ạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_TCVN = {
    **dict(zip("ĂÂÊÔƠƯĐăâêôơưđ", range(0xA1, 0xAF), strict=True)), **dict(zip("àảãáạ", range(0xB5, 0xBA), strict=True)),
    **dict(zip("ằẳẵắ", range(0xBB, 0xBF), strict=True)), "ặ": 0xC6,
    **dict(zip("ầẩẫấậè", range(0xC7, 0xCD), strict=True)),
    **dict(zip("ẻẽéẹềểễếệìỉ", range(0xCE, 0xD9), strict=True)), **dict(zip("ĩíịò", range(0xDC, 0xE0), strict=True)),
    **dict(zip("ỏõóọồổỗốộờởỡớợù", range(0xE1, 0xF0), strict=True)),
    **dict(zip("ủũúụừửữứựỳỷỹýỵ", range(0xF1, 0xFF), strict=True)),
}  # fmt: skip


def encoded(text: str, charset: str) -> bytes:
    if charset == "viscii":
        return bytes(0x80 + _VISCII.index(char) if char in _VISCII else ord(char) for char in text)
    if charset == "tcvn":
        return bytes(_TCVN.get(char, ord(char) if char.isascii() else 0x3F) for char in text)
    if charset == "cp1258":
        return b"".join(_with_tone(char) for char in text)
    return text.encode(charset)


def _with_tone(char: str) -> bytes:
    """A letter as Windows-1258 writes it: with its hat, and its tone as a mark behind."""
    parts = unicodedata.normalize("NFD", char)
    base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES))
    return (base + "".join(part for part in parts if part in _TONES)).encode("cp1258")


def lies() -> Iterator[tuple[str, str, str, str, str]]:
    """Every passage in every charset, under headers and meta tags that tell something else."""
    for language, (charsets, text) in PASSAGES.items():
        for charset in [*charsets.split(), "utf-8", "utf-16"]:
            for meta, header in (
                ("", "iso-8859-1"),
                ("utf-8", ""),
                ("iso-8859-1", "utf-8"),
                (charset, "iso-8859-1"),
                ("", ""),
            ):
                yield language, charset, meta, header, text


def test_p30_at_least_99_of_100_pages_come_out_right_whatever_they_claim():
    cases = list(lies())
    assert len(cases) >= 200
    wrong = []
    for language, charset, meta, header, text in cases:
        head = f'<html lang="{language}"><head>' + (f'<meta charset="{meta}">' if meta else "")
        page = encoded(f"{head}</head><body><p>{text}</p></body></html>", charset)
        read, _ = decode(page, f"text/html; charset={header}" if header else "text/html")
        if text not in unicodedata.normalize("NFC", read):
            wrong.append((language, charset, meta, header))
    assert len(wrong) <= len(cases) // 100, wrong


def test_p30_the_language_of_a_page_is_not_needed_to_tell_its_charset():
    wrong = [
        (language, charset)
        for language, (charsets, text) in PASSAGES.items()
        for charset in charsets.split()
        if text not in unicodedata.normalize("NFC", decode(encoded(f"<p>{text}</p>", charset))[0])
    ]
    assert len(wrong) <= 1, wrong


def test_p30_a_latin_header_over_utf_8_does_not_garble():
    text = PASSAGES["vi"][1]
    page = f"<html><body><article><h1>Cảng</h1><p>{text}</p><p>{text} Lần hai.</p></article></body></html>"
    article = extract(
        Page("https://news.example/a", page.encode(), FETCHED, content_type="text/html; charset=ISO-8859-1")
    ).article
    assert text in article.text


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16", "utf-32"])
def test_p30_a_byte_order_mark_wins_over_every_claim(mark):
    text = PASSAGES["ru"][1]
    read, _ = decode(f'<html><meta charset="koi8-r"><p>{text}</p>'.encode(mark), "text/html; charset=windows-1252")
    assert text in read


def test_p30_a_few_damaged_bytes_do_not_turn_utf_8_into_something_else():
    text = PASSAGES["el"][1]
    read, charset = decode(f"<p>{text}</p><p>{text}</p>".encode() + b"\xff\xfe\xc3")
    assert charset == "utf-8"
    assert text in read


def test_p30_entities_of_every_sort_are_read_as_browsers_read_them():
    """Decimal, hex, named, without their semicolon, and the numbers that mean Windows' quotes and dashes."""
    text = PASSAGES["ru"][1]
    soup = "".join(f"&#{ord(char)};" if i % 2 else f"&#x{ord(char):X};" for i, char in enumerate(text))
    quoted = "The port&#146;s &#147;new&#148; piers &ndash; caf&eacute &amp cafeteria &#151; open in autumn, it said."
    page = f"<html><body><article><h1>Порт</h1><p>{soup}</p><p>{quoted}</p></article></body></html>"
    article = extract(Page("https://news.example/a", page.encode("ascii", "xmlcharrefreplace"), FETCHED)).article
    assert article.text.split("\n") == [
        text,
        "The port’s “new” piers – café & cafeteria — open in autumn, it said.",
    ]


@pytest.mark.parametrize(
    "entity", ["&#0;", "&#xD800;", "&#x110000;", "&#99999999999999;", "&bogus;", "&#;", "&#x;", "&"]
)
def test_p30_an_entity_that_means_nothing_costs_nothing_but_itself(entity):
    text = PASSAGES["de"][1]
    page = f"<html><body><article><h1>Hafen</h1><p>{text}</p><p>{text} {entity} Ende.</p></article></body></html>"
    article = extract(Page("https://news.example/a", page.encode(), FETCHED)).article
    assert article.text.startswith(text)
    assert article.text.endswith("Ende.")
    article.text.encode()  # no lone surrogate


@pytest.mark.parametrize("body", [bytes(range(256)) * 40, b"\xff" * 1000, b"<p>\x80\x81</p>", b"\xfe\xff", b"\xc3"])
def test_p30_no_bytes_raise_anything(body):
    text, charset = decode(body, "text/html; charset=does-not-exist")
    assert isinstance(text, str)
    assert charset


def test_p30_a_garbled_page_does_not_hide_the_title_that_the_feed_told():
    entry = Entry("https://news.example/a", title="Порт перестроят", summary="Четыре года работ.")
    article = extract(
        Page("https://news.example/a", b"<html><body>\x81\x8d\x8f\x90\x9d</body></html>", FETCHED, entry=entry)
    ).article
    assert article.title == "Порт перестроят"
