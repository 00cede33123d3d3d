"""Templates are the user's: they run in a sandbox, a broken one is located, and the mail goes out all the same."""

import shutil
from pathlib import Path

import pytest

from monitor.digest import builtin_templates, check_templates, compose, sample_alert, sample_edition
from monitor.digest.quiet import asks_for
from monitor.digest.rendering import press
from monitor.digest.sandbox import MailSandbox

BUILT_IN = compose(sample_edition())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "templates"
    place.mkdir()
    return place


def write(folder: Path, name: str, source: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(source, encoding="utf-8")


def test_a_users_template_replaces_the_built_in_one_of_its_name(folder: Path) -> None:
    """The others stay as they are."""
    write(folder, "digest.txt", "{{ mail.summary }}\n")
    letter = compose(sample_edition(), folder)
    assert letter.text.startswith("4 new stories")
    assert letter.html == BUILT_IN.html
    assert letter.notices == ()


def test_a_template_may_extend_the_one_it_replaces(folder: Path) -> None:
    """Only the foot is another; all stories stay."""
    write(folder, "digest.html", '{% extends "builtin/digest.html" %}{% block foot %}<p>Ours</p>{% endblock %}')
    html = compose(sample_edition(), folder).html
    assert "<p style=" in html
    assert "Ours</p>" in html
    assert html.count("<h3") == BUILT_IN.html.count("<h3")
    assert check_templates(folder) == ()


def test_styles_are_the_users_too(folder: Path) -> None:
    """A copy of mail.css changes the colours, and still nothing but words of style reaches the mail."""
    css = (builtin_templates() / "mail.css").read_text(encoding="utf-8").replace("#96301f", "#0a5c36")
    write(folder, "mail.css", css)
    html = compose(sample_edition(), folder).html
    assert "#0a5c36" in html
    assert "#96301f" not in html


def test_a_copy_of_all_built_in_templates_makes_the_same_mails(tmp_path: Path) -> None:
    """What `monitor init --templates` writes is complete and without fault."""
    copy = Path(shutil.copytree(builtin_templates(), tmp_path / "copy"))
    assert check_templates(copy) == ()
    for edition in (sample_edition(), sample_alert()):
        assert compose(edition, copy) == compose(edition)


BROKEN = {
    "syntax": ("{% for x in %}", 1, "Expected an expression"),
    "unclosed": ("line\n{% if mail %}\n", 2, "Unexpected end of template"),
    "unknown tag": ("\n\n{% now %}", 3, "unknown tag 'now'"),
    "undefined": ("one\ntwo\n{{ mial.title }}", 3, "'mial' is undefined"),
    "undefined attribute": ("{{ mail.titel }}", 1, "titel"),
    "missing include": ('\n{% include "nowhere.html" %}', 2, "nowhere.html"),
    "private attribute": ("{{ ''.__class__.__mro__ }}", 1, "__class__"),
    "private by name": ("{{ mail['__class__'] }}", 1, "__class__"),
    "the frame's insides": ("{{ frame._catalogue }}", 1, "_catalogue"),
    "globals": ("{{ frame.say.__globals__ }}", 1, "__globals__"),
    "cycler": ("{{ cycler.__init__ }}", 1, "unsafe"),
    "long range": ("{% for x in range(10**9) %}{% endfor %}", 1, "small numbers"),
    "long range without a power": ("{% for x in range(1000000000) %}{% endfor %}", 1, "Range too big"),
    "product": ("{{ 'a' * 1000000000 }}", 1, "small numbers"),
    "power": ("{{ 9 ** 9 ** 9 }}", 1, "small numbers"),
    "old format": ("{{ '%999999999d' % 1 }}", 1, "small numbers"),
    "new format": ("{{ '{:>999999999}'.format(1) }}", 1, "format"),
    "padding": ("{{ 'a'.ljust(999999999) }}", 1, "ljust"),
    "filter padding": ("{{ 'a' | center(999999999) }}", 1, "center"),
    "safe": ("{{ mail.title | safe }}", 1, "safe"),
    "no escaping": ("\n{% autoescape false %}{{ mail.title }}{% endautoescape %}", 2, "escaping"),
    "type": ("{{ mail.title + 1 }}", 1, "TypeError"),
    "division": ("{{ 1 / 0 }}", 1, "ZeroDivisionError"),
    "recursion": ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", 1, "RecursionError"),
    "unknown words": ("{{ frame.say('nonsense') }}", 1, "nonsense"),
    "unfilled hole": ("{{ frame.say('published') }}", 1, "when"),
    "changing data": ("{% set x = [] %}{{ x.append(1) }}", 1, "append"),
}


@pytest.mark.parametrize(
    ("file", "name"),
    [*(("digest.txt", name) for name in BROKEN), *(("digest.html", name) for name in ("syntax", "undefined", "type"))],
)
def test_a_broken_template_is_located_and_the_built_in_one_serves(folder: Path, file: str, name: str) -> None:
    """Every way to break or misuse one: a fault with file and line at load, and a mail with all stories meanwhile."""
    source, line, message = BROKEN[name]
    write(folder, file, source)
    faults = check_templates(folder)
    assert [(fault.file, fault.line) for fault in faults] == [(str(folder / file), line)]
    assert message in faults[0].message
    letter = compose(sample_edition(), folder)
    assert letter.html.count("<h3") == BUILT_IN.html.count("<h3")
    assert f"{folder / file}:{line}" in letter.notices[0]
    assert "the built-in one served" in letter.html
    assert "the built-in one served" in letter.text


def test_a_template_that_puts_out_too_much_is_stopped(folder: Path) -> None:
    """A loop of allowed length over a long text would make a thousand million letters."""
    write(folder, "digest.txt", "{% for x in range(99999) %}" + "letters " * 1_500 + "{% endfor %}")
    assert "it puts out more than" in check_templates(folder)[0].message
    assert compose(sample_edition(), folder).text.endswith(BUILT_IN.text[-200:])


def test_a_template_whose_frame_leaves_no_room_for_stories_does_not_serve(folder: Path) -> None:
    """A mail that would be cut off before its first story is not sent."""
    logo = "<p>" + "logo " * 20_000 + "</p>"
    write(folder, "digest.html", '{% extends "builtin/digest.html" %}{% block head %}' + logo + "{% endblock %}")
    letter = compose(sample_edition(), folder)
    assert "leaves them no room" in letter.notices[0]
    assert letter.html.count("<h3") == BUILT_IN.html.count("<h3")
    assert "leave" in check_templates(folder)[0].message


def test_all_faults_are_listed_at_once(folder: Path) -> None:
    """The one who edits repairs in one go."""
    write(folder, "digest.html", "{{ a }}")
    write(folder, "alert.txt", "\n{% b %}")
    write(folder, "words/de.toml", "locale = ")
    files = {(Path(fault.file).name, fault.line) for fault in check_templates(folder)}
    assert files == {("digest.html", 1), ("alert.txt", 2), ("de.toml", 1)}


def test_a_fault_in_a_part_names_the_part(folder: Path) -> None:
    """Not the mail that includes it."""
    write(folder, "story.html", "fine\n{{ card.nothing }}")
    (fault,) = check_templates(folder)
    assert (fault.file, fault.line) == (str(folder / "story.html"), 2)


def test_a_file_that_nothing_uses_is_a_fault(folder: Path) -> None:
    """A misspelt name would otherwise be ignored without a word; a part that is included is used."""
    write(folder, "digset.html", "x")
    (fault,) = check_templates(folder)
    assert fault.file == str(folder / "digset.html")
    assert "digest.html" in fault.message
    write(folder, "digest.txt", '{% include "digset.html" %}')
    assert check_templates(folder) == ()


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    """And mails go out meanwhile, also when it vanishes later."""
    gone = tmp_path / "gone"
    (fault,) = check_templates(gone)
    assert fault.file == str(gone)
    assert compose(sample_edition(), gone).html == BUILT_IN.html


def test_a_template_that_is_not_utf8_is_located(folder: Path) -> None:
    """Saved by an old editor."""
    (folder / "digest.txt").write_bytes("é".encode("latin-1"))
    assert check_templates(folder)[0].file == str(folder / "digest.txt")
    assert compose(sample_edition(), folder).notices


def test_what_outlets_write_is_never_a_template(folder: Path) -> None:
    """A user's template that shows a title shows its braces."""
    write(
        folder,
        "digest.txt",
        "{% for s in mail.sections %}{% for c in s.cards %}{{ c.lead.headline }}\n{% endfor %}{% endfor %}",
    )
    source = press(folder).sandbox
    assert isinstance(source, MailSandbox)
    assert source.from_string("{{ title }}").render(title="{{ 7*7 }}") == "{{ 7*7 }}"


def test_html_is_escaped_and_text_is_not(folder: Path) -> None:
    """By the name of the file, whatever folder it lies in."""
    write(folder, "digest.txt", "{{ '<b>' }}")
    write(folder, "digest.html", "<!DOCTYPE html><html><body><p>{{ '<b>' }}</p></body></html>")
    letter = compose(sample_edition(), folder)
    assert letter.text == "<b>"
    assert "&lt;b&gt;" in letter.html


@pytest.mark.parametrize(
    "part",
    [
        '<img src="https://pixel.invalid/x.gif" alt="">',
        '<img src="//pixel.invalid/x.gif" alt="">',
        '<img src=" HTTP://pixel.invalid/x.gif" alt="">',
        '<img srcset="http://pixel.invalid/x.gif 2x" alt="">',
        '<table background="http://pixel.invalid/x.gif"></table>',
        '<p style="background:url(http://pixel.invalid/x.gif)">x</p>',
        "<style>@import 'http://pixel.invalid/x.css';</style>",
        '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
        "<script>1</script>",
        '<iframe src="about:blank"></iframe>',
        '<a href="javascript:alert(1)">x</a>',
        '<p onclick="alert(1)">x</p>',
        '<form action="http://pixel.invalid/"></form>',
        '<video src="http://pixel.invalid/x"></video>',
    ],
)
def test_a_template_that_runs_or_fetches_something_does_not_serve(folder: Path, part: str) -> None:
    """Whoever serves a logo would learn who reads about what, and when."""
    write(folder, "digest.html", '{% extends "builtin/digest.html" %}{% block foot %}' + part + "{% endblock %}")
    assert "may neither run nor fetch" in check_templates(folder)[0].message
    letter = compose(sample_edition(), folder)
    assert letter.notices
    assert asks_for(letter.html) == ""


def test_a_picture_inside_the_mail_is_allowed(folder: Path) -> None:
    """A logo as data: nobody learns of it. Links to anywhere are allowed too."""
    logo = '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="Desk"><a href="https://desk.example/">Desk</a>'
    write(folder, "digest.html", '{% extends "builtin/digest.html" %}{% block foot %}' + logo + "{% endblock %}")
    assert check_templates(folder) == ()
    assert logo in compose(sample_edition(), folder).html


def test_an_empty_template_does_not_serve(folder: Path) -> None:
    """A file saved half-written."""
    write(folder, "digest.html", "\n")
    assert "nothing at all" in check_templates(folder)[0].message
    assert "<h3" in compose(sample_edition(), folder).html
