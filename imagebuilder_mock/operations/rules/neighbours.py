"""What a request names in other services: looked up beside moto, else taken as it is given.

The sentence for an instance profile was seen (aws-cdk#11441), that for a role too
(terraform-provider-aws, lifecycle_policy.go); the others are made alike.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.errors import invalid_value
from imagebuilder_mock.neighbours.ports import (
    AbsentError,
    Named,
    NeighbourError,
    NobodyToAskError,
    S3Uri,
)
from imagebuilder_mock.neighbours.surroundings import absence, neighbours_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imagebuilder_mock.domain.errors import InvalidParameterValueException
    from imagebuilder_mock.neighbours.ports import Neighbours
    from imagebuilder_mock.operations.handler import Context

_NO_ROLE = "The provided role does not exist or does not have sufficient permissions."

_KEY_ARN = re.compile(r"arn:[^:]+:kms:([^:]+):([0-9]{12}):.+")


def beside(ctx: Context, region: str | None = None) -> Neighbours:
    """The services around, as the caller sees them in the Region, by default in its own."""
    return neighbours_of(ctx.world.settings, ctx.store.account, region or ctx.store.region)


def check_instance_profile(ctx: Context, name: str) -> None:
    if not beside(ctx).iam.has_instance_profile(name):
        raise _absent(
            ctx,
            "instanceProfileName",
            "The provided instance profile does not exist. Please specify a different instance "
            "profile and try again.",
        )


def check_role(ctx: Context, role: str | None, *, parameter: str = "executionRole") -> None:
    """Refuse a role that Image Builder could not assume; None is the service's own."""
    if role is not None and not beside(ctx).iam.has_role(role):
        raise _absent(ctx, parameter, _NO_ROLE)


def check_lifecycle_role(ctx: Context, role: str | None) -> None:
    """Refuse a role that lifecycle actions cannot be done with.

    It has to be the account's own, not a service-linked one, and to let Image Builder assume it
    (API reference, CreateLifecyclePolicy; user guide, create-lifecycle-policies).
    """
    check_role(ctx, role)
    if role is not None and (_is_service_linked(role) or not beside(ctx).iam.trusts_us(role)):
        raise invalid_value("executionRole", _NO_ROLE)


def _is_service_linked(role: str) -> bool:
    return role.rpartition("/")[2].startswith("AWSServiceRoleFor")


def check_topic(ctx: Context, arn: str | None) -> None:
    """Refuse a topic that is not there; the model's pattern takes no FIFO topic."""
    if arn is not None and not beside(ctx).sns.has_topic(arn):
        raise _absent(ctx, "snsTopicArn", f"The provided SNS topic does not exist: '{arn}'.")


def check_network(
    ctx: Context, *, subnet: str | None, security_groups: Sequence[str], key_pair: str | None
) -> None:
    """Refuse a subnet, security groups and a key pair that the build could not be launched with."""
    named = [
        *([] if subnet is None else [Named("subnet", subnet, "subnetId")]),
        *(
            Named("security group", group, f"securityGroupIds[{position}]")
            for position, group in enumerate(security_groups)
        ),
        *([] if key_pair is None else [Named("key pair", key_pair, "keyPair")]),
    ]
    missing = beside(ctx).ec2.first_missing(*named) if named else None
    if missing is not None:
        raise _absent(
            ctx, missing.parameter, f"The provided {missing.kind} does not exist: '{missing.id}'."
        )


def check_repository(
    ctx: Context, repository: Mapping[str, object], *, parameter: str, region: str | None = None
) -> None:
    """Refuse a target repository that is not there: Image Builder makes none (API reference)."""
    name = str(repository["repositoryName"])
    if not beside(ctx, region).ecr.has_repository(name):
        raise _absent(
            ctx,
            f"{parameter}.repositoryName",
            f"The provided ECR repository does not exist: '{name}'.",
        )


def check_key(
    ctx: Context, key: object, *, parameter: str = "kmsKeyId", region: str | None = None
) -> None:
    """Refuse a key that is not there; another account's can not be looked up."""
    if not isinstance(key, str):
        return
    named = _KEY_ARN.fullmatch(key)
    if named is not None and named.group(2) != ctx.store.account:
        return
    if not beside(ctx, named.group(1) if named else region).kms.has_key(key):
        raise _absent(ctx, parameter, f"The provided KMS key does not exist: '{key}'.")


def read_document(ctx: Context, uri: str, *, parameter: str, quota: str) -> str:
    """The text at an S3 URI: InvalidParameterValueException if it cannot be read.

    It is as large as the quota lets it be, and read no further.
    """
    address, largest = _address(uri, parameter), ctx.world.quotas.limit(quota)
    try:
        body = beside(ctx).s3.read(address, limit=None if largest is None else largest + 1)
    except NeighbourError as error:
        raise _unreadable(ctx, uri, parameter, error) from None
    ctx.world.quotas.check(quota, len(body))
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise invalid_value(parameter, f"The document at '{uri}' must be text in UTF-8.") from None


def check_object(ctx: Context, uri: str, *, parameter: str) -> None:
    """Refuse an object that is not there; without S3 it is taken as it is given."""
    try:
        beside(ctx).s3.size(_address(uri, parameter))
    except NobodyToAskError:
        return
    except NeighbourError as error:
        raise _unreadable(ctx, uri, parameter, error) from None


def _address(uri: str, parameter: str) -> S3Uri:
    try:
        return S3Uri.parse(uri)
    except ValueError:
        # The user guide's words (create-container-recipes).
        raise invalid_value(parameter, "Invalid S3 URI.") from None


def _unreadable(
    ctx: Context, uri: str, parameter: str, error: NeighbourError
) -> InvalidParameterValueException:
    if isinstance(error, AbsentError):
        return invalid_value(
            parameter, f"The document at '{uri}' could not be read. Check that it exists."
        )
    reason = str(error) if beside(ctx).are_there else absence(ctx.world.settings)
    return invalid_value(parameter, f"The document at '{uri}' could not be read. {reason}")


def _absent(ctx: Context, parameter: str, detail: str) -> InvalidParameterValueException:
    """The service's words; without anybody to ask, also why nothing could be found."""
    if not beside(ctx).are_there:
        detail = f"{detail} {absence(ctx.world.settings)}"
    return invalid_value(parameter, detail)
