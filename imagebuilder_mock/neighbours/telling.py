"""What a build tells the services beside Image Builder, at the end of the change.

Each function puts an errand or a message into the world's outbox and returns at once, or does
nothing if nobody is there. EC2, SSM and ECR pass nothing on, so what they get is an errand. What
the others get may reach a program that uses clients, so it is a message.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.world.outbox import Message

from .account import (
    AbsentError,
    NeighbourError,
    NobodyToAskError,
    Place,
    account_at,
    is_anybody_there,
)
from .contents import S3Uri
from .names import LAUNCH_TEMPLATE, is_there

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.machine_image import MachineImage
    from imagebuilder_mock.world.events import Destination, Event
    from imagebuilder_mock.world.world import World

    from .account import Account

_MADE_BY = "Created by EC2 Image Builder"


def tell_of_ami(world: World, ami: MachineImage, devices: Sequence[Mapping[str, Any]]) -> None:
    """Register an output AMI in EC2, with devices in the form in which EC2 describes them."""

    def register(account: Account) -> None:
        if not account.around.chooses_ami_ids:
            account.around.register(ami, devices)
            ami.is_in_ec2 = True
        elif ami.is_in_ec2:
            tags = [{"Key": key, "Value": value} for key, value in ami.tags.items()]
            account.ask("ec2", "create_tags", Resources=[ami.image_id], Tags=tags)

    place = Place(ami.account_id, ami.region)
    _entrust(world, place, f"EC2: register {ami.image_id} in {place.region}", register)


def tell_of_tags(world: World, place: Place, ami_id: str, tags: Mapping[str, str]) -> None:
    """Tag an AMI that EC2 has already."""
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]

    def tag(account: Account) -> None:
        account.ask("ec2", "create_tags", Resources=[ami_id], Tags=listed)

    _entrust(world, place, f"EC2: tag {ami_id} in {place.region}", tag)


def tell_of_permission(
    world: World,
    place: Place,
    ami_id: str,
    permission: wire.LaunchPermissionConfigurationUnionTypeDef,
) -> None:
    """Let others launch from an output AMI.

    Older versions of moto know neither organizations nor their units.
    """
    accounts, groups = permission.get("userIds", ()), permission.get("userGroups", ())
    changes: list[dict[str, object]] = []
    if accounts or groups:
        named = {"UserIds": list(accounts), "UserGroups": list(groups)}
        changes.append({name: values for name, values in named.items() if values})
    # moto reads the first of several.
    changes += [{"OrganizationArns": [arn]} for arn in permission.get("organizationArns", ())]
    changes += [
        {"OrganizationalUnitArns": [arn]} for arn in permission.get("organizationalUnitArns", ())
    ]

    def share(account: Account) -> None:
        for change in changes:
            account.ask(
                "ec2",
                "modify_image_attribute",
                ImageId=ami_id,
                Attribute="launchPermission",
                OperationType="add",
                **change,
            )

    _entrust(world, place, f"EC2: share {ami_id} in {place.region}", share)


def tell_of_launch_template(
    world: World, place: Place, template: str, ami_id: str, *, set_default: bool
) -> None:
    """Give a launch template a version: its newest one, with the output AMI."""

    def add_version(account: Account) -> None:
        if not is_there(account, LAUNCH_TEMPLATE, template):
            msg = f"The launch-template ID '{template}' does not exist"
            raise AbsentError(msg)
        latest = account.ask(
            "ec2",
            "describe_launch_template_versions",
            LaunchTemplateId=template,
            Versions=["$Latest"],
        )["LaunchTemplateVersions"]
        # moto does not take the rest from SourceVersion.
        made = account.ask(
            "ec2",
            "create_launch_template_version",
            LaunchTemplateId=template,
            VersionDescription=_MADE_BY,
            LaunchTemplateData={**latest[0]["LaunchTemplateData"], "ImageId": ami_id},
        )
        if set_default:
            account.ask(
                "ec2",
                "modify_launch_template",
                LaunchTemplateId=template,
                DefaultVersion=str(made["LaunchTemplateVersion"]["VersionNumber"]),
            )

    _entrust(world, place, f"EC2: new version of {template} in {place.region}", add_version)


def tell_of_parameter(
    world: World, place: Place, name: str, value: str, *, data_type: str = "text"
) -> None:
    """Create or overwrite a parameter; an existing one keeps its description."""

    def put(account: Account) -> None:
        is_new = account.finds("ssm", "get_parameter", Name=name) is None
        account.ask(
            "ssm",
            "put_parameter",
            Name=name,
            Value=value,
            Type="String",
            DataType=data_type,
            Overwrite=True,
            **({"Description": _MADE_BY} if is_new else {}),
        )

    _entrust(world, place, f"SSM: put {name} in {place.region}", put)


_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
_CONFIG = "application/vnd.docker.container.image.v1+json"
_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


def tell_of_container_image(
    world: World, place: Place, repository: str, tags: Sequence[str], *, content: str
) -> None:
    """Push a container image; ``content``, as the image's ARN, makes its digest."""
    # In Docker's form; the layers are made up, and as different as the contents.
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": {"mediaType": _CONFIG, **_blob(f"config of {content}")},
        "layers": [{"mediaType": _LAYER, **_blob(f"layer of {content}")}],
    }

    def push(account: Account) -> None:
        for tag in tags:
            account.ask(
                "ecr",
                "put_image",
                repositoryName=repository,
                imageManifest=json.dumps(manifest),
                imageManifestMediaType=_MANIFEST,
                imageTag=tag,
            )

    subject = f"ECR: push {repository}:{','.join(tags)} in {place.region}"
    _entrust(world, place, subject, push)


