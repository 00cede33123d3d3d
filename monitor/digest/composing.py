"""Edition → Letter, with the user's templates and words where they work and the built-in ones where they do not."""

from pathlib import Path

from monitor.digest import catalogue
from monitor.digest.building import draft
from monitor.digest.finding import BrokenTemplateError, folders
from monitor.digest.fitting import fit_html, fit_text
from monitor.digest.frame import Frame
from monitor.digest.rendering import press
from monitor.records import Edition, Letter


def compose(edition: Edition, templates: Path | None = None) -> Letter:
    """Return the mail of an edition: subject, text and HTML from one model, within the size budget.

    `templates` is the user's folder. If anything there cannot be used the built-in templates serve; the mail says so,
    and so does `Letter.notices`. A template that never ends is not noticed here: run this in a worker with a limit
    and, if that is lost, compose again without `templates`.
    """
    try:
        return _letter(edition, templates, None)
    except BrokenTemplateError as broken:
        return _letter(edition, None, broken)


def _letter(edition: Edition, templates: Path | None, broken: BrokenTemplateError | None) -> Letter:
    words = catalogue.load(edition.recipient.language, folders(templates))
    notices = (Frame.of(words, edition).say("template_notice", fault=str(broken)),) if broken else ()
    made = draft(edition, words, notices)
    pages = press(templates)
    return Letter(
        subject=made.mail.subject,
        text=fit_text(made, pages),
        html=fit_html(made, pages),
        notices=notices,
    )
