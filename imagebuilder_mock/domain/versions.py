"""Semantic versions: their order and bounds, wildcards that select one, an ``x`` that counts up.

Source: user guide, page ibhow-semantic-versioning; API reference, CreateImageRecipe.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from .arn import Arn
from .errors import InvalidVersionNumberException, invalid_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HIGHEST_NODE = 2**30 - 1
"""A node has 30 bits: 1073741823 at most."""
_MOST_DIGITS = len(str(HIGHEST_NODE))

FORMAT_ERROR = "The supplied semantic version does not follow the required format"


class Version(NamedTuple):
    """``major.minor.patch``; the order of tuples is the order of versions."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read ``1.0.0``, whose form has been checked against the model's pattern.

        InvalidVersionNumberException if a node is over 1073741823.
        """
        return _version(text)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


class VersionPattern(NamedTuple):
    """A version that may end in wildcards, and selects among the versions of a name."""

    fixed: tuple[int, ...]
    """The nodes before the first ``x``; all three where there is none."""

    @classmethod
    def parse(cls, text: str, *, parameter: str) -> VersionPattern:
        """Read ``1.x.x``; every node right of the first ``x`` must be ``x``.

        InvalidParameterValueException names ``parameter`` if one is not (``x.2.x``, ``1.x.8``).
        """
        pattern = _pattern(text)
        if pattern is None:
            raise invalid_value(
                parameter,
                f"The version '{text}' has a wildcard that is followed by a number. Every node to "
                "the right of the first wildcard must be a wildcard.",
            )
        return pattern

    def __contains__(self, version: object) -> bool:
        return isinstance(version, tuple) and version[: len(self.fixed)] == self.fixed

    @property
    def ceiling(self) -> tuple[int, ...]:
        """A tuple that sorts after every version of the pattern and before all others."""
        return (*self.fixed, HIGHEST_NODE + 1)


class VersionTemplate(NamedTuple):
    """The version of a new recipe: three numbers, one of which may be an ``x`` to count up."""

    nodes: tuple[int | None, int | None, int | None]
    text: str
    """As the caller wrote it: a date such as 2026.01.31 keeps its zeros in the ARN."""

    @classmethod
    def parse(cls, text: str) -> VersionTemplate:
        """Read ``1.0.x``; InvalidVersionNumberException for two ``x`` or a number out of bounds."""
        if "x" not in text:
            return cls(Version.parse(text), text)
        major, minor, patch = (None if node == "x" else _node(node) for node in text.split("."))
        template = cls((major, minor, patch), text)
        if template.nodes.count(None) > 1:
            raise InvalidVersionNumberException(FORMAT_ERROR)
        return template

    def filled(self, highest: Mapping[CountedNodes, int]) -> Version:
        """The version with the next number for the ``x``, which is 0 for the first.

        ``highest`` are the highest numbers ever used. InvalidVersionNumberException after the last.
        """
        major, minor, patch = self.nodes
        if major is not None and minor is not None and patch is not None:
            return Version(major, minor, patch)
        number = highest.get(self.nodes, -1) + 1
        if number > HIGHEST_NODE:
            raise InvalidVersionNumberException(
                f"{FORMAT_ERROR}. No number is left for the placeholder."
            )
        return Version(*(number if node is None else node for node in self.nodes))

    def written(self, version: Version) -> str:
        """The text of the version that ``filled`` returned; numbers stay as they were given."""
        if None not in self.nodes:
            return self.text
        given = zip(self.text.split("."), version, strict=True)
        return ".".join(str(node) if text == "x" else text for text, node in given)


CountedNodes = tuple[int | None, int | None, int | None]


def counted_in(version: Version) -> Sequence[tuple[CountedNodes, int]]:
    """For each of the three numbers, the other two, and the number itself."""
    major, minor, patch = version
    return (
        ((None, minor, patch), major),
        ((major, None, patch), minor),
        ((major, minor, None), patch),
    )


@lru_cache(maxsize=1024)
def latest_version_references(arn: str) -> Mapping[str, str]:
    """The ARNs of the newest version: of the name, and of each level of this version.

    Amazon's own workflows have only the first, because they can be used only at ``x.x.x``.
    """
    parsed = Arn.parse(arn)
    name = arn.rsplit("/", 1 if parsed.build is None else 2)[0]
    major, minor, patch = (parsed.version or "").split(".")
    newest = {"latestVersionArn": f"{name}/x.x.x"}
    if parsed.owner == "Amazon" and parsed.kind.startswith("workflow/"):
        return newest
    return {
        **newest,
        "latestMajorVersionArn": f"{name}/{major}.x.x",
        "latestMinorVersionArn": f"{name}/{major}.{minor}.x",
        "latestPatchVersionArn": f"{name}/{major}.{minor}.{patch}",
    }


# Programs name the same few versions again and again.
@lru_cache(maxsize=4096)
def _version(text: str) -> Version:
    return Version(*map(_node, text.split(".")))


@lru_cache(maxsize=4096)
def _pattern(text: str) -> VersionPattern | None:
    """None if a wildcard is followed by a number."""
    nodes = text.split(".")
    fixed = nodes[: nodes.index("x")] if "x" in nodes else nodes
    if any(node != "x" for node in nodes[len(fixed) :]):
        return None
    return VersionPattern(tuple(_node(node) for node in fixed))


def _node(text: str) -> int:
    # int() of very many digits is slow, and Python refuses it, leading zeros too.
    digits = text.lstrip("0") or "0"
    if len(digits) <= _MOST_DIGITS and (number := int(digits)) <= HIGHEST_NODE:
        return number
    raise InvalidVersionNumberException(
        f"{FORMAT_ERROR}. Each number must be between 0 and {HIGHEST_NODE}."
    )
