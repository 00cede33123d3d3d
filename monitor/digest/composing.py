"""Edition → Letter, with the user's templates where they work and the built-in ones where they do not."""

from pathlib import Path

from monitor.digest.building import draft, frame_of
from monitor.digest.fitting import fit_html, fit_text
from monitor.digest.rendering import BrokenTemplateError, Press, builtin_press, press
from monitor.digest.sample import sample_alert, sample_edition
from monitor.errors import Fault
from monitor.records import Edition, Letter


def compose(edition: Edition, templates: Path | None = None) -> Letter:
    """Return the mail of an edition: subject, text and HTML from one model, within the size budget.

    `templates` is the user's folder. A template there that cannot be used is replaced by the built-in one; the mail
    says so, and so does `Letter.notices`. One that never ends is not noticed here: run this in a worker with a limit
    and, if that is lost, compose again without `templates`.
    """
    if templates is None:
        return _letter(edition, builtin_press(), ())
    try:
        return _letter(edition, press(templates), ())
    except BrokenTemplateError as broken:
        notice = frame_of(edition).say("template_notice", fault=str(broken.fault))
        return _letter(edition, builtin_press(), (notice,))


def check_templates(folder: Path) -> tuple[Fault, ...]:
    """Return every fault of a user's templates, found by rendering the sample digest and alert with them."""
    templates = press(folder)
    faults = []
    for edition in (sample_edition(), sample_alert()):
        made = draft(edition)
        for render in (templates.text, templates.html):
            try:
                render(made.cut(2, len(made.cards) - 2), made.frame)
            except BrokenTemplateError as broken:
                faults.append(broken.fault)
    return tuple(dict.fromkeys(faults))


def _letter(edition: Edition, templates: Press, notices: tuple[str, ...]) -> Letter:
    made = draft(edition, notices)
    return Letter(
        subject=made.mail.subject,
        text=fit_text(made, templates.text),
        html=fit_html(made, templates.html),
        notices=notices,
    )
