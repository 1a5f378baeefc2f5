"""The types of fields and of arguments, as their names are meant in the module that has them.

Names that a module imports for type checkers alone are found in its source, under
``if TYPE_CHECKING:``, and imported when a field needs them. boto3's stubs are not: at run time
their structures are mappings and their enums text, whether or not they are installed.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import resolve_name
from typing import TYPE_CHECKING, Any, get_args

from imagebuilder_mock.domain.records import is_record, members_of

if TYPE_CHECKING:
    from types import ModuleType

_STUBS = "mypy_boto3_"


@cache
def hints_of(cls: Any) -> dict[str, Any]:
    """The type of each field; NameError if a name is neither defined nor imported."""
    hints: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        hints |= annotations_of(base)
    return {member.name: hints[member.name] for member in members_of(cls)}


def annotations_of(thing: Any) -> dict[str, Any]:
    """The annotations of a class, or of a function, as types."""
    names = _names_in(sys.modules[thing.__module__])
    return inspect.get_annotations(thing, globals={}, locals=names, eval_str=True)


def classes_in(hint: Any) -> list[type]:
    """The classes of records that a type hint names, and those that their members name in turn."""
    found: dict[type, None] = {}
    waiting = [hint]
    while waiting:
        each = waiting.pop()
        waiting += get_args(each)
        if is_record(each) and each not in found:
            found[each] = None
            waiting += hints_of(each).values()
    return list(found)


class _Names(dict[str, Any]):
    """The meaning of names in a module, looked up on demand."""

    def __init__(self, module: ModuleType) -> None:
        super().__init__()
        self._module = module

    def __missing__(self, name: str) -> Any:
        if hasattr(self._module, name):
            found = getattr(self._module, name)
        else:
            # KeyError: it may be one of Python's own.
            source, member = _imports_for_checkers(self._module)[name]
            found = getattr(
                _Stubs() if source.startswith(_STUBS) else import_module(source), member
            )
        self[name] = found
        return found


_names_in = cache(_Names)


@cache
def _imports_for_checkers(module: ModuleType) -> dict[str, tuple[str, str]]:
    """For each name, the module that it comes from, and its name there."""
    return {
        alias.asname or alias.name: (_absolute(statement, module), alias.name)
        for block in ast.parse(inspect.getsource(module)).body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }


def _absolute(statement: ast.ImportFrom, module: ModuleType) -> str:
    return resolve_name("." * statement.level + (statement.module or ""), module.__package__)


class _Stubs:
    """Stands in for the modules of boto3's stubs."""

    def __getattr__(self, name: str) -> Any:
        if name.endswith("TypeDef"):
            return Mapping[str, object]
        return str if name.endswith("Type") else self
