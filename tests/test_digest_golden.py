"""The sample mails, letter by letter: whoever changes how mail looks sees exactly what changed.

After a change that is meant, write them anew and look at them: `GOLDEN=write pytest tests/test_digest_golden.py`.
"""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.digest import compose, sample_alert, sample_edition
from monitor.records import Edition

FOLDER = Path(__file__).with_name("golden")


def spoken(made: Edition, language: str, zone: str) -> Edition:
    return replace(made, recipient=replace(made.recipient, language=language, timezone=zone))


MAILS = {
    "digest-en": sample_edition(),
    "digest-ru": spoken(sample_edition(), "ru", "Europe/Moscow"),
    "alert-fr": spoken(sample_alert(), "fr", "Europe/Paris"),
    "alert-vi": spoken(sample_alert(), "vi", "Asia/Ho_Chi_Minh"),
}


@pytest.mark.parametrize("name", MAILS)
def test_the_sample_mail_is_as_it_was_when_somebody_last_looked_at_it(name: str) -> None:
    """Subject and text, and the HTML beside it."""
    letter = compose(MAILS[name])
    made = {"txt": f"{letter.subject}\n\n{letter.text}", "html": letter.html}
    for ending, content in made.items():
        golden = FOLDER / f"{name}.{ending}"
        if os.environ.get("GOLDEN") == "write":
            golden.write_text(content, encoding="utf-8")
        assert content == golden.read_text(encoding="utf-8")
