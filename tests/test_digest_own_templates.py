"""A user's own templates: copied out of the product, changed, seen in a preview before any mail is sent."""

import subprocess
import sys
from pathlib import Path

import pytest

from monitor.digest import builtin_templates, check_templates

MONITOR = (sys.executable, "-c", "from monitor.cli import main; main()")
CONFIG = """\
sources:
  herald: {url: "https://herald.example/"}
watchlists:
  ports: {any: [harbour]}
recipients:
  ana: {email: ana@example.org}
digests:
  morning: {watchlists: [ports], to: [ana], at: "07:30"}
"""


def monitor(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*MONITOR, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def test_the_templates_and_words_are_copied_and_the_key_that_uses_them_is_named(desk: Path) -> None:
    done = monitor(desk, "init", "--templates")
    assert done.returncode == 0, done.stderr
    assert "templates: templates" in done.stderr
    ours = builtin_templates()
    names = sorted(path.relative_to(ours) for path in ours.rglob("*") if path.is_file())
    assert sorted(path.relative_to(desk / "templates") for path in (desk / "templates").rglob("*.*")) == names
    assert list(check_templates(desk / "templates")) == []
    assert (desk / "config.yaml").read_text(encoding="utf-8") == CONFIG


def test_templates_that_are_there_are_not_overwritten_unasked(desk: Path) -> None:
    (desk / "templates").mkdir()
    (desk / "templates" / "story.txt").write_text("mine", encoding="utf-8")
    assert monitor(desk, "init", "--templates").returncode == 1
    assert (desk / "templates" / "story.txt").read_text(encoding="utf-8") == "mine"
    assert monitor(desk, "init", "--templates", "--force").returncode == 0
    assert (desk / "templates" / "story.txt").read_text(encoding="utf-8") != "mine"


def test_a_changed_template_shows_in_a_preview_of_the_sample_while_no_store_exists(desk: Path) -> None:
    """Whoever writes templates need not have crawled anything yet, and a preview leaves nothing behind."""
    monitor(desk, "init", "--templates")
    words = desk / "templates" / "words" / "en.toml"
    words.write_text(words.read_text(encoding="utf-8").replace("Outlets disagree", "Not all agree"), encoding="utf-8")
    (desk / "config.yaml").write_text(CONFIG + "templates: templates\n", encoding="utf-8")
    done = monitor(desk, "digest", "--preview", "out.html")
    assert done.returncode == 0, done.stderr
    page = (desk / "out.html").read_text(encoding="utf-8")
    assert "Not all agree" in page
    assert "Morning briefing" not in page  # it is the reader's own digest that shows the sample
    assert not (desk / "data").exists()
