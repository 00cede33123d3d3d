"""How good and how quick extraction is, beside the libraries it stands on.

    python benchmarks/extraction.py FOLDER...

A FOLDER holds saved pages (.html.gz) and truth.jsonl, a line a page: file, url, text and, where known, title, authors,
published, fetched. Text agreement is the overlap of four-word shingles, averaged over pages; speed is pages a second of
one core. newspaper4k is no dependency of this project: its row says so where it is not installed. It fetches no images
here; what it cannot parse (Korean, without data that NLTK would download) counts as an empty answer.
"""

import argparse
import gzip
import json
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import trafilatura
from rich.console import Console
from rich.table import Table

from monitor.errors import PageRefused
from monitor.extract import extract
from monitor.records import Page

try:
    import newspaper
except ImportError:
    newspaper = None

_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an extractor says of one page."""

    text: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None


Extractor = Callable[[bytes, dict[str, Any]], Answer]


def words(text: str) -> list[str]:
    found: list[str] = []
    for word in _WORD.findall(unicodedata.normalize("NFC", text)):
        found.extend(word if _UNSPACED.search(word) else [word])
    return found


def folded(text: str) -> str:
    return " ".join(words(unicodedata.normalize("NFKC", text).casefold()))


def shingles(text: str) -> Counter[tuple[str, ...]]:
    found = words(text)
    return Counter(tuple(found[i : i + 4]) for i in range(max(1, len(found) - 3))) if found else Counter()


def moment(value: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if value else None
    except ValueError:
        return None


def ours(body: bytes, row: dict[str, Any]) -> Answer:
    fetched = moment(row.get("fetched")) or datetime.now(UTC)
    try:
        article = extract(Page(row["url"], body, fetched if fetched.tzinfo else fetched.replace(tzinfo=UTC))).article
    except PageRefused:
        return Answer()
    return Answer(article.text, article.title, article.authors, article.published)


def _trafilatura(**options: bool) -> Extractor:
    def run(body: bytes, row: dict[str, Any]) -> Answer:
        found = trafilatura.bare_extraction(body, url=row["url"], with_metadata=True, include_comments=False, **options)
        if found is None:
            return Answer()
        authors = tuple(name for name in (found.author or "").split("; ") if name)
        return Answer(found.text or "", found.title or "", authors, moment(found.date))

    return run


def newspaper4k(body: bytes, row: dict[str, Any]) -> Answer:
    article = newspaper.Article(row["url"], fetch_images=False)
    article.download(input_html=body.decode("utf-8", "replace"))
    try:
        article.parse()
    except (newspaper.ArticleException, LookupError):
        return Answer()
    stated = article.publish_date if isinstance(article.publish_date, datetime) else None
    return Answer(article.text, article.title, tuple(article.authors), stated)


def mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0


def overlap(true: str, got: str) -> tuple[float, float]:
    """Return precision and recall."""
    wanted, found = shingles(true), shingles(got)
    common = sum((wanted & found).values())
    return common / (sum(found.values()) or 1), common / (sum(wanted.values()) or 1)


def same_minute(true: datetime, got: datetime | None) -> bool:
    if got is None:
        return False
    if true.tzinfo and got.tzinfo:
        return abs((true - got).total_seconds()) < 60
    return true.replace(tzinfo=None, second=0, microsecond=0) == got.replace(tzinfo=None, second=0, microsecond=0)


def measure(run: Extractor, rows: list[dict[str, Any]], bodies: list[bytes]) -> list[str]:
    """Return one line of the table: F1, pages without text, title, day, minute, authors, pages a second."""
    began = time.process_time()
    answers = [run(body, row) for body, row in zip(bodies, rows, strict=True)]
    spent = time.process_time() - began
    pairs = list(zip(rows, answers, strict=True))
    precision, recall = (
        mean(side) for side in zip(*(overlap(row["text"], one.text) for row, one in pairs), strict=True)
    )
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    titled = [folded(row["title"]) == folded(one.title) for row, one in pairs if row.get("title")]
    dated = [(true, one.published) for row, one in pairs if (true := moment(row.get("published")))]
    signed = [
        {folded(name) for name in row["authors"]} == {folded(name) for name in one.authors}
        for row, one in pairs
        if row.get("authors")
    ]
    columns = [
        mean(titled) if titled else None,
        mean(got is not None and true.date() == got.date() for true, got in dated) if dated else None,
        mean(same_minute(true, got) for true, got in dated) if dated else None,
        mean(signed) if signed else None,
    ]
    shown = ("-" if value is None else f"{value:.3f}" for value in columns)
    return [f"{f1:.3f}", str(sum(not one.text for one in answers)), *shown, f"{len(rows) / spent:.1f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    folders: list[Path] = parser.parse_args().folders
    extractors: dict[str, Extractor] = {
        "News Monitor": ours,
        f"trafilatura {trafilatura.__version__}": _trafilatura(),
        f"trafilatura {trafilatura.__version__}, precision": _trafilatura(favor_precision=True),
    }
    if newspaper is not None:
        extractors[f"newspaper4k {newspaper.__version__}"] = newspaper4k
    for folder in folders:
        rows = [json.loads(line) for line in (folder / "truth.jsonl").read_bytes().split(b"\n") if line.strip()]
        bodies = [gzip.decompress((folder / row["file"]).read_bytes()) for row in rows]
        table = Table(title=f"{folder.name}: {len(rows)} pages")
        for heading in ("extractor", "text F1", "empty", "title", "day", "minute", "authors", "pages/s"):
            table.add_column(heading, no_wrap=True)
        ours(bodies[0], rows[0])  # loading the language model is not extraction
        for name, run in extractors.items():
            table.add_row(name, *measure(run, rows, bodies))
        if newspaper is None:
            table.add_row("newspaper4k", "not installed")
        Console(width=120).print(table)


if __name__ == "__main__":
    main()
