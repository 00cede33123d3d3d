"""config.yaml becomes a frozen Config, or every fault in it with its place."""

import pickle
from datetime import time, timedelta
from pathlib import Path

import pytest

from monitor.config import Config, MailTransport, Tls, load
from monitor.errors import ConfigError, Fault
from monitor.records import Kind, Listing, Sensitivity, WhenEmpty

GOOD = """\
sources:
  harbour:
    name: Harbour Daily
    url: https://harbour.example/
    feeds: [https://harbour.example/rss, https://harbour.example/world.rss]
    front_pages: https://harbour.example/latest
    language: fr
    every: 20m
watchlists:
  lithium:
    name: Lithium in the Andes
    any: |
      lithium
      # a note for whoever edits this
      litio
      Salar: the report

      carbonate de lithium
  ports:
    all:
      one: |
        country:BR
      other: [country: AO, Lobito]
    about: trade, cooperation
    sensitivity: strict
    must_match: |
      # how the agency told it
      The two ports signed.

      Another text
      of two lines.
recipients:
  ana: {email: ana@example.org, timezone: Europe/Paris, language: en}
digests:
  morning: {watchlists: lithium, to: [ana], at: "18:00, 07:30", days: 'mon-wed,sat', when_empty: send}
alerts:
  flash: {watchlists: [lithium, ports], to: ana, at_least: 0.8, quiet: 22:00-06:30}
operator: ana
"""

TEN = """\
sources:
  harbour:
    url: ftp://harbour.example/
    evry: 15m
  harbour: {url: https://harbour.example/}
watchlists:
  lithium: {any: [lithium, "*ium", contry:BR]}
recipients:
  ana: {email: ana-example.org, timezone: Europe/Pariss}
digests:
  morning: {watchlists: [litium], to: [anna], at: "25:00"}
"""


@pytest.fixture
def faults(tmp_path: Path):
    """Return the faults of a text as (line, column, key, message), without the file's name."""

    def read(text: str) -> list[tuple[int, int, str, str]]:
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError) as caught:
            load(path)
        return [(fault.line, fault.column, fault.key, fault.message) for fault in caught.value.faults]

    return read


def written(folder: Path, text: str) -> Config:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_a_whole_config_becomes_records(tmp_path: Path) -> None:
    config = written(tmp_path, GOOD)
    source = config.sources[0]
    assert source.id == "harbour"
    assert source.every == timedelta(minutes=20)
    assert source.listings == (
        Listing(Kind.FEED, "https://harbour.example/rss"),
        Listing(Kind.FEED, "https://harbour.example/world.rss"),
        Listing(Kind.FRONT_PAGE, "https://harbour.example/latest"),
    )
    lithium, ports = config.watchlists
    assert lithium.any == ("lithium", "litio", "Salar: the report", "carbonate de lithium")
    assert ports.name == "ports"
    assert ports.sides == (("one", ("country:BR",)), ("other", ("country:AO", "Lobito")))
    assert ports.about == ("trade", "cooperation")
    assert ports.sensitivity is Sensitivity.STRICT
    assert ports.must_match == ("The two ports signed.", "Another text\nof two lines.")
    digest = config.digests[0]
    assert digest.at == (time(7, 30), time(18, 0))
    assert digest.days == (0, 1, 2, 5)
    assert digest.when_empty is WhenEmpty.SEND
    assert config.alerts[0].quiet == (time(22, 0), time(6, 30))
    assert config.operator == "ana"


def test_only_sources_and_watchlists_are_required(tmp_path: Path) -> None:
    config = written(tmp_path, "sources: {a: {url: https://a.example}}\nwatchlists: {w: {any: lithium}}\n")
    assert config.mail.transport is MailTransport.FOLDER
    assert config.mail.tls is Tls.STARTTLS
    assert config.data == tmp_path / "data"
    assert config.keep.text == timedelta(days=400)
    assert config.sources[0].spacing == timedelta(seconds=5)


def test_ten_faults_in_a_file_are_ten_faults_in_the_order_of_their_places(faults) -> None:
    assert [(line, column, key) for line, column, key, _ in faults(TEN)] == [
        (3, 10, "sources.harbour.url"),
        (4, 5, "sources.harbour.evry"),
        (5, 3, "sources.harbour"),
        (7, 28, "watchlists.lithium.any"),
        (7, 36, "watchlists.lithium.any"),
        (9, 16, "recipients.ana.email"),
        (9, 43, "recipients.ana.timezone"),
        (11, 26, "digests.morning.watchlists[1]"),
        (11, 40, "digests.morning.to[1]"),
        (11, 51, "digests.morning.at"),
    ]


