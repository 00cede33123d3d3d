"""The product's name and version, said once: User-Agent, List-Id, unit and data folder all take them from here."""

from importlib import metadata

NAME = "news-monitor"
TITLE = "News Monitor"


def version() -> str:
    """Return the installed version, or "0" in a plain checkout that was never installed."""
    try:
        return metadata.version(NAME)
    except metadata.PackageNotFoundError:
        return "0"


def user_agent(contact: str | None) -> str:
    """Return the honest name every request carries; `contact` is an address or URL from the config."""
    return f"{NAME}/{version()} (+{contact})" if contact else f"{NAME}/{version()}"
