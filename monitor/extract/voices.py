"""Other opinions on what a story's text is, asked block by block: another extractor, the page's JSON-LD, the feed.

Takes texts; says whether they hold a block. Compared folded, so that it does not matter how a text was cut into lines.
"""

import re

_NOT_WORDS = re.compile(r"\W+")
# A block shorter than this must be a line of the text: its letters would stand somewhere in any.
_SHORT = 25


def fold(text: str) -> str:
    """Return a text's letters and digits only, without case: what stays the same however a text was cut."""
    return _NOT_WORDS.sub("", text.casefold())


class Voice:
    """Another opinion on what the story's text is, asked block by block."""

    def __init__(self, text: str) -> None:
        self._whole = fold(text)
        self._lines = {fold(line.lstrip("- ")) for line in text.split("\n")}

    def __bool__(self) -> bool:
        return bool(self._whole)

    def __len__(self) -> int:
        return len(self._whole)

    def holds(self, folded: str) -> bool:
        """Say whether the text has this block (folded): short ones must be a line of it."""
        return bool(folded) and (folded in self._lines or (len(folded) >= _SHORT and folded in self._whole))
