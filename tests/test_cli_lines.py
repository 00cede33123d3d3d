"""The --jsonl protocol: one answer a line, in the order asked, an error where a line cannot be served."""

import json
import subprocess
import sys

PAGE = """<!doctype html><html lang="fr"><head><title>Dix-sept accords</title></head><body><article>
<h1>Dix-sept accords</h1><p>La Russie et le Venezuela ont signé dix-sept accords de coopération à Caracas, selon le
ministère. Les textes portent sur les armes, le renseignement, les drones et le pétrole.</p><p>Une commission mixte se
réunira chaque année pour en suivre l'application, ont indiqué les deux délégations après la cérémonie.</p>
</article></body></html>"""

WATCHLIST = """
sources: {here: {url: "http://news.example/", front_pages: ["http://news.example/"]}}
watchlists:
  accords:
    any: |
      accord
"""


def ask(command, lines, folder, code=0):
    """Give lines to a command and return its answers."""
    sent = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n"
    program = [sys.executable, "-c", "from monitor.cli import main; main()", *command]
    done = subprocess.run(program, input=sent.encode(), capture_output=True, cwd=folder, check=False)
    assert done.returncode == code, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.split(b"\n") if line]


def test_extract_answers_every_line_in_order_also_those_it_cannot_serve(tmp_path):
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "empty.html").write_text("", encoding="utf-8")
    answers = ask(
        ["extract", "--jsonl"],
        [
            {"file": "page.html", "url": "http://news.example/fr/accords", "fetched": "2026-03-01 10:00:00"},
            {"file": "missing.html"},
            "this is not JSON",
            {"file": "empty.html", "url": None, "colour": "unknown keys are ignored"},
            {"file": 7},
            {},
            "",
            '{"url": "\\ud800"}',
        ],
        tmp_path,
    )
    assert [answer["error"] is None for answer in answers] == [True] + 7 * [False]
    first = answers[0]
    assert first["url"] == "http://news.example/fr/accords"
    assert first["title"] == "Dix-sept accords"
    assert first["language"] == "fr"
    assert first["text"].startswith("La Russie et le Venezuela ont signé")
    assert set(first) == {"url", "title", "authors", "published", "language", "text", "credited", "error"}
    assert (answers[1]["authors"], answers[1]["published"], answers[1]["text"]) == ([], None, "")


def test_extract_of_named_pages_answers_for_people(tmp_path):
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    program = [sys.executable, "-c", "from monitor.cli import main; main()", "extract", "page.html"]
    done = subprocess.run(program, capture_output=True, cwd=tmp_path, check=True)
    assert json.loads(done.stdout)["title"] == "Dix-sept accords"


def test_match_gives_each_flag_its_score_and_the_sentence_that_proves_it(tmp_path):
    (tmp_path / "config.yaml").write_text(WATCHLIST, encoding="utf-8")
    answers = ask(
        ["match", "--jsonl"],
        [
            {"id": 1, "title": "Deux accords", "text": "Ils ont signé.\u2028Deux accords.", "language": "fr"},
            {"id": "zwei", "text": "Nothing of the kind."},
            {"id": 3, "published": "2019-10", "text": "accord"},
            {"id": 5, "text": 7},
            '{"id": NaN, "text": "accord"}',
            '{"id": "\\ud800", "text": "accord"}',
            {"id": 4, "title": None, "text": None},
        ],
        tmp_path,
    )
    assert [answer["id"] for answer in answers] == [1, "zwei", 3, 5, None, "\ud800", 4]
    flag = answers[0]["flags"][0]
    assert flag["watchlist"] == "accords"
    assert 0 < flag["score"] <= 1
    assert any("accords" in evidence["terms"] for evidence in flag["evidence"])
    assert [len(answer["flags"]) for answer in answers] == [1, 0, 1, 0, 0, 1, 0], "a date known in part is no fault"
    assert [bool(answer["error"]) for answer in answers] == [False, False, False, True, True, False, False]


def test_group_gives_copies_one_story_and_strangers_their_own(tmp_path):
    told = "Russia and Venezuela signed seventeen cooperation accords in Caracas on Friday, the ministry said."
    answers = ask(
        ["group", "--jsonl"],
        [
            {"id": "a", "title": "Seventeen accords signed in Caracas", "text": told, "published": "2026-03-01"},
            {"id": "b", "title": "A flood in the valley", "text": "Heavy rain closed the bridge near Arles."},
            {"id": "c", "title": "Seventeen accords signed in Caracas", "text": told, "published": "2026-03-01T12:00Z"},
            {"id": "d"},
        ],
        tmp_path,
    )
    assert [answer["id"] for answer in answers] == ["a", "b", "c", "d"]
    assert answers[0]["story"] == answers[2]["story"] != answers[1]["story"]
    assert answers[3]["story"] is None
    assert answers[3]["error"]


def test_a_config_with_faults_ends_with_two_and_names_them(tmp_path):
    (tmp_path / "config.yaml").write_text(WATCHLIST.replace("any:", "anny:"), encoding="utf-8")
    program = [sys.executable, "-c", "from monitor.cli import main; main()", "match", "--jsonl"]
    done = subprocess.run(program, input=b"{}\n", capture_output=True, cwd=tmp_path, check=False)
    assert done.returncode == 2
    assert b"config.yaml:5:5: watchlists.accords.anny" in done.stdout


def test_wrong_usage_ends_with_two(tmp_path):
    program = [sys.executable, "-c", "from monitor.cli import main; main()", "match"]
    assert subprocess.run(program, capture_output=True, cwd=tmp_path, check=False).returncode == 2
