"""Templates → text and HTML: finds the files, renders them in the sandbox, inlines the styles, locates faults.

A template is looked for in the user's own folder, then in the built-in one; "builtin/NAME" always means the latter,
so that a user's digest.html may extend the one it replaces.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from traceback import walk_tb

import css_inline
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, TemplateError, TemplateSyntaxError

from monitor.digest.finding import BrokenTemplateError, builtin_templates, folders
from monitor.digest.frame import Frame
from monitor.digest.quiet import asks_for
from monitor.digest.sandbox import MailSandbox
from monitor.digest.view import Mail
from monitor.errors import Fault
from monitor.text import one_line, shorten

LARGEST = 8_000_000  # characters a template may put out: more than any mail, far less than the memory of a worker

# Nothing is ever fetched. Of style elements only those marked data-css-inline="keep" stay, where they stand:
# keep_at_rules would put one before the charset, which must come within the first kilobyte.
_INLINER = css_inline.CSSInliner(minify_css=True, load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class Press:
    """What renders mails: one sandbox over the folders templates come from."""

    sandbox: MailSandbox
    folders: tuple[Path, ...]

    def text(self, mail: Mail, frame: Frame) -> str:
        """Return the plain text of a mail. Raises BrokenTemplateError."""
        return self._render(f"{mail.kind}.txt", mail, frame)

    def html(self, mail: Mail, frame: Frame) -> str:
        """Return the HTML of a mail, its styles inlined, that asks for nothing. Raises BrokenTemplateError."""
        name = f"{mail.kind}.html"
        page = self._render(name, mail, frame)
        asked = asks_for(page) if page.strip() else "nothing at all"
        if asked:
            raise self.broken(name, 0, f"a mail may neither run nor fetch anything, and this has {asked}")
        try:
            return _INLINER.inline(page)
        except css_inline.InlineError as error:
            raise self.broken(name, 0, f"its styles cannot be inlined: {error}") from error

    def broken(self, file: str, line: int, message: str) -> BrokenTemplateError:
        """Return the error of a template at a line, 0 where none is to blame."""
        place = Path(file)
        if not place.is_absolute():
            place = next((folder / file for folder in self.folders if (folder / file).is_file()), place)
        return BrokenTemplateError(Fault(str(place), line, 0, "templates", message))

    def _render(self, name: str, mail: Mail, frame: Frame) -> str:
        try:
            return self._bounded(name, mail, frame)
        except BrokenTemplateError:
            raise
        # A user's template may fail in any way Python can: a wrong type, a recursion, a division by zero.
        except Exception as error:
            raise self._located(name, error) from error

    def _bounded(self, name: str, mail: Mail, frame: Frame) -> str:
        pieces = []
        size = 0
        for piece in self.sandbox.get_template(name).generate(mail=mail, frame=frame):
            pieces.append(piece)
            size += len(piece)
            if size > LARGEST:
                raise self.broken(name, 0, f"it puts out more than {LARGEST} characters")
        return "".join(pieces)

    def _located(self, name: str, error: Exception) -> BrokenTemplateError:
        """Return where in which template an error arose: Jinja2 puts template lines into the traceback."""
        told = shorten(one_line(f"{error}" or type(error).__name__), 300)
        if isinstance(error, TemplateSyntaxError):
            return self.broken(error.filename or error.name or name, error.lineno, told)
        if isinstance(error, RecursionError):
            told = "RecursionError: it calls itself without end"  # Python words it by where the stack happened to end
        elif not isinstance(error, TemplateError):
            told = f"{type(error).__name__}: {told}"
        places = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
        ours = [(file, line) for file, line in places if any(Path(file).is_relative_to(one) for one in self.folders)]
        return self.broken(*(ours[-1] if ours else (name, 0)), told)


@lru_cache(maxsize=1)
def builtin_press() -> Press:
    """Return the press of the built-in templates, compiled once a process."""
    return _press(folders(None))


def press(folder: Path | None) -> Press:
    """Return a press that prefers the templates of a user's folder. It is made anew each time: they may change."""
    return _press(folders(folder)) if folder else builtin_press()


def _press(places: tuple[Path, ...]) -> Press:
    ours = PrefixLoader({"builtin": FileSystemLoader(builtin_templates())})
    return Press(MailSandbox(ChoiceLoader([*(FileSystemLoader(place) for place in places), ours])), places)
