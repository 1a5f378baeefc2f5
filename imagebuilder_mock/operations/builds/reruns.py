"""Distribute an AMI that exists already, and retry a build that ended early."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.builds import DISTRIBUTION
from imagebuilder_mock.domain.errors import invalid_value
from imagebuilder_mock.domain.machine_image import AmiFacts
from imagebuilder_mock.domain.resources.configurations import DistributionConfiguration
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.states import ENDED_EARLY
from imagebuilder_mock.engines.builds import stages
from imagebuilder_mock.engines.builds.starting import check_room, new_image
from imagebuilder_mock.engines.outputs.amis import resolved_distribution
from imagebuilder_mock.engines.parents import is_ami_address, source_of
from imagebuilder_mock.operations.handler import operation
from imagebuilder_mock.operations.rules.builds import check_logging
from imagebuilder_mock.operations.rules.neighbours import check_role
from imagebuilder_mock.operations.rules.recipes import is_image_arn

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.operations.handler import Context, Result

_FIRST_VERSION = "1.0.0"
_NO_NAME = re.compile(r"[^-_A-Za-z0-9]")
"""Characters of AMIs' names and parameters' paths that an image's name must not have."""


@operation
def distribute_image(ctx: Context, params: wire.DistributeImageRequestTypeDef) -> Result:
    """Makes a new image, named after its source, that is distributed without being built."""
    source = params["sourceImage"]
    name, facts, os_version = _source(ctx, source)
    distribution = ctx.get(
        DistributionConfiguration,
        params["distributionConfigurationArn"],
        parameter="distributionConfigurationArn",
    )
    check_logging(params.get("loggingConfiguration", {}), params["executionRole"])
    check_role(ctx, params["executionRole"])
    image = new_image(
        ctx.world,
        ctx.store,
        params,
        name=name,
        version=_FIRST_VERSION,
        output_type="AMI",
        platform=facts.platform,
        os_version=os_version,
        architecture=facts.architecture,
        build_type="USER_INITIATED",
        plan=DISTRIBUTION,
    )
    image.distribution_configuration = resolved_distribution(distribution, image)
    stages.begin(ctx.world, ctx.store, image)
    return {"imageBuildVersionArn": image.arn}


@operation
def retry_image(ctx: Context, params: wire.RetryImageRequestTypeDef) -> Result:
    image = ctx.own(Image, params["imageBuildVersionArn"])
    if image.type != "AMI":
        raise invalid_value(
            "imageBuildVersionArn", "Retry is only supported for images that distribute an AMI."
        )
    if image.state.status not in ENDED_EARLY:
        raise invalid_value(
            "imageBuildVersionArn",
            f"The image is in the state '{image.state.status}', in which it cannot be retried.",
        )
    check_room(ctx.world, ctx.store)
    stages.retry(ctx.world, image)
    return {"imageBuildVersionArn": image.arn}


def _source(ctx: Context, source: str) -> tuple[str, AmiFacts, str | None]:
    """The name of the new image, the facts of its AMI, and the OS version if that is known."""
    if is_image_arn(source):
        image = ctx.get(Image, source, parameter="sourceImage")
        here = Arn.parse(image.arn).region
        if not any(ami.region == here for ami in image.amis):
            raise invalid_value(
                "sourceImage", "The source image must have an AMI in the current Region."
            )
        return image.name, AmiFacts(image.platform, image.architecture), image.os_version
    if not is_ami_address(source):
        raise invalid_value(
            "sourceImage",
            "The source image must be an AMI ID, an Image Builder image ARN, or an SSM parameter "
            "prefixed by 'ssm:'.",
        )
    facts = source_of(ctx.world, ctx.store, source, parameter="sourceImage").facts
    name = facts.name or source.removeprefix("ssm:").strip("/")
    return _NO_NAME.sub("-", name), facts, None
