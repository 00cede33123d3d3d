"""What a source is let in with: its own headers, and user and password for HTTP basic authentication (RFC 7617).

Read from the password's file when a request needs it, and kept nowhere; given only for the source's own origins.
"""

import base64

from monitor.records import Source
from spiders.addresses import own_origins
from spiders.answers import NotFetched
from spiders.desk import Reason
from spiders.robots import origin


def own_headers(source: Source, url: str) -> dict[str, str]:
    """Return the headers that only this source's own origins may see; none for any other address.

    Raises `NotFetched` where the password cannot be read: asking without it would look like an attack, or be cached.
    """
    if origin(url) not in own_origins(source):
        return {}
    headers = dict(source.headers)
    if source.user is not None:
        headers["Authorization"] = basic(source.user, _password(source))
    return headers


def basic(user: str, password: str) -> str:
    """Return the header's value for a user and a password."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def _password(source: Source) -> str:
    if source.password_file is None:
        return ""
    try:
        return source.password_file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFetched(Reason.NO_PASSWORD, retry=True) from error
