"""What a part of a template refers to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# The logical id of ${Id} and ${Id.Attribute}; ${!Literal} is none.
_SUBSTITUTED = re.compile(r"\$\{([A-Za-z0-9]+)[.}]")


def references(part: Any) -> Iterator[str]:
    """The logical ids in Ref, Fn::GetAtt and Fn::Sub, at any depth."""
    if isinstance(part, list):
        for item in part:
            yield from references(item)
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "Ref":
                yield str(value)
            elif key == "Fn::GetAtt":
                yield str(value[0]) if isinstance(value, list) else str(value).partition(".")[0]
            elif key == "Fn::Sub":
                yield from _SUBSTITUTED.findall(value[0] if isinstance(value, list) else value)
            yield from references(value)
