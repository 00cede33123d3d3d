"""What single values of config.yaml mean: spans, times, days, addresses, zones, languages.

Pure functions from text as typed to the value; each raises ValueError with what to write instead. A message never
repeats a value that may hold a secret.
"""

import ipaddress
import re
import zoneinfo
from datetime import time, timedelta
from difflib import get_close_matches
from functools import cache
from urllib.parse import urlsplit

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SPAN = re.compile(r"(\d{1,6})\s*([smhdw])")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_UNWANTED = re.compile(r"[\s\x00-\x1f\x7f-\x9f\\<>\"{}|^`]")
# Header names whose value is nearly always a secret.
_SECRET = re.compile(r"auth|cookie|token|secret|password|api-?key", re.IGNORECASE)
# Headers that the crawler sets itself: another value would break conditional requests, politeness or the connection.
_OURS = frozenset({
    "accept-encoding", "connection", "content-length", "host", "if-modified-since", "if-none-match", "referer", "te",
    "transfer-encoding", "upgrade", "user-agent",
})  # fmt: skip
# What stands in the place of a language where forms hold in all of them.
ANY_LANGUAGE = "any"
# ISO 639-1.
_CODES = """
aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et
eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk
kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny
oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk
tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
LANGUAGES = frozenset(_CODES.split())
# Codes people write by mistake: countries for languages.
_MISTAKEN = {"jp": "ja", "cn": "zh", "kr": "ko", "ua": "uk", "gr": "el", "cz": "cs", "vn": "vi", "ir": "fa", "dk": "da"}


def suggestion(word: str, known: list[str]) -> str:
    """Return `; did you mean "…"?` where one of the known words is near, else an empty string."""
    near = get_close_matches(word.lower(), [name.lower() for name in known], n=1, cutoff=0.6)
    return next((f'; did you mean "{name}"?' for name in known if near and name.lower() == near[0]), "")


def span(text: str) -> timedelta:
    """Return the length of time of `15m`, `36h`, `400d`."""
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise ValueError("write a number and a unit: 30s, 15m, 2h, 400d or 6w")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def polling(text: str) -> timedelta | None:
    """Return how often a source is asked, None for `auto`."""
    if text == "auto":
        return None
    try:
        every = span(text)
    except ValueError as error:
        raise ValueError(f"{error}; or auto") from None
    if not every:
        raise ValueError("write more than nothing: 15m, or auto")
    return every


def clock(text: str) -> time:
    """Return the local time of `07:30`."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError("write a time of day from 00:00 to 23:59, as in 07:30")
    return time(int(match[1]), int(match[2]))


def quiet_hours(text: str) -> tuple[time, time]:
    """Return the two ends of `22:00-06:30`."""
    begin, dash, end = text.partition("-")
    if not dash:
        raise ValueError("write two times of day with a dash, as in 22:00-06:30")
    ends = clock(begin), clock(end)
    if ends[0] == ends[1]:
        raise ValueError("write two different times of day, as in 22:00-06:30")
    return ends


def weekdays(texts: list[str]) -> tuple[int, ...]:
    """Return the weekdays (Monday 0) of `mon-fri`, `mon,wed` or `sat-mon`."""
    days: set[int] = set()
    for part in ",".join(texts).split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        begin = _weekday(first)
        end = _weekday(last) if dash else begin
        days.update((begin + step) % 7 for step in range((end - begin) % 7 + 1))
    return tuple(sorted(days))


def _weekday(name: str) -> int:
    if name.lower() not in _DAYS:
        raise ValueError(f"write days as {', '.join(_DAYS)}, as in mon-fri or mon,wed")
    return _DAYS.index(name.lower())


def web_address(text: str) -> str:
    """Return an http or https address with a host; credentials in it are refused."""
    if _UNWANTED.search(text):
        raise ValueError("an address has no spaces, quotes, backslashes or control characters")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("not an address; as in https://www.example.org/news") from None
    if "@" in parts.netloc:
        raise ValueError("a user or password does not belong into an address; use user and password_file")
    if parts.scheme not in ("http", "https"):
        # "example.org/news" has no scheme at all; "ftp://…" has another.
        more = f"; write https://{text}" if "://" not in text and "." in text.split("/", maxsplit=1)[0] else ""
        raise ValueError(f"an address begins with https:// or http://{more}")
    if port == 0 or not is_host(parts.hostname or ""):
        raise ValueError("the address has no valid host; as in https://www.example.org/news")
    return text


