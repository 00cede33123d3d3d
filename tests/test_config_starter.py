"""The config.yaml that ships with the product is valid, complete and works at once."""

import re
from pathlib import Path

import pytest

from monitor.config import Config, MailTransport, load, starter
from monitor.records import Kind

# A # with no space behind it, or with two or four, switches a line off; with one or three it begins prose.
SWITCH = re.compile(r"^(\s*)#((?: {2}| {4})?(?! )\S.*)$")


@pytest.fixture(scope="module")
def config() -> Config:
    return load(starter())


def test_it_has_no_fault_and_watches_the_first_subject(config: Config) -> None:
    watchlist = config.watchlists[0]
    sides = dict(watchlist.sides)
    assert watchlist.id == "russia-venezuela"
    assert "country:RU" in sides["russia"]
    assert "country:VE" in sides["venezuela"]
    assert watchlist.about == ("cooperation",)
    assert "montaña rusa" in watchlist.ignore
    assert len(watchlist.must_match) >= 5
    assert len(watchlist.must_not_match) >= 3


def test_the_first_source_is_read_by_its_front_page(config: Config) -> None:
    source = config.sources[0]
    assert source.id == "vietnam-fr"
    assert [listing.kind for listing in source.listings] == [Kind.FRONT_PAGE]


def test_forty_outlets_and_more_are_watched_in_all_their_languages(config: Config) -> None:
    assert len({source.url.split("/")[2] for source in config.sources}) >= 40
    languages = {source.language for source in config.sources}
    assert languages >= {"ar", "de", "el", "en", "es", "fr", "it", "ja", "ko", "pt", "ru", "tr", "uk", "vi"}
    assert all(source.listings for source in config.sources)


def test_no_listing_is_asked_for_twice(config: Config) -> None:
    urls = [listing.url for source in config.sources for listing in source.listings]
    assert len(urls) == len(set(urls))


def test_the_whole_chain_works_without_a_server(config: Config) -> None:
    assert config.mail.transport is MailTransport.FOLDER
    assert config.digests[0].to == (config.recipients[0].id,)
    assert config.digests[0].watchlists == (config.watchlists[0].id,)
    assert config.operator == config.recipients[0].id


def test_every_line_that_is_switched_off_is_valid_when_it_is_switched_on(tmp_path: Path) -> None:
    text = starter().read_text(encoding="utf-8")
    lines = [SWITCH.sub(r"\1\2", line) for line in text.splitlines()]
    assert sum(line != old for line, old in zip(lines, text.splitlines(), strict=True)) > 25
    path = tmp_path / "config.yaml"
    path.write_text("\n".join(lines).replace("  transport: folder\n", ""), encoding="utf-8")
    config = load(path)
    assert config.mail.transport is MailTransport.SMTP
    assert [watchlist.id for watchlist in config.watchlists] == ["russia-venezuela", "lithium"]
    assert config.watchlists[1].any == ("lithium", "litio", "carbonate de lithium")
    assert config.concepts[0].forms == (("", ("Sidor", "Siderúrgica del Orinoco")),)


def test_its_lines_are_short_but_for_those_with_addresses() -> None:
    text = starter().read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if len(line) > 120 and "url:" not in line] == []
