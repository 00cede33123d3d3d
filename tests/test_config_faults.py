"""Every mistake in config.yaml is told where it stands, in words that say what to write instead."""

import os
from pathlib import Path

import pytest

from monitor.config import load
from monitor.errors import ConfigError

SOURCE = "sources: {a: {url: https://a.example}}\n"
WATCHLIST = "watchlists: {w: {any: lithium}}\n"
ANA = "recipients: {ana: {email: ana@example.org}}\n"


def faults(folder: Path, text: str | bytes) -> list[str]:
    """Return the faults of a text as `line:column: key: message`; empty where it has none."""
    path = folder / "config.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    try:
        load(path)
    except ConfigError as error:
        return [str(fault).removeprefix(f"{path}:") for fault in error.faults]
    return []


def only(folder: Path, text: str | bytes) -> str:
    found = faults(folder, text)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("{url: htps://a.example}", "url: an address begins with https:// or http://"),
        ("{url: www.a.example/fr}", "write https://www.a.example/fr"),
        ("{url: 'https:///news'}", "no valid host"),
        ("{url: 'https://a b.example'}", "no spaces"),
        ("{url: 'https://a.example:0'}", "no valid host"),
        ("{url: 'https://a.example:x'}", "not an address"),
        ("{url: 'https://[::1'}", "not an address"),
        ("{url: 'https://-a.example'}", "no valid host"),
        ("{url: https://ana:canary@a.example}", "use user and password_file"),
        ("{url: https://a.example, feeds: [ftp://a.example/x]}", "feeds[1]: an address begins"),
        ("{url: https://a.example, every: 15}", "every: write a number and a unit: 30s, 15m"),
        ("{url: https://a.example, every: 0m}", "every: write more than nothing"),
        ("{url: https://a.example, every: 10s}", "every: at least 1m"),
        ("{url: https://a.example, spacing: 0s}", "spacing: 0s only with allow_private: true"),
        ("{url: https://a.example, spacing: 5 minutes}", "spacing: write a number and a unit"),
        ("{url: https://a.example, language: french}", "two letters"),
        ("{url: https://a.example, language: pt-BR}", 'did you mean "pt"?'),
        ("{url: https://a.example, language: jp}", 'did you mean "ja"?'),
        ("{url: https://a.example, allow_private: perhaps}", "must be true or false"),
        ("{url: https://a.example, feeds: {x: y}}", "feeds: must be a list"),
        ("{url: https://a.example, feeds: [https://a.example/f, https://a.example/f]}", "stands under feeds already"),
        ("{url: https://a.example, user: ana}", "user: needs a password_file"),
        ("{url: https://a.example, password_file: p}", "password_file: needs a user"),
        ("{url: https://a.example, password: canary}", "password: a secret does not belong into this file"),
        ("{url: https://a.example, headers: {Authorization: canary}}", "a secret does not belong into this file"),
        ("{url: https://a.example, headers: {Cookie: canary}}", "a secret does not belong into this file"),
        ("{url: https://a.example, headers: {User-Agent: x}}", "set by the monitor itself"),
        ("{url: https://a.example, headers: {'X Y': x}}", "not the name of an HTTP header"),
        ("{url: https://a.example, headers: {X: 'é'}}", "plain ASCII"),
        ("{feeds: https://a.example/f}", "url: is missing"),
        ("{url: https://a.example, fedes: x}", 'unknown key; did you mean "feeds"?'),
        ("{url: https://a.example, zzz: x}", "unknown key; known are name, url, feeds"),
        ("hello", "must be a table of keys"),
        ("[url]", "must be a table of keys"),
    ],
)
def test_a_fault_in_a_source_says_what_to_write(tmp_path: Path, entry: str, expected: str) -> None:
    found = only(tmp_path, f"sources: {{a: {entry}}}\n{WATCHLIST}")
    assert expected in found
    assert "canary" not in found


