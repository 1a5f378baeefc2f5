"""The errors of an operation: what the model declares, and what the package's code raises.

``answered_by`` follows the code from an operation's function to everything that raises. Names lead
to functions and classes as they do in Python; a method of an object is found by the class that its
variable or attribute is declared with, and else by its name.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections import defaultdict
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import imagebuilder_mock
from imagebuilder_mock.domain import errors
from imagebuilder_mock.operations import HANDLERS
from imagebuilder_mock.protocol.model import operation, service_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import ModuleType

_PACKAGE = imagebuilder_mock.__name__
_LAYERS = ("domain", "catalogue", "world", "engines", "operations")

_ERRORS = {
    name: cls
    for name, cls in vars(errors).items()
    if inspect.isclass(cls) and issubclass(cls, errors.ImageBuilderError)
}

# What these read was checked when it came in, so they refuse nothing that a caller sends.
_OF_CHECKED_THINGS = tuple(
    f"{_PACKAGE}.{place}"
    for place in (
        "world.orders.",
        "world.store.Store.admit",
        "world.store.Store.remove",
        "world.world.World.is_needed",
        "world.world.World.share",
        "engines.builds.stages.",
    )
)

# A method of such a name says nothing about whose it is.
_COMMON = frozenset(name for cls in (dict, list, set, frozenset, str, bytes) for name in dir(cls))


class Step(NamedTuple):
    """Where a function leads, and the errors that it does not let through."""

    target: str
    caught: frozenset[str]


def declared_by(name: str) -> set[str]:
    """What the model says that an operation can answer."""
    return {shape.name for shape in service_model().operation_model(name).error_shapes}


def answered_by(name: str) -> set[str]:
    """What an operation answers without being made to."""
    spec = operation(name)
    found = {spec.form_error.__name__, errors.InvalidRequestException.__name__}
    if spec.has_client_token:
        found.add(errors.IdempotentParameterMismatchException.__name__)
    found |= _raised()[_path(function_of(name))]
    if "dryRun" not in service_model().operation_model(name).input_shape.members:
        found.discard(errors.DryRunOperationException.__name__)
    return found


def function_of(name: str) -> Callable[..., object]:
    """An operation's function; where it is a row of a table, the one that the row is handed to."""
    handler = HANDLERS[name]
    return handler.func if isinstance(handler, partial) else handler


@cache
def _raised() -> dict[str, set[str]]:
    """The errors that come out of each function, whoever raises them."""
    code = _Code([module for layer in _LAYERS for module in _modules_of(layer)])
    steps = {function.path: set(_Reader(code, function).read()) for function in code.functions}
    raised: dict[str, set[str]] = defaultdict(set)
    is_news = True
    while is_news:
        is_news = False
        for path, leads_to in steps.items():
            found = {error for step in leads_to for error in _through(step, raised)}
            is_news = is_news or not found <= raised[path]
            raised[path] |= found
    return raised


def _through(step: Step, raised: dict[str, set[str]]) -> Iterator[str]:
    for error in {step.target} if step.target in _ERRORS else raised[step.target]:
        if not any(base.__name__ in step.caught for base in _ERRORS[error].__mro__):
            yield error


class _Function(NamedTuple):
    path: str
    names: dict[str, Any]
    """What its module knows."""
    cls: type | None
    node: ast.FunctionDef


class _Code:
    """All functions, and where methods and attributes of a name are."""

    def __init__(self, modules: Iterable[ModuleType]) -> None:
        self.functions: list[_Function] = []
        self.methods: dict[str, set[str]] = defaultdict(set)
        self.classes: dict[str, type] = {}
        self.attributes: dict[str, str] = {}
        """The name of the class that an attribute is declared with."""
        for module in modules:
            for node in ast.parse(Path(module.__file__).read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef):
                    self._add(module, None, node)
                elif isinstance(node, ast.ClassDef):
                    self._add_class(module, node)

    def _add_class(self, module: ModuleType, node: ast.ClassDef) -> None:
        cls = getattr(module, node.name)
        self.classes[node.name] = cls
        for member in node.body:
            if isinstance(member, ast.FunctionDef):
                self.methods[member.name].add(self._add(module, cls, member))
        for part in ast.walk(node):
            match part:
                case ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name(id=kind)):
                    self.attributes[name] = kind
                case ast.Assign(
                    targets=[ast.Attribute(attr=name)], value=ast.Call(func=ast.Name(id=kind))
                ):
                    self.attributes[name] = kind

    def _add(self, module: ModuleType, cls: type | None, node: ast.FunctionDef) -> str:
        owner = module if cls is None else cls
        function = _Function(_path(owner, node.name), vars(module), cls, node)
        self.functions.append(function)
        return function.path


