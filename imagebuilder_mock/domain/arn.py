"""Amazon Resource Names of Image Builder, and the slug that a name becomes in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

AMAZON = "aws"
"""The account in the ARNs of what Amazon offers."""

OWNERS: Mapping[str, str] = {
    AMAZON: "Amazon",
    "third-party": "ThirdParty",
    "aws-marketplace": "AWSMarketplace",
}
"""The account part of a managed ARN, and the ``owner`` that the resource shows."""

ACCOUNTS = {owner: account for account, owner in OWNERS.items()}


def slugify(name: str) -> str:
    """A name as it stands in an ARN: lower case, each space and underscore a hyphen.

    Names that differ in nothing else are the same name (user guide, how-image-builder-works,
    "resource names").
    """
    return name.lower().replace(" ", "-").replace("_", "-")


def label_of(kind: str) -> str:
    """``ImageRecipe`` for image-recipe, ``Workflow`` for workflow/test, as messages have it."""
    return "".join(word.title() for word in kind.partition("/")[0].split("-"))


def domain_of(partition: str) -> str:
    """The domain of the services' hosts."""
    return "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"


class Arn(NamedTuple):
    """An ARN taken apart; ``str()`` puts it together again.

    ``kind`` is the resource type, ``workflow/build`` for a build workflow. ``version`` is the text
    ``1.0.0`` or a wildcard ``1.x.x``; ``build`` the build number. Both are absent where the kind
    or the reference has none.
    """

    partition: str
    region: str
    account: str
    kind: str
    slug: str
    version: str | None = None
    build: int | None = None

    @classmethod
    def parse(cls, text: str) -> Arn:
        """The parts of an Image Builder ARN; ValueError if it is none."""
        return _known.get(text) or _remembered(text, _parse(text))

    def __str__(self) -> str:
        owner = f"{self.partition}:imagebuilder:{self.region}:{self.account}"
        text = f"arn:{owner}:{self.kind}/{self.slug}"
        if self.version is not None:
            text += f"/{self.version}"
        if self.build is not None:
            text += f"/{self.build}"
        if self.slug and "/" not in self.slug:  # or it is no ARN that can be parsed
            _remembered(text, self)
        return text

    @property
    def is_wildcard(self) -> bool:
        return self.version is not None and "x" in self.version

    @property
    def owner(self) -> str | None:
        """The owner of what is offered to every account; None for what an account has."""
        return OWNERS.get(self.account)

    def at(self, version: str, build: int | None = None) -> Arn:
        """The same name at another version."""
        return Arn(self.partition, self.region, self.account, self.kind, self.slug, version, build)

    def of_name(self) -> Arn:
        """The name without a version."""
        return Arn(self.partition, self.region, self.account, self.kind, self.slug)


_MOST_KNOWN = 4096
_known: dict[str, Arn] = {}


def _remembered(text: str, arn: Arn) -> Arn:
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[text] = arn
    return arn


def _parse(text: str) -> Arn:
    try:
        scheme, partition, service, region, account, resource = text.split(":", 5)
    except ValueError:
        raise _no_arn(text) from None
    nodes = resource.split("/")
    kind = nodes.pop(0)
    if kind == "workflow" and nodes:
        kind = f"workflow/{nodes.pop(0)}"
    slug, version, build = [*nodes, "", "", ""][:3]
    is_whole = len(nodes) <= len(("slug", "version", "build")) and all(nodes) and slug
    if (scheme, service) != ("arn", "imagebuilder") or not is_whole:
        raise _no_arn(text)
    if build and not build.isdecimal():
        raise _no_arn(text)
    number = int(build) if build else None
    return Arn(partition, region, account, kind, slug, version or None, number)


def _no_arn(text: str) -> ValueError:
    return ValueError(f"not an Image Builder ARN: {text!r}")
