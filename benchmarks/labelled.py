"""Labelled news for measuring: reads the two shapes of files that the grouping benchmarks take.

Stories: {"id", "title", "text", "lang", "published", "label", "story", "related"} a line; relevant items (label 1) of
one event share the name in "story". Pairs: {"id", "text1", "lang1", "text2", "lang2", "same"} a line.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.records import Article


@dataclass(frozen=True)
class Batch:
    """Articles to be grouped together, and what is known of some pairs of them: (one, other, one event or not).

    `units` name what each pair must not be torn from when data is split for cross-validation.
    """

    name: str
    articles: list[Article]
    judged: list[tuple[int, int, bool]]
    units: list[str]


def _rows(path: Path) -> Iterator[dict]:
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def read_stories(paths: list[Path]) -> Batch:
    """Return all relevant items of the files as one batch, every two of them judged."""
    rows = [row for path in paths for row in _rows(path) if row["label"] == 1 and not row.get("related")]
    articles = [
        Article(
            url=row["id"],
            title=row["title"],
            text=row["text"],
            language=row["lang"],
            published=datetime.fromisoformat(row["published"]) if row.get("published") else None,
        )
        for row in rows
    ]
    events = [row.get("story") or row["id"] for row in rows]
    judged = [(a, b, events[a] == events[b]) for a in range(len(rows)) for b in range(a)]
    return Batch("stories", articles, judged, [events[a] for a, _, _ in judged])


def read_pairs(paths: list[Path]) -> Batch:
    """Return both articles of every pair as one batch; only the pairs themselves are judged."""
    articles: list[Article] = []
    judged: list[tuple[int, int, bool]] = []
    units: list[str] = []
    for path in paths:
        for row in _rows(path):
            for side in ("1", "2"):
                title, text = _parted(row["text" + side].strip())
                articles.append(Article(url=f"{row['id']}/{side}", title=title, text=text, language=row["lang" + side]))
            judged.append((len(articles) - 2, len(articles) - 1, row["same"]))
            units.append(row["id"])
    return Batch("pairs", articles, judged, units)


def _parted(whole: str) -> tuple[str, str]:
    """Return title and text, which these collections part by two blanks."""
    title, _, text = whole.partition("  ")
    return (title, text) if text and len(title) <= 200 else ("", whole)