def _blob(content: str) -> dict[str, object]:
    digest = hashlib.sha256(content.encode()).hexdigest()
    return {"size": len(content), "digest": f"sha256:{digest}"}


def tell_bucket(world: World, place: Place, uri: S3Uri, body: bytes) -> None:
    """Write a log, or an exported disk, to a bucket."""
    _tell(
        world,
        place,
        f"S3: write {uri}",
        lambda account: account.ask("s3", "put_object", Bucket=uri.bucket, Key=uri.key, Body=body),
    )


def tell_of_log_group(world: World, place: Place, name: str) -> None:
    """Create a log group before anything is written to it."""

    def create(account: Account) -> None:
        _make(account, "create_log_group", logGroupName=name)

    _tell(world, place, f"CloudWatch Logs: create {name}", create)


def tell(world: World, event: Event) -> None:
    """Pass an event on to the service that it is for."""
    pass_on = _TELL.get(event.destination)
    if pass_on is not None and is_anybody_there(world):
        pass_on(world, Place(event.account_id, event.region), event)


def _tell_topic(world: World, place: Place, event: Event) -> None:
    """Publish to a topic, in its own Region and account."""
    del place
    _, _, _, region, account_id, _ = event.name.split(":", 5)
    message = json.dumps(event.body, default=str, indent=2)
    _tell(
        world,
        Place(account_id, region),
        f"SNS: publish to {event.name}",
        lambda account: account.ask("sns", "publish", TopicArn=event.name, Message=message),
    )


def _tell_event_bus(world: World, place: Place, event: Event) -> None:
    """Put an event on the default bus, if anybody can have made a rule there."""

    def put(account: Account) -> None:
        entry = {
            "Source": event.body["source"],
            "DetailType": event.name,
            "Detail": json.dumps(event.body["detail"]),
            "Resources": event.body["resources"],
            "Time": event.time,
        }
        answer = account.ask("events", "put_events", Entries=[entry])
        if answer.get("FailedEntryCount"):
            # As emulators do that keep AWS's rule that aws.* events come from AWS alone.
            refusal = answer["Entries"][0].get("ErrorMessage")
            raise account.no_answer(f"{account.around.name} takes no events of AWS's: {refusal}")

    account = account_at(world, place)
    if account is not None and account.around.may_have("events"):
        _tell(world, place, f"EventBridge: {event.name} in {place.region}", put)


def _tell_log_group(world: World, place: Place, event: Event) -> None:
    """Add a line to a stream; the lines of one change are written together."""
    stream = {"logGroupName": event.name, "logStreamName": str(event.body["logStreamName"])}

    def write(account: Account, lines: list[dict[str, Any]]) -> None:
        _make(account, "create_log_group", logGroupName=event.name)
        _make(account, "create_log_stream", **stream)
        lines = [_taken(line, world.clock.process_time()) for line in lines]
        lines.sort(key=lambda line: line["timestamp"])
        answer = account.ask("logs", "put_log_events", **stream, logEvents=lines)
        # It says within a 200 which lines it does not keep.
        refused = answer.get("rejectedLogEventsInfo")
        if refused:
            msg = f"some of {len(lines)} lines are rejected: {json.dumps(refused)}"
            raise NeighbourError(msg)

    world.outbox.gather(
        (place, *stream.values()),
        {"timestamp": _milliseconds(event.time), "message": event.body["message"]},
        f"CloudWatch Logs: write to {event.name} {stream['logStreamName']}",
        lambda lines: _deliver(world, place, lambda account: write(account, lines)),
    )


# CloudWatch Logs takes no line that is older, or further ahead (PutLogEvents); its clock and ours
# may differ a little.
_OLDEST, _FURTHEST = timedelta(days=14, minutes=-1), timedelta(hours=2, minutes=-1)


def _taken(line: Mapping[str, Any], real: datetime) -> dict[str, Any]:
    """A line at its own time, or the nearest that CloudWatch Logs takes in real time.

    So lines stay in their order, however far a test has moved the mock's clock.
    """
    bounds = (_milliseconds(real - _OLDEST), _milliseconds(real + _FURTHEST))
    return {**line, "timestamp": min(max(line["timestamp"], bounds[0]), bounds[1])}


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _make(account: Account, operation: str, **params: str) -> None:
    try:
        account.ask("logs", operation, **params)
    except NeighbourError as error:
        if "already exists" not in str(error):
            raise


def _tell_of_log(world: World, place: Place, event: Event) -> None:
    uri = S3Uri(event.name, str(event.body["key"]))
    tell_bucket(world, place, uri, "\n".join(event.body["lines"]).encode())


# Not Lambda: moto runs functions in containers, which nothing here starts.
_TELL: Mapping[Destination, Callable[[World, Place, Event], None]] = {
    "EventBridge": _tell_event_bus,
    "SNS": _tell_topic,
    "CloudWatchLogs": _tell_log_group,
    "S3": _tell_of_log,
}


def _entrust(world: World, place: Place, subject: str, do: Callable[[Account], object]) -> None:
    if is_anybody_there(world):
        world.outbox.entrust(Message(subject, lambda: _deliver(world, place, do)))


def _tell(world: World, place: Place, subject: str, do: Callable[[Account], object]) -> None:
    if is_anybody_there(world):
        world.outbox.put(Message(subject, lambda: _deliver(world, place, do)))


def _deliver(world: World, place: Place, do: Callable[[Account], object]) -> None:
    account = account_at(world, place)
    # moto may have been switched off meanwhile.
    if account is None:
        return
    try:
        do(account)
    except NobodyToAskError as error:
        if not error.is_logged:
            raise
