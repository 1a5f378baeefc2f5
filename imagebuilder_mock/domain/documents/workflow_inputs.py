"""What single inputs of step actions take, where the document gives the value itself.

Source: user guide, wfdoc-step-actions. A value that has dynamic variables in it is known in the
run only.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .workflow_variables import INTERPOLATED, SUFFIX
from .yaml_loading import DocumentError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_JSON_BYTES = 16 * 1024

_CHOICES: Mapping[str, Sequence[str]] = {
    "waitFor": ("ssmAgent",),
    "healthCheck": ("RUNNING", "STATUS_CHECK_PASSED"),
    "architecture": ("i386", "x86_64", "arm64", "x86_64_mac", "arm64_mac"),
    "bootMode": ("legacy-bios", "uefi", "uefi-preferred"),
    "imdsSupport": ("v2.0",),
    "tpmSupport": ("v2.0",),
    "virtualizationType": ("hvm", "paravirtual"),
}
_JSON = frozenset(("input", "payload"))
_BY_REGION = frozenset(("distributions", "attributes", "configurations"))


def check_input(name: str, value: object) -> None:
    """DocumentError if the input does not take the value."""
    if isinstance(value, str) and INTERPOLATED.search(value):
        return
    choices = _CHOICES.get(name)
    if choices is not None and value not in choices:
        raise DocumentError(
            f"Invalid value '{value}' of the input '{name}'. Valid values are: "
            f"{', '.join(choices)}."
        )
    if name in _JSON and not _is_json(value):
        raise DocumentError(
            f"The input '{name}' must be a valid JSON string of at most {MAX_JSON_BYTES} bytes."
        )
    if name in _BY_REGION and not is_by_region(value):
        raise DocumentError(by_region_error(name))


def by_region_error(name: str) -> str:
    """What the document is refused with, or the step fails with, for another value."""
    return f"The input '{name}' must be a list of mappings that have a 'region'."


def is_by_region(value: object) -> bool:
    """Whether each entry of a list says for which Region it is."""
    return isinstance(value, list) and all(map(_has_region, value))


def _has_region(entry: object) -> bool:
    return isinstance(entry, dict) and any(
        isinstance(entry.get(key), str) for key in ("region", f"region{SUFFIX}")
    )


def _is_json(value: object) -> bool:
    if not isinstance(value, str) or len(value.encode(errors="surrogatepass")) > MAX_JSON_BYTES:
        return False
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True
