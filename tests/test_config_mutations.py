"""Whatever happens to the file, it is either a whole config or a list of faults with places inside it."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.config import Config, load
from monitor.errors import ConfigError

BASE = """\
sources:
  harbour:
    name: Harbour Daily
    url: https://harbour.example/
    feeds: [https://harbour.example/rss, https://harbour.example/world.rss]
    every: 20m
watchlists:
  ports:
    all:
      one: |
        country:BR
        # a note
        Santos
      other: [country: AO, Lobito]
    must_match: |
      The two ports signed.

      Another text.
recipients:
  ana: {email: ana@example.org, timezone: Europe/Paris}
digests:
  morning: {watchlists: ports, to: [ana], at: 07:30, days: mon-fri}
mail: {transport: smtp, host: mx.example, from: news@example.org}
"""
LINES = BASE.splitlines()
SPLINTERS = st.sampled_from([
    ": ", "- ", "  ", "\t", "\n", "\n\n", '"', "'", "[", "]", "{", "}", "|", ">", "*a", "&a ", "!x ", "#", ",", "? ",
    "%", "\x00", "\ufeff", "\u2028", "\u0085", "\r", "---\n", "...\n", "<<: ", "null", "é", "😀", "\\", "\\u0000",
])  # fmt: skip
mutated = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def judged(folder: Path, text: str) -> Config | ConfigError:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8", newline="")
    try:
        result = load(path)
    except ConfigError as error:
        result = error
    if isinstance(result, ConfigError):
        lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
        assert result.faults
        assert list(result.faults) == sorted(set(result.faults))
        assert all(1 <= fault.line <= lines and fault.column >= 1 for fault in result.faults)
        assert all(fault.key and fault.message and str(fault).isprintable() for fault in result.faults)
        return result
    assert result.sources
    assert result.watchlists
    names = {recipient.id for recipient in result.recipients}
    assert all(set(digest.to) <= names for digest in result.digests)
    return result


@mutated
@given(st.integers(0, len(BASE)), st.integers(0, 40), SPLINTERS)
@example(0, 0, "")
def test_a_splinter_anywhere(tmp_path: Path, start: int, length: int, splinter: str) -> None:
    judged(tmp_path, BASE[:start] + splinter + BASE[start + length :])


@mutated
@given(st.lists(st.sampled_from(LINES), max_size=40))
def test_lines_in_any_order(tmp_path: Path, lines: list[str]) -> None:
    judged(tmp_path, "\n".join(lines))


@mutated
@given(st.lists(st.one_of(SPLINTERS, st.sampled_from(["a", "sources", "any", "x y"])), max_size=30).map("".join))
def test_shreds_of_yaml(tmp_path: Path, text: str) -> None:
    judged(tmp_path, text)


@mutated
@given(st.integers(0, len(BASE)))
def test_a_file_written_by_half(tmp_path: Path, length: int) -> None:
    judged(tmp_path, BASE[:length])


@pytest.mark.parametrize("number", range(len(LINES)))
def test_a_line_written_wrongly_leaves_the_other_faults_visible(tmp_path: Path, number: int) -> None:
    """An unknown key at the end is told, whichever line before it is broken."""
    lines = [*LINES, "zzz: 1"]
    lines[number] = lines[number].replace(":", ": [", 1) if ":" in lines[number] else lines[number] + "\x07"
    result = judged(tmp_path, "\n".join(lines))
    assert isinstance(result, ConfigError)
    assert len(LINES) + 1 in {fault.line for fault in result.faults}
