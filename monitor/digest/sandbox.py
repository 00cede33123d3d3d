"""Where a user's templates run: Jinja2's sandbox, strict about undefined names, with bounded output.

A template reads `mail` and `frame` and cannot reach Python from there. What could make much of little (long ranges,
repeated strings, paddings) is refused; a loop that never ends is ended by killing the worker it runs in.
"""

from collections.abc import Callable
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.nodes import EvalContextModifier, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from monitor.digest.plain import FILTERS

# What a mail needs. Not among them: safe and xmlattr, which undo escaping; center, indent, format, replace, batch and
# their like, which make megabytes of a number; random, which would make a retried mail another one.
# fmt: off
_FILTERS = (
    "abs", "capitalize", "count", "d", "default", "dictsort", "e", "escape", "first", "float", "groupby", "int",
    "items", "join", "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "reverse",
    "select", "selectattr", "sort", "string", "sum", "title", "trim", "truncate", "unique", "upper", "urlencode",
    "wordcount", "wordwrap",
)
_STRING_METHODS = frozenset((
    "capitalize", "casefold", "endswith", "lower", "lstrip", "rstrip", "split", "startswith", "strip", "title", "upper",
))
# fmt: on
_LONGEST_PRODUCT = 10_000


class MailSandbox(ImmutableSandboxedEnvironment):
    """The environment of mail templates: what ends in .html is escaped, what ends in .txt is not."""

    intercepted_binops = frozenset(("*", "**", "%"))

    def __init__(self, loader: BaseLoader) -> None:
        super().__init__(
            loader=loader,
            autoescape=lambda name: not (name or "").endswith((".txt", ".css")),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        self.filters = {name: self.filters[name] for name in _FILTERS} | FILTERS
        self.globals = {"range": self.globals["range"], "namespace": self.globals["namespace"]}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Allow what the sandbox allows, and of strings only methods whose answer is no longer than the string."""
        if isinstance(obj, str) and attr not in _STRING_METHODS:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Refuse arithmetic that makes much of little: "a" * 10**9, 9**9**9, "%99999d" % 1."""
        numbers = all(isinstance(side, int | float) and abs(side) <= _LONGEST_PRODUCT for side in (left, right))
        if not numbers or operator == "**":
            raise SecurityError(f"“{operator}” works on small numbers only")
        return super().call_binop(context, operator, left, right)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:  # noqa: ARG002
        """Have str.format judged like any other method: its widths make megabytes of a number."""
        return None

    def _parse(self, source: str, name: str | None, filename: str | None) -> Template:
        tree = super()._parse(source, name, filename)
        switch = tree.find(EvalContextModifier)
        if switch is not None:
            raise TemplateSyntaxError("escaping cannot be switched in a mail", switch.lineno, name, filename)
        return tree