class _Reader:
    """Reads where a function leads: every name in it, called or handed on."""

    def __init__(self, code: _Code, function: _Function) -> None:
        self._code = code
        self._function = function
        self._names = dict(function.names)
        for node in ast.walk(function.node):
            match node:
                case ast.ImportFrom():
                    self._names.update(_imported(node, self._names))
                case ast.arg(arg=name, annotation=ast.Name(id=kind)):
                    self._names[name] = code.classes.get(kind)
        self._names["self"] = self._names["cls"] = function.cls

    def read(self) -> Iterator[Step]:
        for node in self._function.node.body:
            yield from self._read(node, frozenset())

    def _read(self, node: ast.AST, caught: frozenset[str]) -> Iterator[Step]:
        if isinstance(node, ast.Try):
            inside = caught.union(*map(_caught_by, node.handlers))
            for child in node.body:
                yield from self._read(child, inside)
            for child in (*node.handlers, *node.orelse, *node.finalbody):
                yield from self._read(child, caught)
            return
        if isinstance(node, (ast.Name, ast.Attribute)):
            for target in self._targets(node):
                if not target.startswith(_OF_CHECKED_THINGS):
                    yield Step(target, caught)
        for child in ast.iter_child_nodes(node):
            if not isinstance(node, ast.ExceptHandler) or child is not node.type:
                yield from self._read(child, caught)

    def _targets(self, node: ast.Name | ast.Attribute) -> Iterable[str]:
        if isinstance(node, ast.Name):
            return _called(self._names.get(node.id))
        owner = self._owner(node.value)
        if owner is not None and hasattr(owner, node.attr):
            return _called(getattr(owner, node.attr))
        return () if node.attr in _COMMON else self._code.methods[node.attr]

    def _owner(self, node: ast.expr) -> type | ModuleType | None:
        match node:
            case ast.Name(id=name):
                owner = self._names.get(name)
                return owner if inspect.isclass(owner) or inspect.ismodule(owner) else None
            case ast.Attribute(attr=name):
                return self._code.classes.get(self._code.attributes.get(name, ""))
        return None


def _called(value: object) -> Iterable[str]:
    """An error, a function, or the functions with which a class makes its objects."""
    if inspect.isclass(value):
        if value.__name__ in _ERRORS:
            return (value.__name__,)
        return [_path(value, name) for name in ("__init__", "__post_init__")]
    value = value.fget if isinstance(value, property) else inspect.unwrap(value)
    value = getattr(value, "__func__", value)
    return (_path(value),) if inspect.isfunction(value) else ()


def _path(value: object, *names: str) -> str:
    if inspect.ismodule(value):
        return ".".join((value.__name__, *names))
    return ".".join((value.__module__, value.__qualname__, *names))


def _caught_by(handler: ast.ExceptHandler) -> set[str]:
    return {node.id for node in ast.walk(handler.type or handler) if isinstance(node, ast.Name)}


def _imported(node: ast.ImportFrom, names: dict[str, Any]) -> dict[str, Any]:
    """What an import inside a function brings: it has been imported by now."""
    module = importlib.import_module("." * node.level + (node.module or ""), names["__package__"])
    return {alias.asname or alias.name: getattr(module, alias.name) for alias in node.names}


def _modules_of(layer: str) -> list[ModuleType]:
    package = importlib.import_module(f"{_PACKAGE}.{layer}")
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [package, *(importlib.import_module(each.name) for each in found)]
