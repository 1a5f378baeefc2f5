"""Images that are imported: from an EC2 VM import task, and from a Windows disk file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.builds import VM_IMPORT, disk_import
from imagebuilder_mock.domain.errors import invalid_combination, invalid_value
from imagebuilder_mock.domain.resources.build_settings import LOG_GROUP
from imagebuilder_mock.domain.resources.configurations import InfrastructureConfiguration
from imagebuilder_mock.engines.builds import stages
from imagebuilder_mock.engines.builds.starting import managed_workflow, new_image
from imagebuilder_mock.operations.handler import operation
from imagebuilder_mock.operations.rules.builds import check_logging
from imagebuilder_mock.operations.rules.neighbours import check_object, check_role

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.resources.images import Image
    from imagebuilder_mock.operations.handler import Context, Result

_NAME = r"^[-_A-Za-z-0-9][-_A-Za-z0-9 ]{1,126}[-_A-Za-z-0-9]$"
"""Image.name of the API reference. The model has no pattern for the name of a VM's image."""
_IMPORT_TASK = re.compile(r"import-ami-[0-9a-z]+")
_DISK_FILE = re.compile(r"s3://[^/]+/.+\.(?:iso|ISO|Iso)")
_DISK_PLATFORM = "Windows"
_DISK_OS_VERSION = "Microsoft Windows 11"


@operation
def import_vm_image(ctx: Context, params: wire.ImportVmImageRequestTypeDef) -> Result:
    """The image is PENDING until the task has made its AMI (API reference)."""
    if re.fullmatch(_NAME, params["name"], re.ASCII) is None:
        raise invalid_value("name", f"'name' must match pattern {_NAME}")
    if _IMPORT_TASK.fullmatch(params["vmImportTaskId"]) is None:
        raise invalid_value(
            "vmImportTaskId", "'vmImportTaskId' must be the ID of an Amazon EC2 import image task."
        )
    for member, group in params.get("loggingConfiguration", {}).items():
        if not str(group).startswith(LOG_GROUP):
            raise invalid_value(
                f"loggingConfiguration.{member}",
                f"The log group must be within '{LOG_GROUP}'.",
            )
    image = _new_image(ctx, params, build_type="IMPORT", plan=VM_IMPORT)
    stages.begin(ctx.world, ctx.store, image)
    return {"imageArn": image.arn}


@operation
def import_disk_image(ctx: Context, params: wire.ImportDiskImageRequestTypeDef) -> Result:
    """Only Windows 11 can be imported from a disk file (API reference)."""
    if params["platform"] != _DISK_PLATFORM:
        raise invalid_value("platform", f"The only supported platform is '{_DISK_PLATFORM}'.")
    if params["osVersion"] != _DISK_OS_VERSION:
        raise invalid_value(
            "osVersion", f"The only supported operating system version is '{_DISK_OS_VERSION}'."
        )
    if _DISK_FILE.fullmatch(params["uri"]) is None:
        raise invalid_value("uri", "'uri' must be the S3 URI of a disk file that ends with .iso.")
    options = params.get("registerImageOptions", {})
    if "uefiData" in options and options.get("secureBootEnabled") is False:
        raise invalid_combination(
            "registerImageOptions.uefiData",
            "UEFI data can be set only when Secure Boot is enabled.",
        )
    check_logging(params.get("loggingConfiguration", {}), params.get("executionRole"))
    check_role(ctx, params.get("executionRole"))
    check_object(ctx, params["uri"], parameter="uri")
    workflow = managed_workflow(ctx.world, ctx.store, "BUILD", "build-image-from-iso")
    infrastructure = ctx.reference(
        InfrastructureConfiguration, params["infrastructureConfigurationArn"]
    )
    image = _new_image(
        ctx,
        params,
        build_type="IMPORT_ISO",
        plan=disk_import(workflow),
        infrastructure_configuration=ctx.store.kept_copy(infrastructure),
    )
    stages.begin(ctx.world, ctx.store, image)
    return {"imageBuildVersionArn": image.arn}


def _new_image(
    ctx: Context,
    params: wire.ImportVmImageRequestTypeDef | wire.ImportDiskImageRequestTypeDef,
    **others: object,
) -> Image:
    return new_image(
        ctx.world,
        ctx.store,
        params,
        name=params["name"],
        version=params["semanticVersion"],
        output_type="AMI",
        image_source="IMPORTED",
        **others,
    )