def is_host(text: str) -> bool:
    """Tell whether a text can be a host: an IP address, or a name in any script."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        pass
    else:
        return True
    try:
        name = text.removesuffix(".").encode("idna").decode("ascii")
    except UnicodeError:
        return False
    return bool(name) and len(name) <= 253 and all(_LABEL.fullmatch(label) for label in name.split("."))


def host(text: str) -> str:
    """Return the name or IP address of a server."""
    if not is_host(text):
        raise ValueError("not the name of a server, as in smtp.example.org")
    return text


def mail_address(text: str) -> str:
    """Return an e-mail address, its domain in the form that goes over the wire."""
    local, at, domain = text.strip().rpartition("@")
    if not at or not _LOCAL_PART.fullmatch(local):
        raise ValueError("not an e-mail address; as in ana@example.org")
    dotted = "." in domain or domain == "localhost"
    if not dotted or not is_host(domain) or domain.replace(".", "").isdigit() or domain.endswith("."):
        raise ValueError("the address has no valid domain; as in ana@example.org")
    return f"{local}@{domain.encode('idna').decode('ascii')}"


def sender_of(user: object) -> str | None:
    """Return the address that a login is, None where it is none."""
    try:
        return mail_address(user) if isinstance(user, str) else None
    except ValueError:
        return None


def contact(text: str) -> str:
    """Return the mail address or web address under which whoever runs this can be reached."""
    return web_address(text) if "://" in text else mail_address(text)


def zone(text: str) -> str:
    """Return the name of an IANA time zone."""
    try:
        zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = _zones()
        city = [name for name in known if name.rpartition("/")[2].lower() == text.replace(" ", "_").lower()]
        near = f'; did you mean "{city[0]}"?' if city else suggestion(text, known)
        raise ValueError(f"not an IANA time zone, as in Europe/Paris{near}") from None
    return text


@cache
def _zones() -> list[str]:
    """Return the names of all time zones; looking through the files takes 20 ms."""
    return sorted(zoneinfo.available_timezones())


def language(text: str) -> str:
    """Return an ISO 639-1 code."""
    if text in LANGUAGES:
        return text
    short = text.lower().replace("_", "-").split("-")[0]
    near = _MISTAKEN.get(short, short if short in LANGUAGES else "")
    raise ValueError("a language is two letters, as in fr or vi" + (f'; did you mean "{near}"?' if near else ""))


def forms_in(text: str) -> str:
    """Return the language of a concept's forms, or `any`."""
    return text if text == ANY_LANGUAGE else language(text)


def identifier(text: str) -> str:
    """Return a key that names a source, watchlist, recipient, digest or alert."""
    if not _ID.fullmatch(text):
        raise ValueError("a key is made of the letters a to z, digits, dots, dashes and _ (64 at most)")
    return text


def header_name(text: str) -> str:
    """Return the name of a request header that a source may set."""
    if not _TOKEN.fullmatch(text):
        raise ValueError("not the name of an HTTP header")
    if _SECRET.search(text):
        raise ValueError("a secret does not belong into this file; for a password use user and password_file")
    if text.lower() in _OURS:
        raise ValueError("this header is set by the monitor itself")
    return text


def header_value(text: str) -> str:
    """Return the value of a request header."""
    if not text.isascii() or not text.isprintable():
        raise ValueError("the value of an HTTP header is plain ASCII on one line")
    return text


def loopback(text: str) -> tuple[str, int]:
    """Return host and port of `127.0.0.1:8080`; only loopback, since the pages have no password of their own."""
    host, colon, port = text.rpartition(":")
    host = host.strip("[]")
    if not colon or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("write a loopback address and a port, as in 127.0.0.1:8080")
    try:
        inside = ipaddress.ip_address(host).is_loopback
    except ValueError:
        inside = host == "localhost"
    if not inside:
        raise ValueError(
            "only a loopback address, as in 127.0.0.1:8080; to reach it from outside put a proxy before it"
        )
    return host, int(port)