@pytest.mark.parametrize(
    "entry",
    [
        "{url: 'http://127.0.3.1:8800/', spacing: 0s, every: 5s, allow_private: true}",
        "{url: 'http://[::1]:8800/', allow_private: yes}",
        "{url: https://münchen.example/ä}",
        "{url: http://intranet, every: auto}",
        "{url: https://a.example, headers: {Accept-Language: 'fr, en;q=0.5'}}",
        "{url: https://a.example, user: ana, password_file: ~/secret}",
    ],
)
def test_what_is_right_is_no_fault(tmp_path: Path, entry: str) -> None:
    assert faults(tmp_path, f"sources: {{a: {entry}}}\n{WATCHLIST}") == []


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("{email: ana}", "email: not an e-mail address"),
        ("{email: ana@@example.org}", "not an e-mail address"),
        ("{email: 'ana b@example.org'}", "not an e-mail address"),
        ("{email: ana@example}", "no valid domain"),
        ("{email: ana@example..org}", "no valid domain"),
        ("{email: ana@example.org.}", "no valid domain"),
        ("{email: ana@127.0.0.1}", "no valid domain"),
        ("{email: añа@example.org}", "not an e-mail address"),
        ('{email: "ana@example.org\\r\\nBcc: eve@example.org"}', "not an e-mail address"),
        ("{email: ana@example.org, timezone: Europe/Pariss}", 'did you mean "Europe/Paris"?'),
        ("{email: ana@example.org, timezone: Caracas}", 'did you mean "America/Caracas"?'),
        ("{email: ana@example.org, timezone: ../../etc/passwd}", "not an IANA time zone"),
        ("{email: ana@example.org, timezone: Europe}", "not an IANA time zone"),
        ("{email: ana@example.org, language: EN}", 'did you mean "en"?'),
    ],
)
def test_a_fault_in_a_recipient_says_what_to_write(tmp_path: Path, entry: str, expected: str) -> None:
    assert expected in only(tmp_path, f"{SOURCE}{WATCHLIST}recipients: {{ana: {entry}}}\n")


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("{watchlists: w, to: ana, at: '24:00'}", "at: write a time of day from 00:00 to 23:59"),
        ("{watchlists: w, to: ana, at: 7}", "at: write a time of day"),
        ("{watchlists: w, to: ana, at: []}", "at: is empty"),
        ("{watchlists: w, to: ana, days: workdays}", "days: write days as mon, tue"),
        ("{watchlists: w, to: ana, days: mon-}", "days: write days as"),
        ("{watchlists: w, to: ana, when_empty: never}", "when_empty: must be skip or send"),
        ("{watchlists: w, to: anna}", 'to: there is no recipient "anna"; did you mean "ana"?'),
        ("{watchlists: w, to: [ana, ben]}", 'to[2]: there is no recipient "ben"; it must stand under recipients:'),
        ("{watchlists: 'w, v', to: ana}", 'there is no watchlist "v"'),
        ("{watchlists: w, to: ana, sources: b}", 'there is no source "b"'),
        ("{watchlists: w, to: []}", "to: is empty"),
        ("{watchlists: w}", "to: is missing"),
    ],
)
def test_a_fault_in_a_digest_says_what_to_write(tmp_path: Path, entry: str, expected: str) -> None:
    assert expected in only(tmp_path, f"{SOURCE}{WATCHLIST}{ANA}digests: {{d: {entry}}}\n")


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("alerts: {x: {watchlists: w, to: ana, at_least: 2}}", "at_least: must be a number from 0 to 1"),
        ("alerts: {x: {watchlists: w, to: ana, at_least: nan}}", "at_least: must be a number from 0 to 1"),
        ("alerts: {x: {watchlists: w, to: ana, at_least: high}}", "at_least: must be a number"),
        ("alerts: {x: {watchlists: w, to: ana, quiet: '22:00'}}", "quiet: write two times of day"),
        ("alerts: {x: {watchlists: w, to: ana, quiet: 22:00-22:00}}", "quiet: write two different times"),
        ("operator: ben", 'operator: there is no recipient "ben"'),
        ("mail: {transport: pigeon}", "transport: must be folder or smtp"),
        ("mail: {transport: smtp, from: a@example.org}", "smtp needs a host"),
        ("mail: {transport: smtp, host: mx.example, user: ana}", "smtp needs a from"),
        ("mail: {host: 'mx example'}", "host: not the name of a server"),
        ("mail: {tls: none, user: ana}", "tls: a login is sent over TLS only"),
        ("mail: {tls: ssl}", "tls: must be starttls, implicit or none"),
        ("mail: {port: 99999}", "port: must be a number from 1 to 65535"),
        ("mail: {port: smtp}", "port: must be a whole number"),
        ("mail: {password: canary}", "password: a secret does not belong"),
        ("mail: {from: Ana <ana@example.org>}", "from: not an e-mail address"),
        ("fetch: {contact: me}", "contact: not an e-mail address"),
        ("fetch: {proxy: 'http://ana:canary@proxy.example'}", "proxy: a user or password does not belong"),
        ("keep: {text: for ever}", "text: write a number and a unit"),
        ("web: {listen: 0.0.0.0:80}", "listen: only a loopback address"),
        ("web: {listen: localhost}", "listen: write a loopback address and a port"),
        ("concepts: {sidor: x}", "concepts.sidor: a concept begins with one of country:"),
        ("concepts: {orgs:sidor: x}", 'did you mean "org"?'),
        ("concepts: {org:sidor: [a, '*b']}", "a term cannot begin with *"),
        ("concepts: {org:sidor: {es: [a], xx: [b]}}", "two letters"),
        ("digest: {}", 'digest: unknown key; did you mean "digests"?'),
        ("data: ''", "data: is empty"),
        ("<<: {a: b}", "<<: unknown key"),
    ],
)
def test_a_fault_anywhere_else_says_what_to_write(tmp_path: Path, rest: str, expected: str) -> None:
    found = only(tmp_path, f"{SOURCE}{WATCHLIST}{ANA}{rest}\n")
    assert expected in found
    assert "canary" not in found


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("{name: x}", "has no terms"),
        ("{any: []}", "has no terms"),
        ("{all: {a: x}}", "all: has one side only"),
        ("{all: {a: x, b: []}}", "all.b: has no terms"),
        ("{all: {a: x, b: }}", "all.b: has nothing in it"),
        ("{all: [x, y]}", "all: must be a table of keys"),
        ("{any: x, sensitivity: high}", "sensitivity: must be strict, balanced or wide"),
        ("{any: x, sources: [b]}", 'sources[1]: there is no source "b"'),
        ("{any: x, languages: 'fr, xx'}", "languages: a language is two letters"),
        ("{any: {x: y}}", "terms are text, one a line below a |, or a list"),
        ("{any: [[x]]}", "a term is text"),
        ("{any: ['']}", "an empty term"),
        ("{any: ['*x']}", "cannot begin with *: its beginning must be known; an ending is written regex:"),
        ("{any: ['=Nga']}", "cannot begin with =: these very letters are written exact:Nga"),
        ("{any: [/S-300/]}", "cannot begin with /: a pattern is written regex:S-?300"),
        ("{any: [counry:RU]}", 'unknown prefix "counry:"; did you mean "country"?'),
        ("{any: [counry: RU]}", 'unknown prefix "counry:"; did you mean "country"?'),
        ("{any: [tag:x]}", "a term with a colon in it is written exact:tag:x"),
        ("{any: ['regex:']}", "regex: names nothing"),
        ('{any: ["\\bRosneft\\b"]}', "any[1]: U+0008 is no letter: in double quotes"),
        ('{any: ["a\\0b"]}', "any[1]: U+0000 is no letter"),
        (f"{{any: [{'x' * 1001}]}}", "a term of 1,001 characters; 1,000 at most"),
        ("{any: [*x]}", "*x is a YAML alias"),
        ("{any: [&x y]}", "&x is a YAML anchor"),
        ("{any: [!x y]}", "!x is a YAML tag"),
        ("{any: x, must_match: ['']}", "an empty text"),
        ("{any: x, must_match: {a: b}}", "examples are texts below a |"),
    ],
)
def test_a_fault_in_a_watchlist_says_what_to_write(tmp_path: Path, entry: str, expected: str) -> None:
    assert expected in only(tmp_path, f"{SOURCE}watchlists: {{w: {entry}}}\n")


