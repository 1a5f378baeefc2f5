"""What is asked of the services around Image Builder, and what they are told: a port for each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from imagebuilder_mock.domain.machine_image import MachineImage


@dataclass(frozen=True, slots=True)
class AmiFacts:
    """What EC2 tells of an AMI; nothing is known of one that nobody looked up."""

    platform: str | None = None
    """As Image Builder calls it: ``Linux``, ``Windows`` or ``macOS``."""
    architecture: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchTemplateVersion:
    """A new version of a launch template, for an output AMI."""

    launch_template_id: str
    image_id: str
    set_default: bool
    description: str


class Named(NamedTuple):
    """What a request names in EC2."""

    kind: Literal["subnet", "security group", "key pair", "launch template"]
    id: str
    """The id; of a key pair, the name."""
    parameter: str = ""
    """Where the request names it."""


class Ec2(Protocol):
    """EC2 as an account sees it in a Region."""

    def ami(self, ami_id: str) -> AmiFacts | None:
        """An AMI that the account can use; None if it was looked up and is not there."""
        ...

    def first_missing(self, *named: Named) -> Named | None:
        """The first that cannot be taken: it is not there, and it is looked up."""
        ...

    def add_launch_template_version(self, version: LaunchTemplateVersion) -> None:
        """The template's latest version with another AMI; NeighbourError if it is refused."""
        ...


class Ecr(Protocol):
    """ECR as an account sees it in a Region."""

    def has_repository(self, name: str) -> bool:
        """Whether the name can be taken: the repository is there, or nobody looks it up."""
        ...

    def put_image(self, repository: str, tags: Iterable[str], *, content: str) -> None:
        """Push one image under its tags; NeighbourError if it is refused.

        ``content`` tells one image from another: the same makes the same digest.
        """
        ...

    def delete_image(self, repository: str, tag: str) -> bool:
        """Delete the image with the tag; whether it was there."""
        ...


SOURCE = "aws.imagebuilder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event as Image Builder puts it on the default bus (user guide, integ-eventbridge)."""

    detail_type: str
    resources: Sequence[str]
    detail: Mapping[str, object]
    time: datetime


class EventBridge(Protocol):
    """The default event bus of an account in a Region."""

    def put_event(self, event: Event) -> None:
        """NeighbourError if it is refused."""
        ...


class Iam(Protocol):
    """IAM as an account's requests see it."""

    def has_instance_profile(self, name: str) -> bool:
        """Whether the name can be taken: the profile is there, or nobody looks it up."""
        ...

    def has_role(self, role: str) -> bool:
        """The same for a role, by its name or its ARN; another account's cannot be passed."""
        ...

    def trusts_us(self, role: str) -> bool:
        """Whether a role that can be taken lets Image Builder assume it."""
        ...


class Kms(Protocol):
    """KMS as an account sees it in a Region."""

    def has_key(self, key: str) -> bool:
        """Whether a key or alias, by its ARN, can be taken: it is there, or nobody looks it up."""
        ...


class LogLine(NamedTuple):
    """A line and its time."""

    time: datetime
    text: str


class CloudWatchLogs(Protocol):
    """CloudWatch Logs as an account sees it in a Region."""

    def write(self, group: str, stream: str, lines: Sequence[LogLine]) -> None:
        """Add lines, in the order of their times; group and stream are made where missing.

        NeighbourError if it is refused.
        """
        ...


# What a bucket's name may be made of; old ones may have capitals and underscores.
_URI = re.compile(r"s3://([A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9])/(.+)", re.DOTALL)


class S3Uri(NamedTuple):
    """The address of an object."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, text: str) -> S3Uri:
        """Read ``s3://bucket/key``; ValueError if it is not of this form."""
        found = _URI.fullmatch(text)
        if found is None:
            msg = f"{text!r} is no S3 URI"
            raise ValueError(msg)
        return cls(*found.groups())

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


class S3(Protocol):
    """S3 as an account sees it."""

    def has_bucket(self, name: str) -> bool:
        """Whether the name can be taken: the bucket is there, or nobody looks it up."""
        ...

    def size(self, uri: S3Uri) -> int:
        """An object's size in bytes; AbsentError, or NobodyToAskError without S3."""
        ...

    def read(self, uri: S3Uri, *, limit: int | None) -> bytes:
        """An object's bytes, at most ``limit`` of them; AbsentError, or NobodyToAskError."""
        ...

    def write(self, uri: S3Uri, body: bytes) -> None:
        """Put an object; NeighbourError if the bucket does not take it."""
        ...


