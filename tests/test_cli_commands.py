"""What the commands answer, and with which exit code, over a folder that one full cycle has filled."""

import csv
import io
import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from monitor import daemon, newsroom, ready
from monitor.cli import examine, mail, run
from monitor.cli.app import app
from monitor.store import Store

PAGE = """<!doctype html><html lang="fr"><head><title>Accords</title></head><body><article>
<h1>Dix-sept accords signés</h1>
<p>La Russie et le Venezuela ont signé vendredi dix-sept accords de coopération à Caracas, a annoncé le ministère des
Affaires étrangères. Ils portent sur les armes, le renseignement, les drones et le pétrole.</p>
<p>Une commission mixte se réunira chaque année pour en suivre l'application, selon les deux délégations.</p>
</article></body></html>"""


@pytest.fixture(scope="module")
async def filled(tmp_path_factory):
    """A folder with a config, a database and a mail, made by one full cycle over the newsroom."""
    folder = tmp_path_factory.mktemp("filled")
    async with newsroom.serve(newsroom.load()) as running:
        (folder / "config.yaml").write_text(running.config(folder), encoding="utf-8")
        config = ready.load(folder / "config.yaml")
        store = Store.open(config.data)
        try:
            async with daemon.shop(config, store) as shop:
                await daemon.once(shop, compose_all=True)
        finally:
            store.close()
    return folder


@pytest.fixture
def ask(filled, monkeypatch):
    """Ask a command in that folder; gives (exit code, standard output)."""
    monkeypatch.chdir(filled)

    def asked(*words):
        done = CliRunner().invoke(commands(), list(words))
        return done.exit_code, done.stdout

    return asked


def commands():
    if not app.registered_commands:
        for module in (run, examine, mail):
            module.register(app)
    return app


def test_audit_says_that_the_books_balance(ask):
    code, said = ask("audit")
    assert code == 0
    assert said.endswith("the books balance\n")
    code, said = ask("audit", "--json")
    assert json.loads(said)["balanced"] is True


def test_stories_are_listed_as_table_json_and_csv(ask):
    code, said = ask("stories", "--json")
    assert code == 0
    told = json.loads(said)
    assert {"story", "articles"} <= set(told[0])
    assert any(len(story["articles"]) >= 7 for story in told)
    assert all(article["flags"][0]["evidence"] for story in told for article in story["articles"])
    code, said = ask("stories", "--csv")
    rows = list(csv.DictReader(io.StringIO(said)))
    assert len(rows) == sum(len(article["flags"]) for story in told for article in story["articles"])
    code, said = ask("stories")
    assert code == 0
    assert told[0]["articles"][0]["title"][:20] in said


def test_stories_narrow_by_time_and_watchlist(ask):
    assert json.loads(ask("stories", "--json", "--since", "1d")[1])
    assert json.loads(ask("stories", "--json", "--until", "2020-01-01")[1]) == []
    assert ask("stories", "--since", "yesterday-ish")[0] == 2


def test_status_tells_what_is_next(ask):
    code, said = ask("status")
    assert code == 0, said
    assert "service: not running" in said
    assert "next digest: morning to ana" in said
    assert json.loads(ask("status", "--json")[1])["mails"] == {"sent": 1}


def test_the_outbox_shows_a_mail_and_its_bytes(ask):
    code, said = ask("outbox", "--json")
    assert [mail["state"] for mail in json.loads(said)] == ["sent"]
    code, said = ask("outbox", "--show", "1")
    assert code == 0
    assert "Message-ID:" in said


def test_explain_tells_every_rule_of_a_saved_page(ask, filled):
    (filled / "page.html").write_text(PAGE, encoding="utf-8")
    code, said = ask("explain", "page.html")
    assert code == 0, said
    assert "russia-venezuela: flagged" in said
    assert "all.venezuela" in said
    code, said = ask("explain", "page.html", "--json")
    assert json.loads(said)["watchlists"][0]["passed"] is True
    code, said = ask("explain", "page.html", "--paste")
    assert said.splitlines()[0].strip() == "must_not_match: |"
    assert "Dix-sept accords signés" in said


def test_init_writes_a_config_that_check_finds_no_fault_in_and_never_overwrites(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(commands(), ["init"]).exit_code == 0
    done = CliRunner().invoke(commands(), ["check"])
    assert (done.exit_code, "no faults" in done.stdout) == (0, True)
    before = (tmp_path / "config.yaml").read_bytes()
    assert command(tmp_path, "init").returncode == 1
    assert (tmp_path / "config.yaml").read_bytes() == before


def test_commands_that_read_say_what_to_do_where_nothing_ever_ran(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(commands(), ["init"])
    done = command(tmp_path, "audit")
    assert done.returncode == 1
    assert "monitor once" in done.stderr


def command(folder, name):
    program = [sys.executable, "-c", "from monitor.cli import main; main()", name]
    return subprocess.run(program, cwd=folder, capture_output=True, check=False, text=True)
