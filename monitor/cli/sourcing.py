"""The commands about sources: how they do, what a site has to offer, lists of feeds in and out."""

import asyncio
import json
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption
from monitor.errors import MonitorError

if TYPE_CHECKING:
    from monitor.finding import FoundListing, Visit
    from monitor.records import Listing, Source

sources = typer.Typer(
    name="sources",
    help="Show how each source does: state, volume of the last four weeks, last and next poll, and why it fails.",
    invoke_without_command=True,
    rich_markup_mode=None,
)

# What YAML reads as plain text, whatever its version; all else is quoted.
_PLAIN = re.compile(r"[^\W\d_][\w /.()’–-]*", re.ASCII)
_KEYS = {"feed": "feeds", "sitemap": "sitemaps", "front_page": "front_pages"}


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.add_typer(sources)


@sources.callback()
def show(context: typer.Context, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Show how each source does: state, volume of the last four weeks, last and next poll, and why it fails."""
    if context.invoked_subcommand is not None:
        return
    from monitor.cli import standing
    from monitor.config import load

    found = standing.standing(load(config), datetime.now(UTC))
    standing.print_sources(found, as_json=as_json)


@sources.command()
def find(
    url: Annotated[str, typer.Argument(help="The site's address, or a section's.", metavar="URL")],
    private: Annotated[bool, typer.Option("--private", help="The site is on a private network.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Visit a site politely and print the YAML to paste: its feeds and sitemaps, and what each holds.

    Exit 1 where nothing was found that could be read.
    """
    from monitor import finding
    from monitor.config import FetchConfig
    from monitor.records import Source
    from monitor.urls import absolute
    from monitor.workers import Workers

    address = absolute(url if "://" in url else f"https://{url}/")
    if address is None:
        raise typer.BadParameter(f"{url!r} is no web address")
    workers = Workers(1, preload=("monitor.jobs",))
    try:
        visited = asyncio.run(
            finding.visit(Source("found", "", address, allow_private=private), workers, FetchConfig())
        )
    finally:
        workers.stop()
    chosen = finding.worth(visited, datetime.now(UTC))
    print(_found_json(visited, chosen) if as_json else _found_yaml(visited, chosen))
    if not chosen:
        raise typer.Exit(1)


@sources.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="A list of feeds, as feed readers export it.", metavar="FILE.opml")],
) -> None:
    """Print an OPML list of feeds as YAML to paste under `sources:`."""
    from monitor.discover import read_opml
    from monitor.errors import ListingRefused

    try:
        found = read_opml(file.read_bytes())
    except (OSError, ListingRefused) as error:
        raise MonitorError(f"{file}: {error}") from error
    print("sources:")
    for source in found:
        print(_source_yaml(source, [(listing, "") for listing in source.listings]))
    print(f"{len(found)} feeds", file=sys.stderr)


@sources.command()
def export(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Print the configured feeds as OPML, for feed readers."""
    from monitor.config import load
    from monitor.discover import write_opml
    from monitor.product import TITLE

    configured = load(config).sources
    print(write_opml(configured, TITLE), end="")
    without = [one.id for one in configured if not any(listing.kind == "feed" for listing in one.listings)]
    if without:
        print(f"left out, since no feed is configured: {', '.join(without)}", file=sys.stderr)


def _found_yaml(visited: "Visit", chosen: "Sequence[FoundListing]") -> str:
    """Return YAML whose comments say what each listing holds; those not chosen are there, commented out."""
    from dataclasses import replace

    from monitor.discover import source_id

    lines = [f"# {visited.source.url}"]
    if visited.reason:
        lines.append(f"# its front page could not be read: {_one_line(visited.reason)}")
    if chosen:
        name = _one_line(visited.title)[:100]
        languages = {one.survey.language for one in chosen if one.survey} - {None}
        source = replace(
            visited.source,
            id=source_id(name, visited.source.url, set()),
            name=name,
            language=languages.pop() if len(languages) == 1 else None,
        )
        lines += ["sources:", _source_yaml(source, [(one.listing, _figures(one)) for one in chosen])]
    others = [one for one in visited.listings if one not in chosen]
    if others:
        lines.append("# also there:")
        lines += [f"#   {_KEYS[one.listing.kind]}: {one.listing.url}  # {_figures(one)}" for one in others]
    return "\n".join(lines)


def _figures(found: "FoundListing") -> str:
    survey = found.survey
    if survey is None:
        return _one_line(found.reason)
    said = [f"{survey.items} items"]
    said += [survey.language] if survey.language else []
    said += [f"newest {survey.newest:%Y-%m-%d %H:%M}"] if survey.newest else ["no dates"]
    said += [f"{survey.a_day:.1f} a day"] if survey.a_day is not None else []
    said += ["full text"] if survey.full_text else []
    said += [f"named by {_one_line(found.named_by)}"] if found.named_by else []
    return ", ".join(said)


def _source_yaml(source: "Source", listings: "Iterable[tuple[Listing, str]]") -> str:
    lines = [f"  {source.id}:"]
    if source.name:
        lines.append(f"    name: {_scalar(source.name)}")
    lines.append(f"    url: {_scalar(source.url)}")
    by_kind: dict[str, list[str]] = {}
    for listing, comment in listings:
        entry = f"      - {_scalar(listing.url)}" + (f"  # {comment}" if comment else "")
        by_kind.setdefault(_KEYS[listing.kind], []).append(entry)
    for key, entries in by_kind.items():
        lines += [f"    {key}:", *entries]
    if source.language:
        lines.append(f"    language: {source.language}")
    if source.allow_private:
        lines.append("    allow_private: true")
    return "\n".join(lines)


def _scalar(text: str) -> str:
    """Return text as a YAML value: plain where that is safe, else quoted as JSON, which is YAML as well."""
    plain = _PLAIN.fullmatch(text) and text == text.strip()
    address = re.fullmatch(r"https?://[^\s#,\[\]{}\"'\\]+", text)
    return text if plain or address else json.dumps(_one_line(text), ensure_ascii=False)


def _one_line(text: str) -> str:
    from monitor.text import one_line

    return one_line(text)


def _found_json(visited: "Visit", chosen: "Sequence[FoundListing]") -> str:
    def row(one: "FoundListing") -> dict[str, Any]:
        survey = one.survey
        return {
            "kind": one.listing.kind.value,
            "url": one.listing.url,
            "named_by": one.named_by,
            "chosen": one in chosen,
            "error": one.reason or None,
            "items": survey.items if survey else None,
            "language": survey.language if survey else None,
            "newest": survey.newest.isoformat() if survey and survey.newest else None,
            "a_day": round(survey.a_day, 2) if survey and survey.a_day is not None else None,
            "full_text": survey.full_text if survey else None,
        }

    found = {
        "url": visited.source.url,
        "title": visited.title,
        "error": visited.reason or None,
        "listings": [row(one) for one in visited.listings],
    }
    return json.dumps(found, ensure_ascii=False, indent=2)