def test_a_fault_in_a_block_of_terms_stands_at_its_own_line_and_column(tmp_path: Path) -> None:
    text = f"{SOURCE}watchlists:\n  w:\n    any: |  # these\n      fine\n\n      # note\n        contry:RU\n      *x\n"
    assert [found.split(" ")[0] for found in faults(tmp_path, text)] == ["8:9:", "9:7:"]


@pytest.mark.parametrize("sign", [">", ">-", ""])
def test_terms_that_yaml_would_join_into_one_are_a_fault(tmp_path: Path, sign: str) -> None:
    found = only(tmp_path, f"{SOURCE}watchlists:\n  w:\n    any: {sign}\n      lithium\n      litio\n")
    assert "would run together into one term: write | behind the key" in found


def test_examples_that_yaml_would_join_are_a_fault(tmp_path: Path) -> None:
    text = f"{SOURCE}watchlists:\n  w:\n    any: x\n    must_match: >\n      One.\n\n      Two.\n"
    assert "would run together: write | behind the key" in only(tmp_path, text)


def test_names_are_looked_up_even_where_other_fields_are_wrong(tmp_path: Path) -> None:
    text = f"sources: {{a: {{}}}}\n{WATCHLIST}digests: {{d: {{watchlists: v, to: ben, at: noon, extra: 1}}}}\n"
    found = "\n".join(faults(tmp_path, text))
    assert 'there is no watchlist "v"' in found
    assert 'there is no recipient "ben"' in found
    assert "at: write a time" in found
    assert "extra: unknown key" in found
    assert "url: is missing" in found


