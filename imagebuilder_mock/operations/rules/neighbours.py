"""Names of other services' resources in requests: looked up if there is somebody to ask."""

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
    from imagebuilder_mock.domain.errors import InvalidParameterValueException
    from imagebuilder_mock.operations.handler import Context

_KEY_ARN = r"arn:[^:]+:kms:([^:]+):([0-9]{12}):.+"


def _place(ctx: Context, region: str | None = None) -> Place:
    """The caller's account, by default in its own Region."""
    return Place(ctx.store.account, region or ctx.store.region)


def check_name(
    ctx: Context,
    question: names.Question,
    name: str | None,
    parameter: str,
    region: str | None = None,
) -> None:
    """Refuse a name that another service does not know; None is no name.

    Where nobody can be asked and that matters, the refusal says so.
    """
    if name is None or names.can_take(ctx.world, _place(ctx, region), question, name):
        return
    detail = question.refusal.format(kind=question.kind, name=name)
    raise invalid_value(parameter, explained(ctx.world, detail))


def check_role(ctx: Context, role: str | None) -> None:
    """Refuse a role that does not exist; None means the service-linked role.

    That one exists although nobody made it (terraform-provider-aws pull request 37317).
    """
    if role is None:
        return
    own = service_linked_role_in(ctx.store.partition, ctx.store.account)
    if role not in (own, names.name_of_role(own)):
        check_name(ctx, names.ROLE, role, "executionRole")


def check_lifecycle_role(ctx: Context, role: str | None) -> None:
    """Refuse a role that cannot be used for lifecycle actions.

    It must not be service-linked, and must let Image Builder assume it (API reference,
    CreateLifecyclePolicy; user guide, create-lifecycle-policies).
    """
    check_role(ctx, role)
    if role is not None and (
        names.name_of_role(role).startswith("AWSServiceRoleFor")
        or not trusts_us(ctx.world, _place(ctx), role)
    ):
        raise invalid_value("executionRole", names.ROLE.refusal.format(kind=names.ROLE.kind))


def check_key(
    ctx: Context, key: str | None, *, parameter: str = "kmsKeyId", region: str | None = None
) -> None:
    """Refuse a key that does not exist; one of another account cannot be looked up."""
    if key is None:
        return
    named = re.fullmatch(_KEY_ARN, key)
    if named is None:
        check_name(ctx, names.KEY, key, parameter, region)
    elif named.group(2) == ctx.store.account:
        check_name(ctx, names.KEY, key, parameter, named.group(1))


def read_document(ctx: Context, uri: str, *, parameter: str, quota: str) -> str:
    """The text at an S3 URI: InvalidParameterValueException if it cannot be read.

    ServiceQuotaExceededException if it is too large; then only a part of it is read.
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
    """Refuse an object that does not exist; without an S3 to ask, any object is taken."""
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
