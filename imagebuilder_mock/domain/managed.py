"""Amazon-managed resources: the catalogue's records, as they are in a Region."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from .catalogue import managed_components, managed_images, managed_workflows
from .resources.component import Component
from .resources.image import Image, ImageState
from .resources.workflow import Workflow, workflow_kind
from .store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .resources.base import Resource

OWNERS: Mapping[str, str] = {
    "aws": "Amazon",
    "third-party": "ThirdParty",
    "aws-marketplace": "AWSMarketplace",
}
"""The account part of a managed ARN, and the ``owner`` that the resource shows."""


@lru_cache(maxsize=256)
def managed_store(partition: str, region: str, account: str) -> Store:
    """What Amazon offers in a Region. All worlds share it: nobody can change what is in it."""
    store = Store(partition, region, account)
    for resource in _stock(store):
        store.add(resource)
    return store


def _stock(store: Store) -> Iterator[Resource]:
    owner = OWNERS[store.account]
    for image in managed_images():
        if image.account != store.account:
            continue
        base = store.arn_for(Image.kind, image.name)
        for version, created in image.versions:
            yield Image(
                arn=str(base.at(version, 1)),
                name=image.name,
                date_created=created,
                owner=owner,
                type=image.type,
                platform=image.platform,
                os_version=image.os_version,
                state=ImageState("AVAILABLE"),
                enhanced_image_metadata_enabled=True,
            )
    for component in managed_components():
        if component.account != store.account:
            continue
        base = store.arn_for(Component.kind, component.name)
        for version, created in component.versions:
            yield Component(
                arn=str(base.at(version, 1)),
                name=component.name,
                date_created=created,
                owner=owner,
                platform=component.platform,
                type=component.type,
                description=component.description,
                supported_os_versions=component.supported_os_versions or None,
                document=component.document,
            )
    for workflow in managed_workflows():
        if workflow.account != store.account:
            continue
        base = store.arn_for(workflow_kind(workflow.type), workflow.name)
        for version, created in workflow.versions:
            yield Workflow(
                arn=str(base.at(version, 1)),
                name=workflow.name,
                date_created=created,
                owner=owner,
                type=workflow.type,
                description=workflow.description,
                document=workflow.document,
            )
