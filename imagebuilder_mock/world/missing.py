"""What is added to the refusal of an ARN that means nothing: what the caller may have meant.

The service's own words are unknown (docs/fidelity.md); these sentences are ours.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from imagebuilder_mock.catalogue.records import offered
from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagebuilder_mock.domain.resources.base import Resource

    from .store import Store

_SEARCHED = 1_000
"""How many names are searched for a similar one at most."""


def hint_at(arn: Arn, viewer: Store, source: Store, cls: type[Resource]) -> str:
    """That the Region is another, how a test publishes the version, or a name that is similar.

    ``source`` has what the ARN could mean to the ``viewer``. Empty if there is nothing to say.
    """
    if (arn.partition, arn.region) != (viewer.partition, viewer.region):
        return f" The ARN is of {arn.region}, and the request was made in {viewer.region}."
    if _can_be_published(arn):
        call = f"mock.catalogue.publish({arn.slug!r}, {arn.version!r})"
        return f" The catalogue does not have this version; a test publishes it with {call}."
    return did_you_mean(arn.slug, islice(_slugs(arn, source, cls), _SEARCHED))


def _can_be_published(arn: Arn) -> bool:
    """Whether Amazon may have had the version: published templates pin some that it had."""
    is_version = arn.version is not None and not arn.is_wildcard and arn.build in (None, 1)
    return is_version and offered(arn.slug) == (arn.account, arn.kind, arn.slug)


def _slugs(arn: Arn, source: Store, cls: type[Resource]) -> Iterator[str]:
    """The names, as they stand in ARNs, of what has the same kind and the same owner."""
    named = (next(iter(name.newest_first()), None) for name in source.names(cls))
    owner = str(arn.of_name()._replace(slug=""))
    for resource in chain(named, () if arn.version else source.order(cls)):
        if resource is not None and resource.arn.startswith(owner):
            yield Arn.parse(resource.arn).slug
