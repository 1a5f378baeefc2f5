"""What a build tells the services beside Image Builder, at the end of the change.

Each function takes plain values, enters an errand or a message in the world's outbox, and returns
at once; nothing is entered when nobody is there. EC2, SSM and ECR keep what they get to
themselves, so for them it is an errand; whatever goes to the others may go on to a program that
uses clients, so it is a message. Whether a service would refuse it is asked beforehand:
``refusal_of_launch_template``, ``refusal_of_export``, ``refusal_of_repository``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imagebuilder_mock.world.outbox import Message

from .ports import Named
from .presence import has_loaded
from .surroundings import neighbours_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imagebuilder_mock.world.world import World

    from .ports import (
        Event,
        LaunchPermission,
        LaunchTemplateVersion,
        LogLine,
        Neighbours,
        OutputAmi,
        OutputParameter,
        S3Uri,
    )


class Place(NamedTuple):
    """Where something is told: in an account, in a Region."""

    account: str
    region: str


def tell_of_ami(
    world: World,
    place: Place,
    ami: OutputAmi,
    *,
    then: Callable[[], object] | None = None,
) -> None:
    """Register an output AMI in EC2, and call ``then``."""

    def register(_: Neighbours) -> None:
        # moto's own classes are loaded with the first AMI beside it.
        from .in_moto.machine_images import MotoMachineImages  # noqa: PLC0415

        MotoMachineImages(*place).register(ami)
        if then is not None:
            then()

    _entrust(world, place, f"EC2: register {ami.image_id} in {place.region}", register)


def tell_of_permission(
    world: World, place: Place, ami_id: str, permission: LaunchPermission
) -> None:
    """Let others launch from an output AMI."""

    def share(_: Neighbours) -> None:
        from .in_moto.machine_images import MotoMachineImages  # noqa: PLC0415

        MotoMachineImages(*place).share(ami_id, permission)

    _entrust(world, place, f"EC2: share {ami_id} in {place.region}", share)


def tell_of_launch_template(world: World, place: Place, version: LaunchTemplateVersion) -> None:
    """Give a launch template a version with the output AMI."""
    _entrust(
        world,
        place,
        f"EC2: new version of {version.launch_template_id} in {place.region}",
        lambda around: around.ec2.add_launch_template_version(version),
    )


def tell_of_parameter(world: World, place: Place, parameter: OutputParameter) -> None:
    """Create or overwrite a parameter with the output AMI's id."""
    _entrust(
        world,
        place,
        f"SSM: put {parameter.name} in {place.region}",
        lambda around: around.ssm.put_parameter(parameter),
    )


def tell_of_container_image(
    world: World,
    place: Place,
    repository: str,
    tags: Sequence[str],
    *,
    content: str,
) -> None:
    """Push a container image; ``content``, as the image's ARN, makes its digest."""
    _entrust(
        world,
        place,
        f"ECR: push {repository}:{','.join(tags)} in {place.region}",
        lambda around: around.ecr.put_image(repository, tags, content=content),
    )


def tell_topic(world: World, topic_arn: str, message: str) -> None:
    """Publish to an SNS topic, in the topic's own Region and account."""
    _, _, _, region, account, _ = topic_arn.split(":", 5)
    place = Place(account, region)
    _tell(
        world,
        place,
        f"SNS: publish to {topic_arn}",
        lambda around: around.sns.publish(topic_arn, message),
    )


def tell_event_bus(world: World, place: Place, event: Event) -> None:
    """Put an event on the default bus, if anybody can have made a rule there."""
    if not has_loaded("events"):
        return
    _tell(
        world,
        place,
        f"EventBridge: {event.detail_type} in {place.region}",
        lambda around: around.event_bridge.put_event(event),
    )


def tell_log_group(world: World, place: Place, group: str, stream: str, line: LogLine) -> None:
    """Add a line to a stream of a log group; what comes up before it is told goes with it."""
    if not neighbours_of(world.settings, *place).are_there:
        return

    def write(lines: Sequence[LogLine]) -> None:
        _deliver(world, place, lambda around: around.logs.write(group, stream, lines))

    subject = f"CloudWatch Logs: write to {group} {stream}"
    world.outbox.gather((place, group, stream), line, subject, write)


def tell_bucket(world: World, place: Place, uri: S3Uri, body: bytes) -> None:
    """Write a log, or an exported disk, to a bucket."""
    _tell(world, place, f"S3: write {uri}", lambda around: around.s3.write(uri, body))


def refusal_of_launch_template(world: World, place: Place, launch_template_id: str) -> str | None:
    """Why a template cannot be updated, in the guide's words (image-failure-context), or None."""
    named = Named("launch template", launch_template_id)
    if neighbours_of(world.settings, *place).ec2.first_missing(named) is None:
        return None
    return f"EC2 Client Error: 'The launch-template ID '{launch_template_id}' does not exist'"


def refusal_of_export(world: World, place: Place, role: str, bucket: str) -> str | None:
    """Why a disk cannot be exported, in EC2's words for the role and S3's for the bucket."""
    around = neighbours_of(world.settings, *place)
    if not around.iam.has_role(role):
        return (
            f"EC2 Client Error: 'The service role {role} provided does not exist or does not have "
            "sufficient permissions'"
        )
    if not around.s3.has_bucket(bucket):
        return "EC2 Client Error: 'The specified bucket does not exist'"
    return None


def refusal_of_repository(world: World, place: Place, repository: str) -> str | None:
    """Why a container image cannot be pushed, in ECR's words, or None."""
    if neighbours_of(world.settings, *place).ecr.has_repository(repository):
        return None
    return (
        f"The repository with name '{repository}' does not exist in the registry with id "
        f"'{place.account}'"
    )


def _entrust(world: World, place: Place, subject: str, do: Callable[[Neighbours], None]) -> None:
    if neighbours_of(world.settings, *place).are_there:
        world.outbox.entrust(Message(subject, lambda: _deliver(world, place, do)))


def _tell(
    world: World,
    place: Place,
    subject: str,
    deliver: Callable[[Neighbours], None],
) -> None:
    if neighbours_of(world.settings, *place).are_there:
        world.outbox.put(Message(subject, lambda: _deliver(world, place, deliver)))


def _deliver(world: World, place: Place, deliver: Callable[[Neighbours], None]) -> None:
    around = neighbours_of(world.settings, *place)
    # moto may have been switched off meanwhile.
    if around.are_there:
        deliver(around)