def test_a_name_whose_entry_is_wrong_exists_all_the_same(tmp_path: Path) -> None:
    text = f"{SOURCE}{WATCHLIST}recipients: {{ana: hello, ben: }}\ndigests: {{d: {{watchlists: w, to: [ana, ben]}}}}\n"
    assert [found.split(": ")[1] for found in faults(tmp_path, text)] == ["recipients.ana", "recipients.ben"]


def test_a_key_written_twice_is_a_fault_that_names_the_first(tmp_path: Path) -> None:
    found = only(tmp_path, f"{SOURCE}{WATCHLIST}data: x\ndata: y\n")
    assert found == "4:1: data: written twice; it stands in line 3 already"


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        ("  b: {url: https://b.example\n", "2:6: sources.b: a brace { is never closed, or a comma is missing"),
        ("  b:\n    feeds: [https://b.example\n", "a bracket [ is never closed"),
        ('  b:\n    url: "https://b.example\n', "3:10: sources.b.url: this quote is never closed"),
        ("  b:\n\turl: x\n", "3:1: sources.b: a tab: YAML is indented with spaces"),
        ("  b:\n    url: x\n     name: y\n", "no colon can stand here"),
        ("  b:\n    url x\n    name: y\n", "mend the line above"),
        ("  b:\n    name: x\n    url x\n", "a colon is missing"),
        ("  b:\n    url: @x\n", "text that begins with this character needs quotes"),
        ("  b:\n    name: '*'\n    url: *\n", "text that begins with * needs quotes"),
        ('  b:\n    name: "\\d"\n', "a backslash in double quotes: use single quotes"),
        ("  b:\n    name: | text\n", "text beside the sign | or >"),
    ],
)
def test_a_syntax_error_hides_no_other_fault(tmp_path: Path, broken: str, expected: str) -> None:
    text = f"sources:\n{broken}  a: {{url: x}}\n{WATCHLIST}digests: {{d: {{watchlists: w, to: ben}}}}\n"
    found = faults(tmp_path, text)
    assert expected in found[0]
    assert len(found) == 3, found
    assert "sources.a.url: an address begins" in found[1]
    assert 'there is no recipient "ben"' in found[2]


def test_what_could_not_be_read_is_not_said_to_be_missing(tmp_path: Path) -> None:
    text = (
        f"{SOURCE}watchlists:\n  w: {{any: [lithium}}\nrecipients:\n  ana: {{email: 'ana@example.org}}\n"
        "digests: {d: {watchlists: w, to: ana}}\n"
    )
    assert [found.split(": ")[1] for found in faults(tmp_path, text)] == ["watchlists.w.any", "recipients.ana.email"]


def test_an_entry_whose_lines_are_lost_is_not_said_to_be_empty(tmp_path: Path) -> None:
    text = f"{WATCHLIST}sources:\n  a: {{url: https://a.example}}\n  b:\n url: [\n"
    assert only(tmp_path, text).startswith("5:2:")


def test_of_a_file_that_breaks_off_only_what_stands_in_it_is_told(tmp_path: Path) -> None:
    text = f"digests: {{d: {{watchlists: w, to: ana}}}}\nmail: {{prot: 1}}\ndata: {'[' * 20}\n{SOURCE}{WATCHLIST}{ANA}"
    assert [found.split(": ")[1] for found in faults(tmp_path, text)] == ["mail.prot", f"data{'[1]' * 12}"]


@pytest.mark.parametrize("entry", ["&a x", "!a x", "*a", '"\\0"'])
def test_a_value_that_yaml_forbids_is_one_fault(tmp_path: Path, entry: str) -> None:
    only(tmp_path, f"sources: {{a: {{url: {entry}}}}}\n{WATCHLIST}")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_places_are_those_an_editor_shows(tmp_path: Path, start: str, ending: str) -> None:
    """Whatever ends the lines; a byte order mark has no column, and U+2028 and U+0085 end no line."""
    text = "zzz: 1\n# one\u2028line\u0085still\nwatchlists:\n  w:\n    any: |\n      fine\n      *x\n" + SOURCE
    found = faults(tmp_path, start + text.replace("\n", ending))
    assert [fault.split(" ")[0] for fault in found] == ["1:1:", "7:7:"]


