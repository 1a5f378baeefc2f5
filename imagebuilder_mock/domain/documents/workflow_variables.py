"""The values of dynamic variables: ``$.stepOutputs.Launch.instanceId`` in a run.

A key that holds a reference ends in ``.$``; inside a longer text a reference stands in double
braces. Source: user guide, wfdoc-dynamic-vars.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

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
