r"""The `--jsonl` protocol: one JSON object a line in, one answer a line out, in the order asked.

Runs in worker processes. Takes raw lines (bytes without their `\\n`), gives JSON text. A line that cannot be served is
answered with its `error`, never with silence. Unknown keys are ignored, null is the same as absent.
"""

import gzip
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor import jobs
from monitor.errors import MonitorError
from monitor.extract import extract
from monitor.group import Placed, Sketch, group, sketch
from monitor.match import Explanation
from monitor.records import Article, Concept, Flag, Page, Watchlist

EXTRACTED = ("url", "title", "authors", "published", "language", "text", "credited", "error")


class BadLineError(MonitorError):
    """A line that is not of the protocol's form."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What fetching an address gave, for a line that names no file; `error` where it gave nothing."""

    packed: jobs.Packed | None = None
    error: str = ""


def asked_address(line: bytes) -> str | None:
    """Return the address a line of `extract` wants fetched: one that names no file."""
    try:
        row = _row(line)
    except BadLineError:
        return None
    url = row.get("url")
    return url if isinstance(url, str) and url and not row.get("file") else None


def extract_line(task: tuple[bytes, Fetched | None]) -> str:
    """Answer one line of `monitor extract --jsonl`."""
    line, fetched = task
    row: dict[str, Any] = {}
    try:
        row = _row(line)
        return _dumped(article_answer(extract(_page(row, fetched)).article))
    except MonitorError as error:
        return _dumped(_no_article(row, str(error)))
    except (OSError, EOFError, zlib.error) as error:
        return _dumped(_no_article(row, f"cannot be read: {error}"))


def article_answer(article: Article) -> dict[str, Any]:
    """Return the contract's answer for an article: unknown is null, "" or []."""
    return {
        "url": article.url,
        "title": article.title,
        "authors": list(article.authors),
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
        "text": article.text,
        "credited": [{"name": credit.name, "url": credit.url} for credit in article.credited],
        "error": None,
    }


@dataclass(frozen=True, slots=True)
class Explained:
    """A page's article and what each watchlist says of it; `error` where it has none."""

    article: Article
    verdicts: tuple[Explanation, ...] = ()
    error: str = ""


def explain_page(
    watchlists: tuple[Watchlist, ...], concepts: tuple[Concept, ...], page: str, fetched: Fetched | None
) -> Explained:
    """Extract one page, a file or an address already fetched, and tell every rule of every watchlist."""
    row = {"url" if fetched else "file": page}
    try:
        article = extract(_page(row, fetched)).article
    except MonitorError as error:
        return Explained(Article(page), error=str(error))
    except (OSError, EOFError, zlib.error) as error:
        return Explained(Article(page), error=f"cannot be read: {error}")
    return Explained(article, jobs.explain_article(watchlists, concepts, article))


def _no_article(row: dict[str, Any], error: str) -> dict[str, Any]:
    url = row.get("url")
    return article_answer(Article(url if isinstance(url, str) else "")) | {"error": error}


def _page(row: dict[str, Any], fetched: Fetched | None) -> Page:
    url = _text(row, "url")
    moment = _moment(row, "fetched") or datetime.now(UTC)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    if file := _text(row, "file"):
        path = Path(file)
        body = path.read_bytes()
        if path.suffix == ".gz" or body.startswith(b"\x1f\x8b"):
            body = gzip.decompress(body)
        return Page(url=url, body=body, fetched=moment, asked=url)
    if not url:
        raise BadLineError("a line names a file or an address")
    if fetched is None or fetched.packed is None:
        raise BadLineError(fetched.error if fetched else "the address was not fetched")
    return jobs.page_of(fetched.packed, moment, url)


def match_line(watchlists: tuple[Watchlist, ...], concepts: tuple[Concept, ...], line: bytes) -> str:
    """Answer one line of `monitor match --jsonl`."""
    row: dict[str, Any] = {}
    try:
        row = _row(line)
        found = jobs.match_articles(watchlists, concepts, (_article(row),))[0]
    except MonitorError as error:
        return _dumped({"id": row.get("id"), "flags": [], "error": str(error)})
    return _dumped({"id": row.get("id"), "flags": [_flag(flag) for flag in found if flag.passed], "error": None})


def _flag(flag: Flag) -> dict[str, Any]:
    return {
        "watchlist": flag.watchlist,
        "score": round(flag.score, 4),
        "evidence": [{"text": one.text, "terms": list(one.terms)} for one in flag.evidence],
    }


@dataclass(frozen=True, slots=True)
class Sketched:
    """One line of `monitor group --jsonl`, read: its sketch is None where there is an error."""

    id: object
    published: datetime | None = None
    sketch: Sketch | None = None
    error: str | None = None


def sketch_line(line: bytes) -> Sketched:
    """Read one line of `monitor group --jsonl`."""
    row: dict[str, Any] = {}
    try:
        row = _row(line)
        article = _article(row)
        if not (article.title or article.text):
            raise BadLineError("neither title nor text")
        return Sketched(row.get("id"), article.published, sketch(article))
    except MonitorError as error:
        return Sketched(row.get("id"), error=str(error))


def group_lines(read: Sequence[Sketched]) -> list[str]:
    """Answer all lines of `monitor group --jsonl`, which are one batch: what belongs together has one story's name."""
    placed = [
        Placed(number, None, _aware(one.published), one.sketch)
        for number, one in enumerate(read)
        if one.sketch is not None
    ]
    roots = {join.article_id: join.root for join in group(placed, ())}
    return [
        _dumped({"id": one.id, "story": f"story-{roots[number]}" if number in roots else None, "error": one.error})
        for number, one in enumerate(read)
    ]


def lost_extract(task: tuple[bytes, Fetched | None], error: Exception) -> str:
    """Answer for a line whose worker was lost."""
    return _dumped(_no_article(_known(task[0]), str(error)))


def lost_match(line: bytes, error: Exception) -> str:
    """Answer for a line whose worker was lost."""
    return _dumped({"id": _known(line).get("id"), "flags": [], "error": str(error)})


def lost_sketch(line: bytes, error: Exception) -> Sketched:
    """Answer for a line whose worker was lost."""
    return Sketched(_known(line).get("id"), error=str(error))


def _known(line: bytes) -> dict[str, Any]:
    try:
        return _row(line)
    except BadLineError:
        return {}


def _aware(moment: datetime | None) -> datetime:
    moment = moment or datetime.fromtimestamp(0, UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _article(row: dict[str, Any]) -> Article:
    return Article(
        url=_text(row, "url"),
        title=_text(row, "title"),
        text=_text(row, "text"),
        language=_text(row, "language") or None,
        published=_moment(row, "published"),
    )


def _row(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadLineError(f"not JSON: {error}") from error
    if not isinstance(row, dict):
        raise BadLineError("not a JSON object")
    return row


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadLineError(f"{key}: text is wanted, not {json.dumps(value)[:40]}")
    return value


def _moment(row: dict[str, Any], key: str) -> datetime | None:
    """Read a moment; one that is only partly known ("2019-10") is not known, which is no fault of the line."""
    try:
        return datetime.fromisoformat(_text(row, key))
    except ValueError:
        return None


def _dumped(answer: dict[str, Any]) -> str:
    """Return one line; what UTF-8 cannot hold (half a surrogate pair) is written as it was asked, escaped."""
    line = json.dumps(answer, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return line if line.isascii() or _is_utf8(line) else json.dumps(answer)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
