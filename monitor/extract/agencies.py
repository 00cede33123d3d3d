"""News agencies and the ways they sign.

Takes text; gives agencies by the one name they are shown under. Which names are agencies' is data/agencies.txt.
"""

import re

from monitor.extract.wording import sections

_LINES = sections("agencies.txt")
_SHOWN = {name: line.split(", ")[0] for line in _LINES["agencies"] for name in line.split(", ")}
_FOLDED = {name.casefold(): shown for name, shown in _SHOWN.items()}
_SHORT = frozenset(name for line in _LINES["short"] for name in line.split(", "))


def _any_of(names: list[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_LONG = [name for name in _SHOWN if name not in _SHORT]
_UNSPACED = [name for name in _LONG if "\u3040" <= name[0] <= "\u9fff" or "\uac00" <= name[0] <= "\ud7a3"]
# With their case: "Reuters" is an agency, "ap" is not. Where words are not parted, a name may stand inside a row.
_IN_PROSE = re.compile(rf"(?<!\w)(?:{_any_of(_LONG)})(?!\w)|{_any_of(_UNSPACED)}")
_NAME = _any_of([*_SHOWN, "AP"])
# "(AFP)", "(Reuters/dpa)", "(ino/dpa)": an agency, perhaps beside an editor's letters.
_SIGNED = re.compile(rf"[(（\[]\s*(?:{_NAME}|\w{{2,4}}/(?:{_NAME}))(?:\s*[/,–-]\s*(?:{_NAME}|\w{{2,4}}))*\s*[)）\]]")
_PART = re.compile(r"[(（\[)）\]\s]*([^/,–\-()（）\[\]]+)")


def shown(name: str) -> str | None:
    """Return the one name of an agency, however it signs; None for what is none."""
    folded = name.strip().casefold()
    return "Associated Press" if folded == "ap" else _FOLDED.get(folded)


def mentions(text: str) -> list[tuple[str, int, int]]:
    """Return the agencies named in prose, as (name, start, end)."""
    return [(_SHOWN[match.group()], match.start(), match.end()) for match in _IN_PROSE.finditer(text)]


def signatures(text: str) -> list[str]:
    """Return the agencies that sign in brackets: "(AFP)", "(Reuters/dpa)"."""
    parts = [part for match in _SIGNED.finditer(text) for part in _PART.findall(match.group())]
    return [name for part in parts if (name := shown(part))]
