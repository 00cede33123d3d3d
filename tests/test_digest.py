"""A digest says what happened, who says so, where it began and what was read, in the reader's language and zone."""

from dataclasses import replace
from email import message_from_bytes, policy

from monitor.digest import compose, sample_edition


def test_text_and_html_name_the_same_stories() -> None:
    """Every headline of the sample stands in both parts."""
    edition = sample_edition()
    letter = compose(edition)
    for story in edition.stories:
        assert any(telling.article.title.split()[0] in letter.html for telling in story.tellings)
        assert any(telling.article.title.split()[0] in letter.text for telling in story.tellings)
