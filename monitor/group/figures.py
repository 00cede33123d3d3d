"""The figures of a text as plain numbers, whatever the language writes for them: 3,15 млрд and 31.5亿 are one sum.

Owns: digits, separators, multipliers and number words. Takes: a text and its language. Gives: `Figure`s in order.
Does not care: what is counted.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.group.numerals import DIGITS, MULTIPLIERS, POINT_IS_DECIMAL, POWERS, WORDS
from monitor.lexicon import base_language


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as the text means it, as it stands in the text ("3.15 billion"), and how much the text dwells on it."""

    value: float
    text: str
    dwells: int = 1


# A number begins after a letter only where words are not parted (共100名). Letters before a hyphen are part of a name
# ("Tu-160"), not of a sum that is less than nothing.
_DIGITS = re.compile(
    r"(?<![\d.,_a-zA-Z\u00c0-\u052f\u0590-\u0dff])(?:[^\W\d_]{1,3}[-‐‑–])?"
    r"(\d{1,3}(?:[.,'’\u00a0\u202f\u2009 ]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
    r"(?:\s?([^\W\d_]+\.?))?(?:\s([^\W\d_]+\.?))?"
)
_GROUP = r"(?:\d[\d,]*(?:\.\d+)?)"
# Signs for digits and powers, in which runs of digits may stand: 十七, 31.5亿, 31億5000万, 31억 5000만.
_EAST_ASIAN = {
    "zh": re.compile(rf"(?:{_GROUP}?[〇零一二两兩三四五六七八九十百千万萬亿億兆]+)+"),
    "ko": re.compile(rf"{_GROUP}[십백천만억조]+(?: ?{_GROUP}[십백천만억조]+)*"),
}
_EAST_ASIAN["ja"] = _EAST_ASIAN["zh"]
_PART = re.compile(rf"{_GROUP}|.")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
# Longer digits are numbers of accounts or articles, and float() reads no end of them.
_MOST_DIGITS = 18
_SEPARATORS = str.maketrans({"٫": ".", "٬": ","})


def read_number(digits: str, language: str) -> float:
    """Return the value of digits with separators as they are used in a language ("1.500" is 1.5 in English only)."""
    digits = re.sub(r"['’\s]", "", digits)
    marks = [sign for sign in digits if sign in ".,"]
    if not marks:
        return float(digits)
    last = marks[-1]
    tail = digits.rpartition(last)[2]
    if len(set(marks)) == 1 and (len(marks) > 1 or (len(tail) == 3 and not _is_point(last, language))):
        return float(digits.replace(last, ""))
    whole, _, fraction = digits.rpartition(last)
    return float(re.sub(r"[.,]", "", whole) + "." + fraction)


def _is_point(mark: str, language: str) -> bool:
    return mark == "." and language in POINT_IS_DECIMAL


def figures(text: str, language: str) -> tuple[tuple[int, Figure], ...]:
    """Return the figures of a text, each with its offset, in order. The text is taken to be `compatible`."""
    found: list[tuple[int, Figure]] = []
    if pattern := _EAST_ASIAN.get(language):
        found += _east_asian(text, pattern)
        # Digits that are part of such a figure are none of their own.
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    found += _written(text, language)
    found += _spelt(text, language)
    return tuple(sorted(found, key=lambda place: place[0]))


def figures_of(text: str, language: str | None) -> tuple[tuple[float, str], ...]:
    """Return the figures of a text as (value, as it stands), each value once, in order."""
    first: dict[float, str] = {}
    for _, figure in figures(compatible(text), base_language(language) or ""):
        first.setdefault(figure.value, figure.text)
    return tuple(first.items())


def compatible(text: str) -> str:
    """Return a text whose full-width digits, superscripts and odd spaces are plain ones (NFKC), and its separators."""
    return unicodedata.normalize("NFKC", text).translate(_SEPARATORS)


def _written(text: str, language: str) -> Iterator[tuple[int, Figure]]:
    multipliers = MULTIPLIERS.get(language, {})
    for match in _DIGITS.finditer(text):
        if len(match[1]) > _MOST_DIGITS:
            continue
        value = read_number(match[1], language)
        shown = match[1]
        for word in (match[2], match[3]):
            power = multipliers.get((word or "").casefold().rstrip("."))
            if not power:
                break
            value *= power
            shown = f"{shown} {word}"
        yield match.start(1), Figure(round(value, 6), shown)


def _east_asian(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, Figure]]:
    for match in pattern.finditer(text):
        # A single sign is part of a word as often as a number: 一 in 统一, 千 in 千方百计.
        if 1 < len(match[0]) <= _MOST_DIGITS or match[0] in "两兩":
            yield match.start(), Figure(_east_asian_value(match[0]), match[0])


def _east_asian_value(signs: str) -> float:
    """Return the value of signs for digits and powers: digits add up below ten thousand, then that is multiplied."""
    total = section = digit = 0.0
    for part in _PART.findall(signs):
        if part in DIGITS:
            digit = digit * 10 + DIGITS[part]
        elif part not in POWERS:
            digit = float(part.replace(",", "") if part != " " else 0)
        elif POWERS[part] < 10_000:
            section += (digit or 1) * POWERS[part]
            digit = 0.0
        else:
            total += (section + digit or 1) * POWERS[part]
            section = digit = 0.0
    return total + section + digit


def _spelt(text: str, language: str) -> Iterator[tuple[int, Figure]]:
    """Yield the figures that stand in words: "seventeen", "on yedi", "three million"."""
    words = WORDS.get(language, {})
    if not words:
        return
    multipliers = MULTIPLIERS.get(language, {})
    tokens = [(match.start(), match[0].casefold()) for match in _WORD.finditer(text)]
    tokens.append((len(text), ""))
    used = -1
    for place, (start, token) in enumerate(tokens[:-1]):
        following = tokens[place + 1][1]
        value, shown, after = words.get(f"{token}-{following}"), f"{token} {following}", place + 2
        if value is None:
            value, shown, after = words.get(token), token, place + 1
        if value is None or place <= used:
            continue
        used = after - 1
        power = multipliers.get(tokens[min(after, len(tokens) - 1)][1], 1)
        yield start, Figure(float(value * power), shown)