def test_a_fault_is_one_line_whatever_it_quotes(tmp_path: Path) -> None:
    text = f'{SOURCE}{WATCHLIST}operator: "a\\n2:1: b\\u202e{"c" * 2000}"\n'
    found = only(tmp_path, text)
    assert found.isprintable()
    assert len(found) < 450


def test_names_in_a_section_that_is_lost_whole_may_exist(tmp_path: Path) -> None:
    lost = "recipients: {ana: {email: ana@example.org}\n"
    text = f"{SOURCE}{WATCHLIST}{lost}digests: {{d: {{watchlists: w, to: ana}}}}\n"
    assert only(tmp_path, text).startswith("3:13: recipients")


def test_every_control_character_is_named_with_its_place(tmp_path: Path) -> None:
    assert faults(tmp_path, f"{SOURCE}{WATCHLIST}# a\x00b\ndata: x\x1b\n") == [
        "3:4: yaml: control character U+0000; remove it",
        "4:8: yaml: control character U+001B; remove it",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the file must hold keys"),
        ("# only a note\n", "the file must hold keys"),
        ("hello\n", "the file must hold keys"),
        ("- a\n", "the file must hold keys"),
        (f"{SOURCE}{WATCHLIST}---\na: b\n", "a second document begins here"),
        (b"sources: {a: {url: x}}\n# caf\xe9\n", "2:6: yaml: not UTF-8 text"),
        ("sources: x".encode("utf-16"), "1:1: yaml: not UTF-8 text"),
        (f"{SOURCE}{WATCHLIST}data: {'[' * 100_000}", "nested too deeply"),
        (f"{SOURCE}{WATCHLIST}{'? ' * 10_000}", "cannot be read as YAML"),
        (f'{SOURCE}{WATCHLIST}data: "\\UFFFFFFFF"\n', "cannot be read as YAML"),
        (f'{SOURCE}{WATCHLIST}data: "a\\ud800"\n', "data: U+D800 is no letter"),
        (f'{SOURCE}{WATCHLIST}"da\\0ta": x\n', "U+0000 is no letter"),
        (f"{SOURCE}{WATCHLIST}? [a]\n: b\n", "a key must be a word"),
        ("a: &a [x]\nb: &b [*a, *a]\n", "YAML a"),
    ],
)
def test_a_file_that_is_no_config_is_told_so(tmp_path: Path, text: str | bytes, expected: str) -> None:
    assert expected in "\n".join(faults(tmp_path, text))


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(ConfigError, match="larger than 1,024 KiB"):
        load(path)


def test_more_values_than_any_config_has_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.config.tree._MAX_VALUES", 100)
    assert "too many keys and values" in only(tmp_path, f"{SOURCE}{WATCHLIST}data: [{'a, ' * 100}]\n")


def test_a_thousand_faults_are_enough(tmp_path: Path) -> None:
    for line in ("k{}: 1", "data: {}", "# \x01{}", "'': {}"):
        text = SOURCE + WATCHLIST + "\n".join(line.format(n) for n in range(1500))
        assert 1 <= len(faults(tmp_path, text)) <= 1100


def test_a_bomb_of_aliases_is_never_expanded(tmp_path: Path) -> None:
    """Promise 34: nine levels of ten would be a billion texts."""
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert len(faults(tmp_path, "\n".join(lines))) > 90


def test_five_megabytes_of_terms_are_refused_and_ten_thousand_terms_are_not(tmp_path: Path) -> None:
    def terms(count: int) -> str:
        return f"{SOURCE}watchlists:\n  w:\n    any: |\n" + "".join(f"      term number {n}\n" for n in range(count))

    assert "larger than" in only(tmp_path, terms(250_000))
    assert faults(tmp_path, terms(10_000)) == []


def test_a_file_that_cannot_be_read_is_told_so(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, expected in (
        ("missing.yaml", "No such file or directory; `monitor init` writes one"),
        (".", "Is a directory"),
        ("pipe", "not a regular file"),
    ):
        with pytest.raises(ConfigError, match=expected):
            load(tmp_path / name)
