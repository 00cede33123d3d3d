"""YAML as a stream of events, and what its syntax errors mean to somebody who only wanted to write down a news site."""

from collections.abc import Iterator

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark
from ruamel.yaml.events import Event


class UnreadableError(Exception):
    """ruamel failed on a text in a way of its own, without a place."""


def events(text: str) -> Iterator[Event]:
    """Yield the parser's events; raises MarkedYAMLError for bad syntax, UnreadableError for everything else."""
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError:
        raise
    except Exception as error:
        # Among others: RecursionError over "? ? ?", OverflowError over "\\UFFFFFFFF".
        raise UnreadableError from error


# What ruamel says, and what it means.
_MEANINGS = (
    ("mapping values are not allowed", "no colon can stand here: quote a text that holds one, or mend the line above"),
    ("found unexpected end of stream", "this quote is never closed"),
    ("character '\\t'", "a tab: YAML is indented with spaces"),
    ("expected <block end>", "the indentation does not fit the lines above"),
    ("could not find expected ':'", "a colon is missing: a key is written `key: value`"),
    ("expected ',' or '}'", "a brace { is never closed, or a comma is missing"),
    ("expected ',' or ']'", "a bracket [ is never closed, or a comma is missing"),
    ("scanning an alias", "text that begins with * needs quotes, or a block (|)"),
    ("scanning an anchor", "text that begins with & needs quotes, or a block (|)"),
    ("that cannot start any token", "text that begins with this character needs quotes"),
    ("found unknown escape character", "a backslash in double quotes: use single quotes"),
    ("expected a comment or a line break", "text beside the sign | or >: begin it on the next line"),
)


def explained(error: MarkedYAMLError) -> tuple[tuple[int, int], str]:
    """Return where a syntax error stands and what it means, in words for the file's editor."""
    said = f"{error.context}: {error.problem}"
    message = next((meaning for words, meaning in _MEANINGS if words in said), str(error.problem))
    # An open quote, bracket or key is noticed lines later; what helps is where it was opened.
    opened = any(words in str(error.context) for words in ("quoted scalar", "flow", "simple key"))
    mark: StringMark | None = error.context_mark if opened and error.context_mark else error.problem_mark
    return ((mark.line + 1, mark.column + 1) if mark is not None else (1, 1)), message
