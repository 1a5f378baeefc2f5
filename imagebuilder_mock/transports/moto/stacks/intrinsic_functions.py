"""Intrinsic functions in templates: how they are written, and what they refer to.

moto splits a short Fn::GetAtt at each dot, takes a long one in YAML for nodes, reads a dotted text
by its letters, and cuts an attribute in Fn::Sub at its first dot. ``rewrite`` brings all of them
into the one form that moto reads as CloudFormation does: a logical id and an attribute.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_GET_ATT, _SUB = "Fn::GetAtt", "Fn::Sub"
# ${!Literal} is none.
_SUBSTITUTED = re.compile(r"\$\{([A-Za-z0-9]+)((?:\.[A-Za-z0-9.]+)?)\}")
_DEEP = re.compile(r"(\$\{[A-Za-z0-9]+\.[A-Za-z0-9]+\.[A-Za-z0-9.]+\})")


def entries(part: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """All entries of mappings and lists at any depth: the path before each, its key, its value."""
    if isinstance(part, (dict, list)):
        for key, value in part.items() if isinstance(part, dict) else enumerate(part):
            yield path, key, value
            yield from entries(value, f"{path}/{key}")


def rewrite(part: Any) -> Any:
    """The part of a template with all its Fn::GetAtt and Fn::Sub in the form that moto reads."""
    if isinstance(part, list):
        return [rewrite(item) for item in part]
    if not isinstance(part, dict):
        return part
    if set(part) == {_GET_ATT}:
        return {_GET_ATT: _target(part[_GET_ATT])}
    rewritten = {key: rewrite(value) for key, value in part.items()}
    return _joined(rewritten[_SUB]) if set(part) == {_SUB} else rewritten


def _target(given: Any) -> Any:
    """The logical id and the attribute, which may be a function."""
    if isinstance(given, str):
        return given.split(".", 1)
    if not isinstance(given, list):
        return given
    # What moto's YAML loader leaves of a long form are nodes.
    name, *attribute = [getattr(each, "value", each) for each in given]
    names = [each for each in attribute if isinstance(each, str)]
    if len(names) == len(attribute):
        return [name, ".".join(names)]
    return [name, *(rewrite(each) for each in attribute)]


def _joined(given: Any) -> Any:
    """Fn::Sub; a text with attributes that have dots in their names, as a Fn::Join of its parts."""
    text, *variables = given if isinstance(given, list) else [given]
    if not isinstance(text, str) or _DEEP.search(text) is None:
        return {_SUB: given}
    parts: list[Any] = []
    for part in _DEEP.split(text):
        if _DEEP.fullmatch(part):
            parts.append({_GET_ATT: part[2:-1].split(".", 1)})
        elif "${" in part:
            parts.append({_SUB: [part, *variables] if variables else part})
        elif part:
            parts.append(part)
    return {"Fn::Join": ["", parts]}


def attributes(part: Any) -> Iterator[tuple[str, str]]:
    """The logical ids and attributes that are asked for, at any depth; '' for a Ref.

    The part is one that ``rewrite`` has made.
    """
    for _, key, value in entries(part):
        if key == "Ref" and isinstance(value, str):
            yield value, ""
        elif key == _GET_ATT and isinstance(value, list):
            named = value[1] if len(value) > 1 and isinstance(value[1], str) else ""
            yield str(value[0]), named
        elif key == _SUB:
            yield from _substituted(value)


def _substituted(given: Any) -> Iterator[tuple[str, str]]:
    text, *variables = given if isinstance(given, list) else [given]
    own = variables[0] if variables and isinstance(variables[0], dict) else {}
    if isinstance(text, str):
        for name, attribute in _SUBSTITUTED.findall(text):
            if f"{name}{attribute}" not in own:
                yield name, attribute[1:]


def references(part: Any) -> set[str]:
    """What Ref, Fn::GetAtt and Fn::Sub name, at any depth."""
    return {name for name, _ in attributes(part)}
