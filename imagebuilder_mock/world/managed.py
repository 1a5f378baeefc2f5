"""Amazon's stores: what it offers in a Region, with what a test has published there."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from imagebuilder_mock.catalogue.records import offer, published_output
from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.records import Value, replace
from imagebuilder_mock.domain.resources.images import Image

from .store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from imagebuilder_mock.domain.resources.base import Resource


_IMAGES_BY_AMI: WeakKeyDictionary[Store, Mapping[str, Image]] = WeakKeyDictionary()
"""For each complete offer, so that a recipe on an AMI does not search it."""


class Publication(Value):
    """A version that a test lets Amazon publish, of a name that it offers."""

    account: str
    kind: str
    """As in the ARN: ``workflow/build`` for a build workflow."""
    slug: str
    version: str
    created: datetime


@lru_cache(maxsize=4096)
def managed_store(partition: str, region: str, account: str, slug: str | None) -> Store:
    """What Amazon offers in a Region: everything, or one name. Most builds ask for a few names.

    All worlds share it, since nothing changes what is in it.
    """
    store = Store(partition, region, account)
    for resource in offer(partition, region, account, slug):
        store.add(resource)
    return store


def store_with(store: Store, publications: Iterable[Publication], slug: str | None = None) -> Store:
    """The same offer, of everything or of one name, with what was published since."""
    extended = Store(store.partition, store.region, store.account)
    for resource in store:
        extended.add(replace(resource))
    for publication in publications:
        if publication.account == store.account and slug in (None, publication.slug):
            extended.add(_published(extended, publication))
    return extended


def image_published_as(store: Store, ami_id: str) -> Image | None:
    """The managed image whose AMI in the store's Region this is."""
    images = _IMAGES_BY_AMI.get(store)
    if images is None:
        images = _IMAGES_BY_AMI[store] = {
            ami.image: image for image in store.order(Image) for ami in image.amis
        }
    return images.get(ami_id)


def _published(store: Store, publication: Publication) -> Resource:
    """The newest version of the name, as another version."""
    base = Arn(
        store.partition, store.region, publication.account, publication.kind, publication.slug
    )
    newest: Resource = next(store.family(base).newest_first())
    arn = base.at(publication.version, 1)
    if isinstance(newest, Image):
        newest = replace(newest, output_resources=published_output(newest.type, arn))
    return replace(newest, arn=str(arn), date_created=publication.created)
