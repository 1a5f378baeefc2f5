"""Nobody there: everything that is asked has an answer all the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .ports import ActionRefused, AmiFacts, Neighbours, NobodyToAskError, Parameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from imagebuilder_mock.domain.machine_image import MachineImage
    from imagebuilder_mock.world.indexes import MachineImages

    from .ports import Event, LaunchTemplateVersion, LogLine, Named, OutputParameter, S3Uri


@dataclass(frozen=True, slots=True)
class NoEc2:
    """Without EC2, ids are taken as they are given, or, if the rule is strict, not at all."""

    takes_names: bool

    def ami(self, ami_id: str) -> AmiFacts | None:  # noqa: ARG002 - the port's
        return AmiFacts() if self.takes_names else None

    def first_missing(self, *named: Named) -> Named | None:
        return named[0] if named and not self.takes_names else None

    def add_launch_template_version(self, version: LaunchTemplateVersion) -> None:
        """Nobody is there to take it."""


@dataclass(frozen=True, slots=True)
class NoEcr:
    """Without ECR, names are taken as they are given, or, if the rule is strict, not at all."""

    takes_names: bool

    def has_repository(self, name: str) -> bool:  # noqa: ARG002 - the port's
        return self.takes_names

    def put_image(self, repository: str, tags: Iterable[str], *, content: str) -> None:
        """Nobody is there to take it."""

    def delete_image(self, repository: str, tag: str) -> bool:  # noqa: ARG002
        return False


class NoEventBridge:
    """Without EventBridge nobody hears of anything."""

    __slots__ = ()

    def put_event(self, event: Event) -> None:
        """Nobody is there to take it."""


@dataclass(frozen=True, slots=True)
class NoIam:
    """Without IAM, names are taken as they are given, or, if the rule is strict, not at all."""

    takes_names: bool

    def has_instance_profile(self, name: str) -> bool:  # noqa: ARG002 - the port's
        return self.takes_names

    def has_role(self, role: str) -> bool:  # noqa: ARG002
        return self.takes_names

    def trusts_us(self, role: str) -> bool:  # noqa: ARG002
        return True


@dataclass(frozen=True, slots=True)
class NoKms:
    """Without KMS, keys are taken as they are given, or, if the rule is strict, not at all."""

    takes_names: bool

    def has_key(self, key: str) -> bool:  # noqa: ARG002 - the port's
        return self.takes_names


class NoCloudWatchLogs:
    """Without CloudWatch Logs nobody reads the lines."""

    __slots__ = ()

    def write(self, group: str, stream: str, lines: Sequence[LogLine]) -> None:
        """Nobody is there to take them."""


@dataclass(frozen=True, slots=True)
class NoS3:
    """Without S3 there is nothing to read, and what is written is lost.

    Names are taken as they are given, or, if the rule is strict, not at all.
    """

    takes_names: bool

    def has_bucket(self, name: str) -> bool:  # noqa: ARG002 - the port's
        return self.takes_names

    def size(self, uri: S3Uri) -> int:
        raise NobodyToAskError(str(uri))

    def read(self, uri: S3Uri, *, limit: int | None) -> bytes:  # noqa: ARG002 - the port's
        raise NobodyToAskError(str(uri))

    def write(self, uri: S3Uri, body: bytes) -> None:
        """Nobody is there to take it."""


@dataclass(frozen=True, slots=True)
class NoSns:
    """Without SNS, topics are taken as they are given, or, if the rule is strict, not at all."""

    takes_names: bool

    def has_topic(self, arn: str) -> bool:  # noqa: ARG002 - the port's
        return self.takes_names

    def publish(self, arn: str, message: str) -> None:
        """Nobody is there to take it."""


class NoSsm:
    """Without Parameter Store no value is known, and what is put is lost."""

    __slots__ = ()

    def parameter(self, name: str) -> Parameter | None:  # noqa: ARG002 - the port's
        return Parameter()

    def put_parameter(self, parameter: OutputParameter) -> None:
        """Nobody is there to take it."""


def _nobody(*, takes_names: bool) -> Neighbours:
    return Neighbours(
        ec2=NoEc2(takes_names),
        ecr=NoEcr(takes_names),
        event_bridge=NoEventBridge(),
        iam=NoIam(takes_names),
        kms=NoKms(takes_names),
        logs=NoCloudWatchLogs(),
        s3=NoS3(takes_names),
        sns=NoSns(takes_names),
        ssm=NoSsm(),
        are_there=False,
    )


NOBODY = _nobody(takes_names=True)

NOBODY_STRICT = _nobody(takes_names=False)


class OwnMachineImages:
    """EC2, as far as lifecycle actions need it, over the AMIs that builds made."""

    __slots__ = ("_known",)

    def __init__(self, known: MachineImages) -> None:
        self._known = known

    def find(self, account_id: str, region: str, image_id: str) -> MachineImage | None:
        found = self._known.get(image_id)
        if found is None or (found.account_id, found.region) != (account_id, region):
            return None
        return found

    def deprecate(self, ami: MachineImage, at: datetime) -> None:
        self._ask(ami.image_id, "DEPRECATE")
        ami.deprecation_time = at

    def cancel_deprecation(self, ami: MachineImage) -> None:
        self._ask(ami.image_id, "AVAILABLE")
        ami.deprecation_time = None

    def disable(self, ami: MachineImage) -> None:
        self._ask(ami.image_id, "DISABLE")
        ami.state = "disabled"
        ami.public, ami.shared_with = False, frozenset()

    def enable(self, ami: MachineImage) -> None:
        self._ask(ami.image_id, "AVAILABLE")
        ami.state = "available"

    def deregister(self, ami: MachineImage) -> None:
        self._ask(ami.image_id, "DELETE")
        ami.state = "deregistered"

    def delete_snapshot(self, ami: MachineImage, snapshot_id: str) -> None:
        self._ask(snapshot_id, "DELETE")
        ami.snapshots = tuple(each for each in ami.snapshots if each != snapshot_id)

    def tag(self, ami: MachineImage, tags: Mapping[str, str]) -> None:
        ami.tags = {**ami.tags, **tags}

    def untag(self, ami: MachineImage, key: str) -> None:
        ami.tags = {known: value for known, value in ami.tags.items() if known != key}

    def _ask(self, resource_id: str, action: str) -> None:
        _ask(self._known, resource_id, action)


class OwnContainerImages:
    """Without an ECR there is nothing to delete from; what a test made refuse, refuses."""

    __slots__ = ("_known",)

    def __init__(self, known: MachineImages) -> None:
        self._known = known

    def delete(self, account_id: str, region: str, image_uri: str) -> None:  # noqa: ARG002 - the port's
        _ask(self._known, image_uri, "DELETE")


def _ask(known: MachineImages, resource_id: str, action: str) -> None:
    refusal = known.refusal_of(resource_id, action)
    if refusal is not None:
        raise ActionRefused(refusal)
