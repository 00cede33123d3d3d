"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), robust against null and wrong types anywhere."""

import html
import json
from collections.abc import Iterator, Mapping
from typing import Any

from monitor.discover.entries import MOST_ENTRIES, Raw, entry, without_shared_guids
from monitor.discover.languages import language
from monitor.discover.markup import heading
from monitor.discover.moments import moment
from monitor.errors import ListingRefused
from monitor.records import Entry, Listed
from monitor.text import shorten


def read_json_feed(text: str, url: str) -> Listed:
    """Return what a JSON Feed lists. Raises `ListingRefused` ("not a feed") for any other JSON, or broken JSON."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ListingRefused("not a feed", f"broken JSON: {error}") from None
    if not isinstance(document, Mapping) or not isinstance(document.get("items"), list):
        raise ListingRefused("not a feed", "JSON without a list of items")
    if "version" in document and "jsonfeed" not in _text(document["version"]):
        raise ListingRefused("not a feed", "JSON of another kind than JSON Feed")
    return Listed(
        entries=tuple(_entries(document["items"][:MOST_ENTRIES], url)),
        title=shorten(heading(_text(document.get("title"))), 300),
        language=language(document.get("language")),
    )


def _entries(items: list[Any], url: str) -> Iterator[Entry]:
    for raw in without_shared_guids([_raw(item) for item in items if isinstance(item, Mapping)]):
        found = entry(raw, url)
        if found is not None:
            yield found


def _raw(item: Mapping[str, Any]) -> Raw:
    words = html.escape(_text(item.get("content_text")), quote=False)
    body = _text(item.get("content_html")) or words.replace("\n", "<br>")
    return Raw(
        # `external_url` is what a link blog points to; the item's own page comes first.
        link=_text(item.get("url")) or _text(item.get("external_url")),
        title=_text(item.get("title")),
        summary=_text(item.get("summary")) or body,
        body=body if _text(item.get("summary")) else "",
        guid=_text(item.get("id")),
        language=language(item.get("language")),
        authors=_authors(item),
        published=moment(_text(item.get("date_published"))),
        updated=moment(_text(item.get("date_modified"))),
    )


def _text(value: object) -> str:
    """Return a string as it is, a number as the string it should have been (ids), all else as nothing."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _authors(item: Mapping[str, Any]) -> list[str]:
    several, single = item.get("authors"), item.get("author")
    people = several if isinstance(several, list) else [single]
    return [_text(person.get("name")) for person in people if isinstance(person, Mapping)]
