"""What a site has at a path, made into an HTTP answer: conditional requests, compression, single writes.

Pure but for aiohttp's request and response; knows nothing of sites.
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime

from aiohttp import web

from monitor.newsroom.dates import http_date
from monitor.newsroom.faults import Answer, plain_status


@dataclass(frozen=True, slots=True)
class Served:
    """A good answer before conditions and compression; `changed` is None where the server sends no validators."""

    body: bytes
    content_type: str
    changed: datetime | None = None


def answer(request: web.BaseRequest, served: Served | None) -> web.Response:
    """Answer a request for what stands at its path; None is a 404."""
    if request.method not in {"GET", "HEAD"}:
        return respond(plain_status(405, {"Allow": "GET, HEAD"}))
    if served is None:
        return respond(plain_status(404, {}))
    if served.changed is None:
        return _compressed(Answer(200, served.body, served.content_type), request)
    validators = (
        ("ETag", f'"{hashlib.sha256(served.body).hexdigest()[:20]}"'),
        ("Last-Modified", http_date(served.changed)),
        ("Cache-Control", "max-age=60"),
    )
    if _unchanged(request.headers, dict(validators)):
        return respond(Answer(304, b"", served.content_type, validators))
    return _compressed(Answer(200, served.body, served.content_type, validators), request)


def respond(answer: Answer) -> web.Response:
    """Return an answer for aiohttp, which writes head and body at once where the body is known."""
    headers = {"Content-Type": answer.content_type, **dict(answer.headers)}
    return web.Response(status=answer.status, body=answer.body, headers=headers)


def _unchanged(headers: Mapping[str, str], validators: Mapping[str, str]) -> bool:
    """Apply RFC 9110: If-None-Match, compared weakly; If-Modified-Since only where that is missing."""
    tags = headers.get("If-None-Match")
    if tags is not None:
        return tags == "*" or validators["ETag"] in {tag.strip().removeprefix("W/") for tag in tags.split(",")}
    since = headers.get("If-Modified-Since")
    if since is None:
        return False
    try:
        return parsedate_to_datetime(validators["Last-Modified"]) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):  # a date no one can read, or one without a zone: as if it were not there
        return False


def _compressed(answer: Answer, request: web.BaseRequest) -> web.Response:
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return respond(answer)
    headers = (*answer.headers, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
    return respond(replace(answer, body=gzip.compress(answer.body, mtime=0), headers=headers))
