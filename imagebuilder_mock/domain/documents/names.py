"""The names in a document: which there can be, and that no two are equal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.records import Value

from .members import Node, text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

_MIN_NAME, _MAX_NAME = 3, 128
_NAME = re.compile("[A-Za-z0-9_-]*")


def check_name(  # noqa: PLR0913 - what the sentences say
    name: str,
    node: Node,
    kind: str,
    taken: Collection[str | None],
    *,
    where: str = "",
    among: str = "",
) -> None:
    """Check the characters and the length of a name, and that it is not taken.

    The sentence about characters was seen for a step (aws/aws-cdk#19909).
    """
    if not _NAME.fullmatch(name):
        rule = (
            "Allowed characters are combinations of numbers [0-9], english letters [a-z,A-Z] and "
            "special characters [-_]."
        )
    elif not _MIN_NAME <= len(name) <= _MAX_NAME:
        rule = f"A name must have between {_MIN_NAME} and {_MAX_NAME} characters."
    else:
        check_unique(name, node, among or kind, taken, where=where)
        return
    node.refuse(f"Invalid {kind} name '{name}'{where}. {rule}")


def check_unique(
    name: str, node: Node, kind: str, taken: Collection[str | None], *, where: str = ""
) -> None:
    if name in taken:
        node.refuse(f"Duplicate {kind} name '{name}'{where}. Names must be unique.")


class Written(Value):
    """A phase or a step of the document, before it is read."""

    name: str
    node: Node
    steps: tuple[Written, ...] = ()


UNNAMED = "?"
UNREAD = Written(UNNAMED, Node({}, []))
"""Stands for a phase or a step that cannot be read; problems in it are not told."""


def named(
    entries: list[Node], kind: str, where: str = "", check: Callable[..., None] = check_name
) -> Iterator[Written]:
    """The mappings of a list, with their names, which must differ."""
    taken: list[str] = []
    for entry in entries:
        if not isinstance(entry.value, dict):
            entry.called(f"Every {kind}{where}").must("be a mapping")
            yield UNREAD
            continue
        node = entry.find("name")
        if node is None or node.value in ([], {}):
            entry.called(f"A {kind}{where}").lacks("name")
            name = None
        else:
            node.name = f"The {kind} name '{node.value}'{where}"
            name = text(node)
            if name is not None:
                check(name, node, kind, taken, where=where)
        taken.append(name or UNNAMED)
        yield Written(taken[-1], entry)
