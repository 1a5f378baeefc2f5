"""Dynamic variables: the references in a workflow document, and their values in a run.

``$.stepOutputs.Launch.instanceId`` is a reference. The key of a value that is a reference ends in
``.$``; in a longer text, under any key, a reference is written in double braces. Sources: user
guide, wfdoc-dynamic-vars; aws-samples, step-functions-integration.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.records import Value, replace

from .system_variables import SYSTEM_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from imagebuilder_mock.domain.documents.members import Node


SUFFIX = ".$"
ROOT = "$."
INTERPOLATED = re.compile(r"\{\{\s*(\$\.[^{}]*?)\s*\}\}")


def is_reference(value: object) -> bool:
    return isinstance(value, str) and value.startswith(ROOT)


class UnresolvedReferenceError(Exception):
    """A reference has no value in this run; the error's text is the reference."""


def resolve(value: object, variables: Mapping[str, object]) -> object:
    """The value with all references replaced, and without the ``.$`` of its keys.

    UnresolvedReferenceError if a reference has no value.
    """
    if isinstance(value, str):
        return INTERPOLATED.sub(lambda found: as_text(look_up(found[1], variables)), str(value))
    if isinstance(value, dict):
        return {
            str(key).removesuffix(SUFFIX): (
                _followed(member, variables)
                if str(key).endswith(SUFFIX)
                else resolve(member, variables)
            )
            for key, member in value.items()
        }
    if isinstance(value, list):
        return [resolve(member, variables) for member in value]
    return value


def look_up(text: str, variables: Mapping[str, object]) -> object:
    """The value of one reference; UnresolvedReferenceError if it has none."""
    found: object = variables
    for node in text.removeprefix(ROOT).split("."):
        name, *positions = node.replace("]", "").split("[")
        if not isinstance(found, Mapping) or name not in found:
            raise UnresolvedReferenceError(text)
        found = found[name]
        for position in map(int, positions):
            if not isinstance(found, list) or position >= len(found):
                raise UnresolvedReferenceError(text)
            found = found[position]
    return found


def as_text(value: object) -> str:
    """A value as it appears in a text: a string as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def _followed(value: object, variables: Mapping[str, object]) -> object:
    """The value under a key with the suffix, which is a reference or a list of references."""
    if isinstance(value, list):
        return [_followed(member, variables) for member in value]
    if is_reference(value):
        return look_up(str(value), variables)
    return resolve(value, variables)


_NODE = re.compile(r"[A-Za-z0-9_-]+(?:\[[0-9]+\])*")


class References(Value):
    """What a place in a document can refer to; None where names could not be read."""

    parameters: Collection[str] | None
    steps: Collection[str] | None
    """The steps that come before."""

    def after(self, step: str | None) -> References:
        """What the next step can refer to; ``step`` is None if its name could not be read."""
        known = None if step is None or self.steps is None else (*self.steps, step)
        return replace(self, steps=known)

    def check(self, node: Node, text: str) -> None:
        """Refuse a reference such as ``$.stepOutputs.Launch.instanceId`` to what does not exist."""
        nodes = text.removeprefix(ROOT).split(".")
        if not text.startswith(ROOT) or not all(map(_NODE.fullmatch, nodes)):
            node.refuse(f"Invalid reference '{text}'.")
            return
        root, *others = nodes
        # A position may follow the name of a list: securityGroups[0].
        name = others[0].partition("[")[0] if others else None
        if root == "parameters":
            known = name in self.parameters if self.parameters is not None else True
        elif root == "stepOutputs":
            known = len(others) > 1 and (self.steps is None or others[0] in self.steps)
        elif root == "imagebuilder":
            known = name in SYSTEM_VARIABLES
        else:
            known = root == "workflowOutputs" and name is not None
        if not known:
            node.refuse(f"The reference '{text}' does not refer to a known variable.")


def references_in(node: Node) -> Iterator[tuple[Node, str]]:
    """The references in the texts of a value, each with its place."""
    for found in node.texts():
        holder = found
        while isinstance(holder.key, int) and holder.parent is not None:
            holder = holder.parent
        text = str(found.value)
        is_whole = str(holder.key).endswith(SUFFIX) and is_reference(text)
        for reference in [text] if is_whole else INTERPOLATED.findall(text):
            yield found, reference
