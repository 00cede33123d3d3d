"""The figures of a text as plain numbers, whatever the language writes for them: 3,15 млрд and 31.5亿 are one sum.

Owns: digits, separators, multipliers and number words. Takes: a text and its language. Gives: `Figure`s.
Does not care: what is counted, beyond per cent.
"""

import re
import unicodedata
from dataclasses import dataclass

from monitor.group.numerals import CHINESE_DIGITS, CHINESE_POWERS, MULTIPLIERS, POINT_IS_DECIMAL, WORDS


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as the text means it, with the words it stands in ("3.15 billion")."""

    value: float
    text: str


_DIGITS = re.compile(
    r"(?<![\w.,])(?:[^\W\d_]{1,3}[-‐‑–])?(\d{1,3}(?:[.,'’\u00a0\u202f\u2009 ]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
    r"(?:\s?([%％٪]|[^\W\d_]+))?(?:\s([^\W\d_]+))?"
)
_CHINESE = re.compile(r"(\d[\d,]*(?:\.\d+)?)?([〇零一二两兩三四五六七八九十百千万萬亿億兆]+)")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")


def read_number(digits: str, language: str) -> float:
    """Return the value of digits with separators as they are used in a language ("1.500" is 1.5 in English only)."""
    digits = re.sub(r"['’\s]", "", digits)
    marks = [sign for sign in digits if sign in ".,"]
    if not marks:
        return float(digits)
    last = marks[-1]
    tail = digits.rpartition(last)[2]
    if len(set(marks)) == 1 and (
        len(marks) > 1 or (len(tail) == 3 and not (last == "." and language in POINT_IS_DECIMAL))
    ):
        return float(digits.replace(last, ""))
    whole, _, fraction = digits.rpartition(last)
    return float(re.sub(r"[.,]", "", whole) + "." + fraction)


def figures(text: str, language: str) -> tuple[Figure, ...]:
    """Return the figures of a text in its order, each value once."""
    text = unicodedata.normalize("NFKC", text)
    found: dict[float, Figure] = {}
    for figure in (*_written(text, language), *_spelt(text, language)):
        found.setdefault(figure.value, figure)
    return tuple(found.values())


def _written(text: str, language: str) -> list[Figure]:
    multipliers = MULTIPLIERS.get(language, {})
    chinese = language in ("zh", "ja")
    found = []
    for match in _CHINESE.finditer(text) if chinese else ():
        value = _chinese(match[2], match[1])
        if (value and len(match[0]) > 1) or match[0] in "两兩":
            found.append(Figure(float(value), match[0]))
    for match in _DIGITS.finditer(text):
        value = read_number(match[1], language)
        shown = match[1]
        for word in (match[2], match[3]):
            power = multipliers.get((word or "").casefold().rstrip("."))
            if not power:
                break
            value *= power
            shown = f"{shown} {word}"
        found.append(Figure(round(value, 6), shown))
    return found


def _chinese(signs: str, lead: str | None) -> float:
    """Return the value of Chinese numerals; `lead` are digits before them, as in 31.5亿."""
    total = section = 0.0
    digit = float(lead.replace(",", "")) if lead else 0.0
    for sign in signs:
        if sign in CHINESE_DIGITS:
            digit = digit * 10 + CHINESE_DIGITS[sign]
            continue
        power = CHINESE_POWERS[sign]
        if power < 10_000:
            section += (digit or 1) * power
        else:
            total += (section + digit or 1) * power
            section = 0.0
        digit = 0.0
    return total + section + digit


def _spelt(text: str, language: str) -> list[Figure]:
    words = WORDS.get(language, {})
    multipliers = MULTIPLIERS.get(language, {})
    found = []
    tokens = _WORD.findall(text.casefold())
    for index, token in enumerate(tokens):
        value = words.get(token)
        if value is None:
            continue
        power = multipliers.get(tokens[index + 1], 1) if index + 1 < len(tokens) else 1
        found.append(Figure(float(value * power), token))
    return found
