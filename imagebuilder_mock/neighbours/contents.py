"""What is read in other services: what an AMI is, parameters, objects, and whom a role trusts."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.domain.machine_image import AmiFacts
from imagebuilder_mock.domain.records import Value

from .account import AbsentError, Account, NeighbourError, NobodyToAskError, absence, account_at
from .names import looked_up, name_of_role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagebuilder_mock.world.world import World

    from .account import Place


def ami_facts(world: World, place: Place, ami_id: str) -> AmiFacts | None:
    """What an AMI is that the account can use; None if it was looked up and is not there."""

    def look(account: Account) -> AmiFacts | None:
        image = described_ami(account, ami_id)
        return None if image is None else _facts(image)

    return looked_up(world, place, "ec2", look, unknown=AmiFacts())


def described_ami(account: Account, ami_id: str) -> Mapping[str, Any] | None:
    """An AMI as EC2 describes it; None if it is not there."""
    found = account.finds("ec2", "describe_images", ImageIds=[ami_id])
    return found["Images"][0] if found and found["Images"] else None


def _facts(image: Mapping[str, Any]) -> AmiFacts:
    architecture, name = image.get("Architecture"), image.get("Name")
    devices = tuple(
        sorted(
            (device for device in image.get("BlockDeviceMappings", ()) if "Ebs" in device),
            key=lambda device: device["DeviceName"] != image.get("RootDeviceName"),
        )
    )
    if str(image.get("Platform", "")).lower() == "windows":
        return AmiFacts("Windows", architecture, name, devices)
    # Only instances of Apple's own hardware have these architectures (EC2, DescribeImages).
    is_mac = str(architecture).endswith("_mac")
    return AmiFacts("macOS" if is_mac else "Linux", architecture, name, devices)


_PUBLIC = "/aws/service/"
"""What AWS publishes; moto has a copy of some."""


def parameter_value(world: World, place: Place, name: str) -> str | None:
    """What a parameter holds, by its name, or name and version; None if nobody can tell.

    AbsentError if it is not there.
    """
    account = account_at(world, place)
    if account is None:
        return None
    try:
        found = account.ask("ssm", "get_parameter", Name=name, WithDecryption=True)
        return str(found["Parameter"]["Value"])
    except AbsentError:
        if name.startswith(_PUBLIC):
            return None
        raise
    except NeighbourError:
        return None


# What a bucket's name may be made of; old ones may have capitals and underscores.
_URI = r"(?s)s3://([A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9])/(.+)"


class S3Uri(Value):
    """The address of an object."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, text: str) -> S3Uri:
        """Read ``s3://bucket/key``; ValueError if it is not of this form."""
        found = re.fullmatch(_URI, text)
        if found is None:
            msg = f"{text!r} is not an S3 URI"
            raise ValueError(msg)
        return cls(*found.groups())

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def size_of(world: World, place: Place, uri: S3Uri) -> int:
    """An object's size in bytes; AbsentError, or NobodyToAskError without S3."""
    found = _found(world, place, uri, "head_object")
    return len(_supplied(world, uri)) if found is None else int(found[1]["ContentLength"])


def read(world: World, place: Place, uri: S3Uri, *, limit: int | None) -> bytes:
    """An object's bytes, at most ``limit`` of them; AbsentError, or NobodyToAskError."""
    found = _found(world, place, uri, "get_object")
    if found is None:
        return _supplied(world, uri)[:limit]
    s3, answer = found
    return s3.reads(answer["Body"], limit)


def _found(world: World, place: Place, uri: S3Uri, operation: str) -> tuple[Account, Any] | None:
    """S3 and its answer; None if it has no such object, and a test has put a document there."""
    try:
        s3 = _s3(world, place)
        return s3, s3.ask("s3", operation, Bucket=uri.bucket, Key=uri.key)
    except (AbsentError, NobodyToAskError):
        if str(uri) not in world.state.documents:
            raise
        return None


def _supplied(world: World, uri: S3Uri) -> bytes:
    return world.state.documents[str(uri)].encode()


def _s3(world: World, place: Place) -> Account:
    account = account_at(world, place)
    if account is None:
        raise NobodyToAskError(absence(world))
    return account


# China's partition has a suffix of its own.
_US = frozenset(("imagebuilder.amazonaws.com", "imagebuilder.amazonaws.com.cn"))
_ASSUMING = frozenset(("*", "sts:*", "sts:AssumeRole"))


def trusts_us(world: World, place: Place, role: str) -> bool:
    """Whether a role that can be taken lets Image Builder assume it.

    A trust policy without statements stands for one that the test is not about.
    """
    account = account_at(world, place)
    trust: Any = {}
    if account is not None:
        with suppress(NeighbourError):
            found = account.finds("iam", "get_role", RoleName=name_of_role(role))
            trust = found["Role"]["AssumeRolePolicyDocument"] if found else {}
    statements = _several(trust.get("Statement") if isinstance(trust, dict) else None)
    return not statements or any(map(_lets_us_assume, statements))


def _lets_us_assume(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    services = principal.get("Service") if isinstance(principal, dict) else principal
    return (
        statement.get("Effect") == "Allow"
        and not _ASSUMING.isdisjoint(_several(statement.get("Action")))
        and not (_US | {"*"}).isdisjoint(_several(services))
    )


def _several(value: Any) -> list[Any]:
    """What IAM's documents have alone or in a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