def test_a_fault_reads_as_file_line_column_key_message(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        written(tmp_path, TEN)
    assert str(caught.value.faults[1]) == (
        f'{tmp_path}/config.yaml:4:5: sources.harbour.evry: unknown key; did you mean "every"?'
    )
    assert all(isinstance(fault, Fault) for fault in caught.value.faults)


def test_a_key_without_a_value_is_the_same_as_no_key(tmp_path: Path) -> None:
    config = written(
        tmp_path, "sources: {a: {url: https://a.example, language: }}\nwatchlists: {w: {any: x}}\nrecipients:\n"
    )
    assert config.sources[0].language is None
    assert config.recipients == ()


def test_a_key_without_a_value_is_a_fault_where_it_is_unknown_or_needs_one(faults) -> None:
    """In braces, `days: mon,sat` is a key `sat` without a value: it must not vanish."""
    text = "sources: {a: {url: , sat, language: fr}, b: }\nwatchlists: {w: {any: x}}\n"
    url, comma, entry = faults(text)
    assert url[1:] == (15, "sources.a.url", "has no value")
    assert comma[1:3] == (22, "sources.a.sat")
    assert comma[3].startswith("unknown key")
    assert comma[3].endswith("inside braces a value with a comma in it needs quotes")
    assert entry[1:] == (42, "sources.b", "has nothing in it")


def test_files_are_beside_the_config_in_the_home_folder_or_where_they_are_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    text = GOOD + "data: ~/news\ntemplates: mine\nmail: {user: ana, password_file: /run/secret}\n"
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    config = load(Path("config.yaml"))
    assert config.data == tmp_path / "home" / "news"
    assert config.templates == tmp_path / "mine"
    assert config.mail.password_file == Path("/run/secret")


@pytest.mark.parametrize(
    ("mail", "sender", "port"),
    [
        ("{transport: smtp, host: mx.example, user: news@example.org}", "news@example.org", 587),
        (
            "{transport: smtp, host: mx.example, from: a@münchen.example, tls: implicit}",
            "a@xn--mnchen-3ya.example",
            465,
        ),
        ("{transport: smtp, host: mx.example, from: a@b.example, user: c@d.example}", "a@b.example", 587),
        ("{transport: smtp, host: 127.0.0.1, from: root@localhost, tls: none}", "root@localhost", 25),
        ("{tls: none, port: 2525}", "news-monitor@localhost", 2525),
    ],
)
def test_sender_and_port_follow_from_what_is_said(tmp_path: Path, mail: str, sender: str, port: int) -> None:
    config = written(tmp_path, f"{GOOD}mail: {mail}\n")
    assert (config.mail.sender, config.mail.port) == (sender, port)


def test_a_concept_has_forms_in_every_language_or_by_language(tmp_path: Path) -> None:
    text = GOOD + "concepts:\n  org:sidor: |\n    Sidor\n  topic:lithium:\n    es: [litio]\n    any: lithium\n"
    sidor, lithium = written(tmp_path, text).concepts
    assert sidor.forms == (("", ("Sidor",)),)
    assert lithium.forms == (("es", ("litio",)), ("", ("lithium",)))


def test_later_rooms_report_faults_at_the_place_of_a_term(tmp_path: Path) -> None:
    config = written(tmp_path, GOOD)
    assert config.place("watchlists", "lithium", "any", 3) == (18, 7)
    assert config.place("watchlists", "ports", "all", "other", 1) == (23, 28)
    assert config.place("watchlists", "ports", "must_match", 1) == (30, 7)
    assert config.place("watchlists", "ports", "unless", 7) == config.place("watchlists", "ports")
    fault = config.fault("watchlists", "lithium", "any", 0, message="no pattern")
    assert str(fault) == f"{tmp_path}/config.yaml:13:7: watchlists.lithium.any[1]: no pattern"


def test_scalars_are_text_as_typed(tmp_path: Path) -> None:
    """Also what other YAML readers take for a boolean, a time, an octal number or nothing."""
    terms = "[NO, 12:30, 0123, null, ~, 1e3, 2026-11-24]"
    config = written(
        tmp_path, f"sources: {{a: {{url: https://a.example, name: NO}}}}\nwatchlists: {{w: {{any: {terms}}}}}\n"
    )
    assert config.sources[0].name == "NO"
    assert config.watchlists[0].any == ("NO", "12:30", "0123", "null", "~", "1e3", "2026-11-24")


def test_the_fingerprint_is_of_the_content_and_the_config_crosses_processes(tmp_path: Path) -> None:
    first = written(tmp_path, GOOD)
    assert written(tmp_path, GOOD).fingerprint == first.fingerprint
    assert written(tmp_path, GOOD + "# a note\n").fingerprint != first.fingerprint
    assert pickle.loads(pickle.dumps(first)) == first
