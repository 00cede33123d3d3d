"""Which charset a page is in, by evidence: the header and the page's own claims both lie.

Takes bytes and the header; gives text and the name of the charset. Never raises: what cannot be decoded becomes
replacement characters. Bytes that are valid UTF-8 with anything outside ASCII are UTF-8, whatever is claimed; else
every charset of the news decodes a sample, and the one whose letters are those that people write with is taken.
"""

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from monitor.extract.wording import sections
from monitor.lexicon import detect

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CLAIM = re.compile(rb"charset\s*=\s*[\"']?\s*([a-z0-9_:.\-]+)", re.IGNORECASE)
_XML_CLAIM = re.compile(rb"^\s*<\?xml[^>]*encoding\s*=\s*[\"']([a-z0-9_:.\-]+)", re.IGNORECASE)
_LANGUAGE = re.compile(rb"<html[^>]{0,400}?\blang\s*=\s*[\"']?([a-z]{2})\b", re.IGNORECASE)
_HIGH = re.compile(rb"[\x80-\xff]+")

# What browsers take these labels for: the wider charset that holds the same letters at the same places.
_WIDER = {
    "iso8859-1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030",
    "gbk": "gb18030", "hz": "gb18030", "big5": "big5hkscs", "cp950": "big5hkscs", "euc_kr": "cp949",
    "shift_jis": "cp932", "tis-620": "cp874", "iso8859-11": "cp874", "iso8859-8": "cp1255", "iso8859-4": "cp1257",
}  # fmt: skip
_VIETNAMESE_LABELS = re.compile(r"tcvn|vscii|viscii|x-viet", re.IGNORECASE)
# The languages that a charset is used for, where the page says its language.
_LANGUAGES = {
    "cp1251": "ru uk be bg sr mk kk mn", "koi8-r": "ru", "koi8-u": "uk", "iso8859-5": "ru bg sr mk", "cp866": "ru",
    "cp1250": "pl cs sk hu ro hr sl bs sq", "iso8859-2": "pl cs sk hu ro hr sl bs sq", "cp1254": "tr az",
    "cp1257": "lt lv et", "cp1258": "vi", "tcvn": "vi", "viscii": "vi", "cp1253": "el", "iso8859-7": "el",
    "cp1255": "he", "cp1256": "ar fa ur", "cp874": "th", "cp932": "ja", "euc_jp": "ja", "gb18030": "zh",
    "big5hkscs": "zh", "cp949": "ko", "cp1252": "en de fr es pt it nl sv da nb no fi is ca",
}  # fmt: skip
_SAMPLE = 3000
# What a claim, and a language that goes with the charset, add to how far the sample fits (0 to 1); fits nearer to each
# other than this are told apart by the language the text then seems to be in.
_CLAIMED, _SPOKEN, _CLOSE = 0.15, 0.25, 0.3
# Latin alphabets with so many letters outside ASCII are Vietnamese, or no Latin at all.
_LATIN = frozenset({"cp1252", "iso8859-15", "mac_roman", "cp1250", "iso8859-2", "cp1254", "cp1257"})
_DENSE = 0.2
# Latin letters outside ASCII do not come in fours, in no alphabet of the news.
_CROWDED = re.compile("[\u00c0-\u024f\u1e00-\u1eff]{4,}")
_THAI_MARKS = frozenset("ัิีึืฺุู็่้๊๋์ํ")


def _letters() -> dict[str, list[frozenset[str]]]:
    found: dict[str, list[frozenset[str]]] = {}
    for line in sections("letters.txt")["letters"]:
        names, _, letters = line.partition(": ")
        for name in names.split():
            found.setdefault(name, []).append(frozenset(letters))
    return found


def _tables() -> dict[str, str]:
    """Return the decoding tables of the charsets that Python does not know."""
    found = {}
    for name, (high, low) in sections("vietnamese.txt").items():
        upper = [entry if len(entry) == 1 else chr(int(entry, base=0)) for entry in high.split()]
        table = [chr(byte) for byte in range(128)] + upper
        for entry in low.split():
            table[int(entry[:2], 16)] = entry[3:]
        found[name] = "".join(table)
    return found


_VIETNAMESE = frozenset({"cp1258", "tcvn", "viscii"})
_LETTERS = _letters()
_TABLES = _tables()
_CANDIDATES = (
    "cp1252", "cp1251", "cp1250", "iso8859-2", "cp1254", "cp1257", "cp1258", "tcvn", "viscii", "koi8-r", "koi8-u",
    "iso8859-5", "cp866", "cp1253", "iso8859-7", "cp1255", "cp1256", "cp874", "gb18030", "big5hkscs", "cp932", "euc_jp",
    "cp949",
)  # fmt: skip
_PUNCTUATION = frozenset("’‘“”„–—…\xa0«»°§€。、，「」：！？（）・ー～№")
_NO_LETTERS = frozenset({"Cc", "Co", "Cn", "Sm", "Sc", "So", "Sk"})


def decode(body: bytes, content_type: str = "") -> tuple[str, str]:
    """Return a page's text and the charset it was read in."""
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace"), charset
    if charset := _sixteen_bits(body[:4000]):
        return body.decode(charset, "replace"), charset
    if b"\x1b$" in body and not _HIGH.search(body):
        return body.decode("iso2022_jp", "replace"), "iso2022_jp"
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    if _is_broken_utf8(body):
        return body.decode("utf-8", "replace"), "utf-8"
    charset = _best(body, content_type)
    return _decoded(body, charset, "replace"), charset


