"""What a request names in other services: looked up beside moto, else taken as it is given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.errors import invalid_value
from imagebuilder_mock.domain.resources.images import service_linked_role_in
from imagebuilder_mock.neighbours import names
from imagebuilder_mock.neighbours.account import (
    AbsentError,
    NeighbourError,
    NobodyToAskError,
    Place,
    explained,
)
from imagebuilder_mock.neighbours.contents import S3Uri, read, size_of, trusts_us

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.errors import InvalidParameterValueException
    from imagebuilder_mock.operations.handler import Context

_KEY_ARN = r"arn:[^:]+:kms:([^:]+):([0-9]{12}):.+"


def _place(ctx: Context, region: str | None = None) -> Place:
    """Where the caller asks, by default in its own Region."""
    return Place(ctx.store.account, region or ctx.store.region)


def _check(
    ctx: Context,
    question: names.Question,
    name: str | None,
    parameter: str,
    region: str | None = None,
) -> None:
    """Refuse a name that cannot be taken; without anybody to ask, also say why."""
    if name is None or names.can_take(ctx.world, _place(ctx, region), question, name):
        return
    detail = question.refusal.format(kind=question.kind, name=name)
    raise invalid_value(parameter, explained(ctx.world, detail))


def check_instance_profile(ctx: Context, name: str) -> None:
    _check(ctx, names.INSTANCE_PROFILE, name, "instanceProfileName")


def check_role(ctx: Context, role: str | None, *, parameter: str = "executionRole") -> None:
    """Refuse a role that Image Builder could not assume; None is the service's own.

    That one is there although nobody made it (terraform-provider-aws pull request 37317).
    """
    if role is None:
        return
    own = service_linked_role_in(ctx.store.partition, ctx.store.account)
    if role not in (own, names.name_of_role(own)):
        _check(ctx, names.ROLE, role, parameter)


def check_lifecycle_role(ctx: Context, role: str | None) -> None:
    """Refuse a role that lifecycle actions cannot be done with.

    It has to be the account's own, not a service-linked one, and to let Image Builder assume it
    (API reference, CreateLifecyclePolicy; user guide, create-lifecycle-policies).
    """
    check_role(ctx, role)
    if role is not None and (
        names.name_of_role(role).startswith("AWSServiceRoleFor")
        or not trusts_us(ctx.world, _place(ctx), role)
    ):
        raise invalid_value("executionRole", names.ROLE.refusal.format(kind=names.ROLE.kind))


def check_topic(ctx: Context, arn: str | None) -> None:
    """Refuse a topic that is not there; the model's pattern takes no FIFO topic."""
    _check(ctx, names.TOPIC, arn, "snsTopicArn")


def check_network(
    ctx: Context, *, subnet: str | None, security_groups: Sequence[str], key_pair: str | None
) -> None:
    """Refuse a subnet, security groups and a key pair that the build could not be launched with."""
    _check(ctx, names.SUBNET, subnet, "subnetId")
    for position, group in enumerate(security_groups):
        _check(ctx, names.SECURITY_GROUP, group, f"securityGroupIds[{position}]")
    _check(ctx, names.KEY_PAIR, key_pair, "keyPair")


def check_repository(ctx: Context, repository: wire.TargetContainerRepositoryTypeDef) -> None:
    """Refuse a recipe's repository that is not there: Image Builder makes none (API reference)."""
    name = repository["repositoryName"]
    _check(ctx, names.REPOSITORY, name, "targetRepository.repositoryName")


def check_key(
    ctx: Context, key: str | None, *, parameter: str = "kmsKeyId", region: str | None = None
) -> None:
    """Refuse a key that is not there; another account's can not be looked up."""
    if key is None:
        return
    named = re.fullmatch(_KEY_ARN, key)
    if named is None:
        _check(ctx, names.KEY, key, parameter, region)
    elif named.group(2) == ctx.store.account:
        _check(ctx, names.KEY, key, parameter, named.group(1))


def read_document(ctx: Context, uri: str, *, parameter: str, quota: str) -> str:
    """The text at an S3 URI: InvalidParameterValueException if it cannot be read.

    It is as large as the quota lets it be, and read no further.
    """
    address, largest = _address(uri, parameter), ctx.world.quotas.limit(quota)
    try:
        body = read(ctx.world, _place(ctx), address, limit=None if largest is None else largest + 1)
    except NeighbourError as error:
        raise _unreadable(uri, parameter, error) from None
    ctx.world.quotas.check(quota, len(body))
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise invalid_value(parameter, f"The document at '{uri}' must be text in UTF-8.") from None


def check_object(ctx: Context, uri: str, *, parameter: str) -> None:
    """Refuse an object that is not there; without S3 it is taken as it is given."""
    try:
        size_of(ctx.world, _place(ctx), _address(uri, parameter))
    except NobodyToAskError:
        return
    except NeighbourError as error:
        raise _unreadable(uri, parameter, error) from None


def _address(uri: str, parameter: str) -> S3Uri:
    try:
        return S3Uri.parse(uri)
    except ValueError:
        # The user guide's words (create-container-recipes).
        raise invalid_value(parameter, "Invalid S3 URI.") from None


def _unreadable(uri: str, parameter: str, error: NeighbourError) -> InvalidParameterValueException:
    reason = "Check that it exists." if isinstance(error, AbsentError) else str(error)
    if isinstance(error, NobodyToAskError):
        reason += " Or put the document there with mock.documents.put()."
    return invalid_value(parameter, f"The document at '{uri}' could not be read. {reason}")
