"""Masks for a captured account: its ids, and the names of its resources."""

from __future__ import annotations

import re
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.model import StructureShape

from imagebuilder_mock.domain.arn import OWNERS, slugify
from imagebuilder_mock.protocol.model import service_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ACCOUNT_ID = re.compile(r"(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])")

# Members with words of AWS's or of the file, texts that are read by rules, or tags, which policies
# compare with one another: those that the model does not tell.
_KEPT_MEMBERS = frozenset(
    (
        "class",
        "deviceName",
        "dockerfile_template_data",
        "document",
        "httpTokens",
        "kind",
        "os_version",
        "region",
        "scheduleExpression",
        "supported_os_versions",
        "timezone",
    )
)

# ARNs of Amazon's resources, what stands before the name in another ARN, ids, times and versions.
_KEPT_TEXTS = rf"""
    arn:[\w-]+:imagebuilder:[\w-]*:(?:{"|".join(OWNERS)}):[\w/.-]+
  | arn:[\w-]+:imagebuilder:[\w-]*:\w*:(?:workflow/)?[\w-]+/
  | arn:[\w-]+:[\w-]+:[\w-]*:\w*:
  | (?:ami|snap|subnet)-[0-9a-f]{{8,17}}
  | \d{{4}}-\d\d-\d\dT[\d:.Z+-]+
  | \d+\.\d+\.\d+
"""


def masked_accounts(json: Any, own: str, mask: str) -> Any:
    """Replace every account id in every text: ``own`` by ``mask``, the others by numbers.

    The same id stays the same everywhere.
    """
    masks = {own: mask}
    numbers = (text for number in count(1) if (text := f"{number:012d}") != mask)

    def replace(match: re.Match[str]) -> str:
        account = match[0]
        if account not in masks:
            masks[account] = next(numbers)
        return masks[account]

    return mapped_texts(json, lambda text: ACCOUNT_ID.sub(replace, text))


def masked_names(json: Any, names: Iterable[tuple[str, str]]) -> Any:
    """Replace every name of a resource, given with its kind, by its kind and a number.

    It is replaced in all texts, in upper and lower case, with spaces, underscores or hyphens, also
    where it is a part of a longer name: ``web-{{ imagebuilder:buildDate }}``. A longer word that
    contains it, such as ``webhook``, stays, and so do documents, tags and AWS's own words.
    """
    masks: dict[str, str] = {}
    for kind, name in names:
        masks.setdefault(slugify(name), f"{kind.rpartition('/')[2]}-{len(masks) + 1}")
    if not masks:
        return json
    longest_first = sorted(masks, key=len, reverse=True)
    written = "|".join(re.escape(slug).replace(r"\-", "[-_ ]") for slug in longest_first)
    pattern = rf"(?P<kept>{_KEPT_TEXTS}) | (?<![^\W_])(?P<name>(?ai:{written}))(?![^\W_])"
    words = re.compile(pattern, re.VERBOSE)

    def replace(match: re.Match[str]) -> str:
        return match["kept"] or masks[slugify(match["name"])]

    kept = _KEPT_MEMBERS | _members_of_aws_words()
    return mapped_texts(json, lambda text: words.sub(replace, text), kept)


@cache
def _members_of_aws_words() -> frozenset[str]:
    """Members that the model enumerates, and maps of tags, as AWS and as a state file spell them.

    A member called ``name`` may be anything.
    """
    shapes = map(service_model().shape_for, service_model().shape_names)
    names = {
        name
        for shape in shapes
        if isinstance(shape, StructureShape)
        for name, member in shape.members.items()
        if getattr(member, "enum", None) or member.type_name == "map"
    } - {"name"}
    return frozenset(names | {xform_name(name) for name in names})


def mapped_texts(
    json: Any, change: Callable[[str], str], kept: frozenset[str] | None = None
) -> Any:
    """Change every text; with ``kept``, no names of members, and nothing in these members."""
    if isinstance(json, str):
        return change(json)
    if isinstance(json, list):
        return [mapped_texts(item, change, kept) for item in json]
    if isinstance(json, dict):
        if kept is None:
            return {change(name): mapped_texts(item, change) for name, item in json.items()}
        return {
            name: item if name in kept else mapped_texts(item, change, kept)
            for name, item in json.items()
        }
    return json
