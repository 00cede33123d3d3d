"""What pydantic found, in words for the person who edits the file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from monitor.config.tree import Path
from monitor.config.values import suggestion

_SECRET = re.compile(r"pass(word|wd|phrase)?|secret|token", re.IGNORECASE)
_PLAIN = {
    "string_type": "must be text",
    "model_type": "must be a table of keys, as in `key: value`",
    "dict_type": "must be a table of keys, as in `key: value`",
    "tuple_type": "must be a list",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "missing": "is missing",
    "too_short": "is empty",
    "string_too_short": "is empty",
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """One fault of the data. `at_key` where the key itself is wrong, `missing` where something is not there."""

    path: Path
    message: str
    at_key: bool = False
    missing: bool = False


def complaint(detail: Mapping[str, Any], model: type[BaseModel]) -> Complaint:
    """Return one of pydantic's errors in our words; `model` is the root model."""
    path: Path = tuple(detail["loc"])
    # The location of a wrong key of a mapping ends in "[key]".
    at_key = bool(path) and path[-1] == "[key]"
    path = path[:-1] if at_key else path
    kind = detail["type"]
    return Complaint(
        path,
        _message(kind, path, detail, model),
        at_key=at_key or kind in ("missing", "extra_forbidden"),
        missing=kind in ("missing", "too_short"),
    )


def _message(kind: str, path: Path, detail: Mapping[str, Any], model: type[BaseModel]) -> str:
    if kind == "extra_forbidden":
        return _unknown(path, model)
    if kind == "value_error":
        return str(detail["ctx"]["error"])
    if kind == "enum":
        return f"must be {detail['ctx']['expected']}".replace("'", "")
    if kind in ("greater_than_equal", "less_than_equal", "finite_number"):
        return _range(model, path)
    return _PLAIN.get(kind, str(detail["msg"]))


def without_value(path: Path, model: type[BaseModel]) -> Complaint | None:
    """Say what is wrong with a key that has no value, or return None where that is the same as leaving it out."""
    table = _table_at(path[:-1], model)
    if table is None:
        return Complaint(path, "has nothing in it", at_key=True)
    if str(path[-1]) not in _keys(table):
        # `{days: mon,sat}` is a key `days` and a key `sat`.
        more = "; inside braces a value with a comma in it needs quotes"
        return Complaint(path, _unknown(path, model) + more, at_key=True)
    return None


def _unknown(path: Path, model: type[BaseModel]) -> str:
    key = str(path[-1])
    if _SECRET.fullmatch(key):
        return "a secret does not belong into this file: write it to a file of its own and name that as password_file"
    table = _table_at(path[:-1], model)
    known = list(_keys(table)) if table else []
    return "unknown key" + (suggestion(key, known) or f"; known are {', '.join(known)}")


def _range(model: type[BaseModel], path: Path) -> str:
    table = _table_at(path[:-1], model)
    assert table is not None, "only fields of tables have a range"
    metadata = table.model_fields[str(path[-1])].metadata
    low = next(rule.ge for rule in metadata if hasattr(rule, "ge"))
    high = next(rule.le for rule in metadata if hasattr(rule, "le"))
    return f"must be a number from {low} to {high}"


def _keys(table: type[BaseModel]) -> dict[str, Any]:
    """Return what each key of a table holds."""
    return {field.alias or name: field.annotation for name, field in table.model_fields.items()}


def _table_at(path: Path, model: type[BaseModel]) -> type[BaseModel] | None:
    """Return the model of the table at a path, None where the path leads to something that is not one."""
    annotation: Any = model
    for part in path:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            annotation = _keys(annotation).get(str(part))
        else:
            annotation = get_args(annotation)[-1] if get_origin(annotation) is dict else None
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
