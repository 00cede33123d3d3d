"""What is compiled before a config takes effect is reported with file, line and column, like everything else."""

import pytest

from monitor import ready
from monitor.errors import ConfigError

HEAD = """sources:
  here:
    url: http://news.example/
    front_pages: [http://news.example/]
watchlists:
  steel:
    any: |
      org:sidor
concepts:
"""


def faults(tmp_path, concepts):
    path = tmp_path / "config.yaml"
    path.write_text(HEAD + concepts, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        ready.load(path)
    return [(fault.line, fault.key) for fault in raised.value.faults]


def test_a_form_that_cannot_be_meant_is_found_in_its_line(tmp_path):
    assert faults(tmp_path, "  org:sidor: |\n    Sidor\n    regex:(\n") == [(12, "concepts.org:sidor.any[2]")]


def test_a_form_of_one_language_is_found_in_its_line_too(tmp_path):
    concepts = "  org:sidor:\n    es: |\n      Sidor\n    fr: |\n      Sidor\n      regex:(\n"
    assert faults(tmp_path, concepts) == [(15, "concepts.org:sidor.fr[2]")]


def test_bad_patterns_and_unknown_concepts_are_listed_beside_faults_of_form(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(
        HEAD.removesuffix("concepts:\n")
        + "      regex:([a\n      country:ZZ\nrecipients:\n  ana: {email: not-an-address}\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as raised:
        ready.load(path)
    assert [(fault.line, fault.key.partition("[")[0]) for fault in raised.value.faults] == [
        (8, "watchlists.steel.any"),
        (9, "watchlists.steel.any"),
        (10, "watchlists.steel.any"),
        (12, "recipients.ana.email"),
    ]
