"""What stands behind the refusal of an ARN that means nothing: why that may be.

The service's sentence about it was never seen (docs/fidelity.md); these are sentences of our own.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.suggestions import did_you_mean

from .managed import how_to_publish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagebuilder_mock.domain.arn import Arn
    from imagebuilder_mock.domain.resources.base import Resource

    from .store import Store

_SEARCHED = 1_000
"""Among how many names one that is alike is looked for at most."""


def hint_at(arn: Arn, viewer: Store, source: Store, cls: type[Resource]) -> str:
    """That the Region is another, how a test publishes it, or a name that is alike.

    ``source`` has what the ARN could mean to the ``viewer``. Empty if there is nothing to say.
    """
    if (arn.partition, arn.region) != (viewer.partition, viewer.region):
        return f" The ARN is of {arn.region}, and the request was made in {viewer.region}."
    publishing = how_to_publish(str(arn))
    if publishing:
        return publishing
    return did_you_mean(arn.slug, islice(_names(arn, source, cls), _SEARCHED))


def _names(arn: Arn, source: Store, cls: type[Resource]) -> Iterator[str]:
    """The names, as they stand in ARNs, of what is of the same kind and the same owner."""
    named = (next(iter(name.newest_first()), None) for name in source.names(cls))
    owner = str(arn._replace(slug="", version=None, build=None))
    for resource in chain(named, () if arn.version else source.order(cls)):
        if resource is not None and resource.arn.startswith(owner):
            yield _steps(resource)[0]


def _steps(resource: Resource) -> list[str]:
    """``web``, ``1.0.0``, ``1``: what stands in the ARN behind the kind."""
    steps = resource.arn.split("/")[1:]
    return steps[1:] if resource.kind == "workflow" else steps