class Sns(Protocol):
    """SNS as an account sees it."""

    def has_topic(self, arn: str) -> bool:
        """Whether the ARN can be taken: the topic is there, or nobody looks it up."""
        ...

    def publish(self, arn: str, message: str) -> None:
        """Publish to a topic; NeighbourError if it is refused."""
        ...


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of Parameter Store; its value is None if nobody looked it up."""

    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputParameter:
    """A parameter that is created or overwritten with the id of an output AMI."""

    name: str
    value: str
    data_type: str
    description: str


class Ssm(Protocol):
    """Parameter Store as an account sees it in a Region."""

    def parameter(self, name: str) -> Parameter | None:
        """A parameter by its name, or name and version; None if it is not there."""
        ...

    def put_parameter(self, parameter: OutputParameter) -> None:
        """Create or overwrite it; NeighbourError if it is refused."""
        ...


class NeighbourError(Exception):
    """A neighbour's refusal; the text is its own."""


class AbsentError(NeighbourError):
    """What was asked for is not there."""


class NobodyToAskError(NeighbourError):
    """There is no such neighbour: moto is off, or does not have what was asked of it."""


_ROOT_DEVICES = {"Windows": "/dev/sda1"}
_ROOT_DEVICE = "/dev/xvda"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockDevice:
    """One device of an AMI, with the snapshot that was taken of it."""

    device_name: str
    snapshot_id: str
    volume_size: int = 8
    """In GiB."""
    volume_type: str = "gp3"
    delete_on_termination: bool = True
    encrypted: bool = False
    iops: int | None = None
    throughput: int | None = None
    kms_key_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputAmi:
    """An AMI of one account in one Region."""

    image_id: str
    name: str
    creation_date: datetime
    description: str | None = None
    architecture: str = "x86_64"
    platform: str | None = "Linux"
    """As Image Builder calls it: ``Linux``, ``Windows`` or ``macOS``."""
    block_devices: Sequence[BlockDevice] = ()
    """The root device first; without any, EC2 makes up one."""
    tags: Mapping[str, str] = field(default_factory=dict)
    state: str = "available"
    deprecation_time: datetime | None = None
    public: bool = False
    shared_with: frozenset[str] = frozenset()
    """The accounts that may launch it."""

    @property
    def snapshots(self) -> tuple[str, ...]:
        return tuple(device.snapshot_id for device in self.block_devices)

    @property
    def root_device_name(self) -> str:
        if self.block_devices:
            return self.block_devices[0].device_name
        return _ROOT_DEVICES.get(self.platform or "", _ROOT_DEVICE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchPermission:
    """Who else may launch from an AMI: the members of ``launchPermission``."""

    user_ids: Sequence[str] = ()
    user_groups: Sequence[str] = ()
    organization_arns: Sequence[str] = ()
    organizational_unit_arns: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """A port for each service."""

    ec2: Ec2
    ecr: Ecr
    event_bridge: EventBridge
    iam: Iam
    kms: Kms
    logs: CloudWatchLogs
    s3: S3
    sns: Sns
    ssm: Ssm
    are_there: bool
    """Whether they are moto's; else nobody is there, for the reason that ``absence`` gives."""


class ActionRefused(Exception):
    """EC2 or ECR does not do it."""


class MachineImageActions(Protocol):
    """What Image Builder asks of EC2 for an AMI."""

    def find(self, account_id: str, region: str, image_id: str) -> MachineImage | None:
        """The AMI as it is now; None if it is not there."""

    def deprecate(self, ami: MachineImage, at: datetime) -> None: ...

    def cancel_deprecation(self, ami: MachineImage) -> None: ...

    def disable(self, ami: MachineImage) -> None:
        """It becomes private, and launches nothing."""

    def enable(self, ami: MachineImage) -> None: ...

    def deregister(self, ami: MachineImage) -> None: ...

    def delete_snapshot(self, ami: MachineImage, snapshot_id: str) -> None: ...

    def tag(self, ami: MachineImage, tags: Mapping[str, str]) -> None: ...

    def untag(self, ami: MachineImage, key: str) -> None: ...


class ContainerImageActions(Protocol):
    """What Image Builder asks of ECR for a container image."""

    def delete(self, account_id: str, region: str, image_uri: str) -> None:
        """Take it out of its repository; nothing happens if it is not there."""
