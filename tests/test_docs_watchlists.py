"""What the guide to watchlists shows can be copied: its YAML loads, its commands run."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from monitor import ready
from monitor.config import load
from monitor.store import Store

GUIDE = (Path(__file__).parent.parent / "docs" / "watchlists.md").read_text(encoding="utf-8")
SOURCES = "sources: {herald: {url: 'http://herald.example/', front_pages: ['http://herald.example/']}}\n"
PAGE = """<!doctype html><html lang="fr"><title>Accords</title><article><h1>Dix-sept accords</h1><p>Moscou et Caracas
ont signé dix-sept accords de coopération, a dit le ministère mardi à Caracas, après deux jours de réunion.</p>
<p>Une commission mixte se réunira chaque année pour en suivre l'application, selon les deux délégations.</p></article>
</html>"""
ONE_AFTER_THE_OTHER = """
import sys
from monitor.cli.app import main
for line in sys.stdin.read().splitlines():
    sys.argv = line.split()
    print("$", line, flush=True)
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise
"""


def blocks(kind):
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    return [text for said, text in fenced if said == kind]


def parted():
    """The guide's lists, which build on one another, and the concepts beside them."""
    lists = [block for block in blocks("yaml") if not block.startswith("concepts:")]
    concepts = [block.removeprefix("concepts:\n") for block in blocks("yaml") if block.startswith("concepts:")]
    return "".join(lists), "concepts:\n" + "".join(concepts)


def test_the_guides_lists_and_concepts_make_a_config_without_faults(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(SOURCES + "".join(parted()), encoding="utf-8")
    config = ready.load(path)
    assert [one.id for one in config.watchlists] == ["lithium", "russia-venezuela"]
    assert config.watchlists[1].must_match
    assert config.watchlists[1].must_not_match
    assert {one.id for one in config.concepts} == {"org:sidor", "topic:arms", "country:VE", "org:la-planta"}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "config.yaml").write_text(SOURCES + "".join(parted()), encoding="utf-8")
    (tmp_path / "story.html").write_text(PAGE, encoding="utf-8")
    Store.open(load(tmp_path / "config.yaml").data).close()
    return tmp_path


def test_the_guides_commands_run(folder):
    """Only the address is another one: a page saved here."""
    told = [line for block in blocks("") for line in block.splitlines() if line.startswith("monitor ")]
    assert {shlex.split(line)[1] for line in told} == {"explain", "rematch"}
    asked = "\n".join(line.replace("https://news.example.org/story", "story.html") for line in told)
    program = [sys.executable, "-c", ONE_AFTER_THE_OTHER]
    done = subprocess.run(program, input=asked, capture_output=True, cwd=folder, check=False, text=True)
    assert done.returncode == 0, done.stderr
    assert "russia-venezuela: flagged" in done.stdout
    assert "must_not_match: |" in done.stdout
    assert "nothing was written" in done.stdout
    assert "0 new flags kept" in done.stdout
