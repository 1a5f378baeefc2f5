"""The variables under ``$.imagebuilder`` in workflow documents, and their values in a build.

Source: user guide, wfdoc-dynamic-vars. ``imageType`` is ``DOCKER`` for containers, because managed
workflows compare it with that; ``platform`` is as in the API.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn

if TYPE_CHECKING:
    from datetime import datetime

    from imagebuilder_mock.domain.resources.configurations import InfrastructureConfiguration
    from imagebuilder_mock.domain.resources.images import Image
    from imagebuilder_mock.domain.states import WorkflowType


class SystemVariables(Mapping[str, object]):
    """The variables that have a value in this build.

    Each value is worked out when it is read, because every step needs a few of them at most.
    """

    __slots__ = ("image", "now", "workflow_type")

    def __init__(self, image: Image, workflow_type: WorkflowType, now: datetime) -> None:
        self.image = image
        self.workflow_type = workflow_type
        self.now = now

    def __getitem__(self, name: str) -> object:
        value = SYSTEM_VARIABLES[name](self)
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return (name for name in SYSTEM_VARIABLES if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @property
    def infrastructure(self) -> InfrastructureConfiguration | None:
        return self.image.infrastructure_configuration


SYSTEM_VARIABLES: Mapping[str, Callable[[SystemVariables], object]] = {
    "cloudWatchLogGroup": lambda run: run.image.log_group,
    "cloudWatchLogStream": lambda run: run.image.version or "",
    "collectImageMetadata": lambda run: run.image.enhanced_image_metadata_enabled is not False,
    "collectImageScanFindings": lambda run: run.image.is_scanned,
    "dateTime": lambda run: f"{run.now:%Y-%m-%dT%H-%M-%SZ}",
    "imageBuildNumber": lambda run: run.image.build_number,
    "imageId": lambda run: _source_image_id(run.image),
    "imageName": lambda run: run.image.name,
    "imageType": lambda run: run.image.type,
    "imageVersionNumber": lambda run: Arn.parse(run.image.arn).version,
    "instanceProfileName": lambda run: (
        run.infrastructure and run.infrastructure.instance_profile_name
    ),
    "platform": lambda run: run.image.platform,
    "s3Logs": lambda run: run.infrastructure and (run.infrastructure.logging or {}).get("s3Logs"),
    "securityGroups": lambda run: (
        run.infrastructure and list(run.infrastructure.security_group_ids or ())
    ),
    "sourceImageARN": lambda run: run.image.arn,
    "subnetId": lambda run: run.infrastructure and run.infrastructure.subnet_id,
    "terminateInstanceOnFailure": lambda run: (
        run.infrastructure and run.infrastructure.terminate_instance_on_failure
    ),
    "workflowPhase": lambda run: run.workflow_type.title(),
    "workingDirectory": lambda run: _working_directory(run.image),
}


def _source_image_id(image: Image) -> str | None:
    """The AMI from which instances are launched: the parent, or for tests the output AMI.

    If the mock has no AMI of the parent, as for Amazon's images, the id is made from the parent's
    name, so that it is always the same.
    """
    if image.state.status != "BUILDING" and image.amis:
        return image.amis[0].image
    parent = None if image.recipe is None else image.recipe.parent_image
    if parent is None or image.type != "AMI" or parent.startswith("ami-"):
        return parent
    return f"ami-0{blake2b(parent.encode(), digest_size=8).hexdigest()}"


def _working_directory(image: Image) -> str:
    if image.recipe is not None and image.recipe.working_directory is not None:
        return image.recipe.working_directory
    return "C:/" if image.platform == "Windows" else "/tmp"  # noqa: S108 - on the instance
