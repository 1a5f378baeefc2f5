"""Dynamic variables: what a workflow document may refer to, and the values in a run.

``$.stepOutputs.Launch.instanceId`` is one. A key that holds a reference ends in ``.$``; inside a
longer text a reference stands in double braces. Source: user guide, wfdoc-dynamic-vars.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from imagebuilder_mock.domain.documents.errors import DocumentError

from .system_variables import SYSTEM_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


SUFFIX = ".$"
ROOT = "$."
INTERPOLATED = re.compile(r"\{\{\s*(\$\.[^{}]*?)\s*\}\}")


def is_reference(value: object) -> bool:
    return isinstance(value, str) and value.startswith(ROOT)


class UnresolvedReferenceError(Exception):
    """A reference means nothing in this run; its text says which."""


def resolve(value: object, variables: Mapping[str, object]) -> object:
    """The value with every reference replaced, and the ``.$`` off its keys.

    UnresolvedReferenceError if one has no value.
    """
    if isinstance(value, str):
        return INTERPOLATED.sub(lambda found: as_text(look_up(found[1], variables)), value)
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
    """What one reference means: UnresolvedReferenceError if nothing."""
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
    """A value inside a text: a string as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def _followed(value: object, variables: Mapping[str, object]) -> object:
    """What stands under a key with the suffix: a reference, or deeper down a list of them."""
    if isinstance(value, list):
        return [_followed(member, variables) for member in value]
    if is_reference(value):
        return look_up(str(value), variables)
    return resolve(value, variables)


_NODE = re.compile(r"[A-Za-z0-9_-]+(?:\[[0-9]+\])*")


class Reference(NamedTuple):
    """A path from a root: ``("stepOutputs", "Launch", "instanceId")``."""

    text: str
    nodes: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Reference:
        """DocumentError if the text is none."""
        nodes = tuple(text.removeprefix(ROOT).split("."))
        if not text.startswith(ROOT) or not all(_NODE.fullmatch(node) for node in nodes):
            raise DocumentError(f"Invalid reference '{text}'.")
        return cls(text, nodes)


class References(NamedTuple):
    """What a place in a document may refer to. ``None`` stands for what only the run knows."""

    parameters: Collection[str]
    steps: Collection[str]
    """The steps that come before."""

    def check(self, text: str) -> None:
        """DocumentError if the reference can mean nothing."""
        root, *nodes = Reference.parse(text).nodes
        # A position may follow the name of a list: securityGroups[0].
        name = nodes[0].partition("[")[0] if nodes else None
        if root == "parameters":
            known = name in self.parameters
        elif root == "stepOutputs":
            known = len(nodes) > 1 and nodes[0] in self.steps
        elif root == "imagebuilder":
            known = name in SYSTEM_VARIABLES
        else:
            known = root == "workflowOutputs" and name is not None
        if not known:
            raise DocumentError(f"The reference '{text}' does not refer to a known variable.")


def references_in(value: object, *, is_reference: bool = False) -> Iterator[str]:
    """Each reference below a value, as it is written."""
    if isinstance(value, str):
        if is_reference:
            yield value
        else:
            yield from INTERPOLATED.findall(value)
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from references_in(member, is_reference=str(key).endswith(SUFFIX))
    elif isinstance(value, list):
        for member in value:
            yield from references_in(member, is_reference=is_reference)