def _sixteen_bits(head: bytes) -> str:
    """Return which UTF-16 bytes without a mark are in: every second byte of their markup is zero."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    enough = 0.05 * len(head)
    if odd > enough and even < odd / 8:
        return "utf-16-le"
    return "utf-16-be" if even > enough and odd < even / 8 else ""


def _is_broken_utf8(body: bytes) -> bool:
    """Say whether bytes are UTF-8 with some places damaged, rather than another charset."""
    text = body.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    whole = sum(map(len, _HIGH.findall(text.replace("\ufffd", "").encode("utf-8")))) // 2
    return whole > 8 * damaged


def _decoded(body: bytes, charset: str, errors: str) -> str:
    if charset not in _VIETNAMESE:
        return body.decode(charset, errors)
    # Combining marks follow their letter in these: composing is part of decoding them.
    text = (
        codecs.charmap_decode(body, errors, _TABLES[charset])[0] if charset in _TABLES else body.decode(charset, errors)
    )
    return unicodedata.normalize("NFC", text)


def _best(body: bytes, content_type: str) -> str:
    """Return the charset that reads a sample of the bytes best."""
    claims = tuple(_claims(body[:4096], content_type))
    match = _LANGUAGE.search(body[:4096])
    language = match.group(1).decode().lower() if match else ""
    sample = _sample(body)

    def fitness(charset: str) -> float:
        # The first claim is the page's own where it makes one, and knows more than the server.
        bonus = _CLAIMED / (1 + claims.index(charset)) if charset in claims else 0.0
        return _fit(sample, charset) + bonus + (_SPOKEN if language in _spoken(charset) else 0.0)

    ranked = sorted(((fitness(name), name) for name in dict.fromkeys((*claims, *_CANDIDATES))), reverse=True)
    close = [(fit, charset) for fit, charset in ranked if fit > ranked[0][0] - _CLOSE]
    if len(close) == 1:
        return close[0][1]
    read = {charset: detect(_decoded(sample, charset, "replace")) for _, charset in close}
    return max(close, key=lambda ranking: ranking[0] + (_SPOKEN if read[ranking[1]] in _spoken(ranking[1]) else 0.0))[1]


def _spoken(charset: str) -> list[str]:
    return _LANGUAGES.get(charset, "").split()


def _claims(head: bytes, content_type: str) -> Iterator[str]:
    """Yield the charsets that page and header claim, as Python's codecs; those it does not know are passed over."""
    stated = [match.group(1) for match in (_XML_CLAIM.search(head), _CLAIM.search(head)) if match]
    stated += _CLAIM.findall(content_type.encode("ascii", "replace"))
    for label in stated:
        text = label.decode("ascii", "replace")
        if _VIETNAMESE_LABELS.search(text):
            yield "viscii" if "viscii" in text.lower() else "tcvn"
            continue
        try:
            name = codecs.lookup(text).name
        except LookupError:
            continue
        if not name.startswith("utf"):
            yield _WIDER.get(name, name)


def _sample(body: bytes) -> bytes:
    """Return the lines of a page that hold bytes outside ASCII, up to a size."""
    found: list[bytes] = []
    size = 0
    for match in re.finditer(rb">([^<>]*[\x80-\xff][^<>]*)<", body):
        found.append(match.group(1))
        size += len(match.group(1))
        if size > _SAMPLE:
            break
    return b"\n".join(found)[: 2 * _SAMPLE] or body[: 2 * _SAMPLE]


def _fit(sample: bytes, charset: str) -> float:
    """Return how far a sample reads as text in a charset: 1 where every letter is a usual one, below 0 for noise."""
    try:
        text = _decoded(sample, charset, "replace")
    except LookupError:
        return -2.0
    outside = [char for char in text if char > "\x7f"]
    if not outside:
        return 0.0
    counts = Counter(outside)
    worth = max(
        sum(_worth(char, usual) * count for char, count in counts.items())
        for usual in _LETTERS.get(charset, [frozenset()])
    )
    letters = sum(char.isalpha() for char in text)
    dense = charset in _LATIN and sum(char.isalpha() for char in outside) > _DENSE * letters
    return worth / len(outside) - _faults(text) - (0.3 if dense else 0.0)


def _worth(char: str, usual: frozenset[str]) -> float:
    """Return what one character speaks for or against a charset."""
    if char in usual:
        return 1.0
    if char in _PUNCTUATION:
        return 0.5
    if char == "\ufffd" or unicodedata.category(char) in _NO_LETTERS:
        return -2.0
    # Most Han characters and syllables of a right text are not among the commonest; nearly none of a wrong one are.
    return 0.3 if "\u4e00" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3" else -0.5


def _faults(text: str) -> float:
    """Return how often letters stand side by side that never do.

    A capital after a small letter: KOI8 read as Windows-1251 turns case round. A letter of another script after an
    ASCII one: Turkish read as Windows-1251. Vowels with marks in long rows: Hebrew read as Vietnamese. A Thai vowel
    sign without its consonant: Chinese read as Thai.
    """
    faults = sum(map(len, _CROWDED.findall(text)))
    pairs = 0
    for first, second in pairwise(text):
        if second <= "\x7f":
            continue
        pairs += 1
        foreign = first.isascii() and first.isalpha() and second > "\u036f" and second.isalpha()
        loose = second in _THAI_MARKS and (first == second or not "\u0e01" <= first <= "\u0e4e")
        faults += (first.islower() and second.isupper()) or foreign or loose
    return min(0.8, 3 * faults / max(1, pairs))
