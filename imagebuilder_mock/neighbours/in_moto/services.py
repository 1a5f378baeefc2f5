"""The smaller services in moto, and all of them as an account sees them."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.neighbours.ports import (
    SOURCE,
    AbsentError,
    NeighbourError,
    Neighbours,
    Parameter,
)

from .account import MotoAccount
from .ec2 import MotoEc2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from imagebuilder_mock.neighbours.ports import Event, LogLine, OutputParameter, S3Uri


@lru_cache(maxsize=1024)
def neighbours_in_moto(account: str, region: str, *, is_strict: bool) -> Neighbours:
    """They keep nothing of their own, so that one of each serves as long as the process."""
    moto = MotoAccount(account, region, is_strict=is_strict)
    return Neighbours(
        ec2=MotoEc2(moto),
        ecr=MotoEcr(moto),
        event_bridge=MotoEventBridge(moto),
        iam=MotoIam(moto),
        kms=MotoKms(moto),
        logs=MotoCloudWatchLogs(moto),
        s3=MotoS3(moto),
        sns=MotoSns(moto),
        ssm=MotoSsm(moto),
        are_there=True,
    )


_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
_CONFIG = "application/vnd.docker.container.image.v1+json"
_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


class MotoEcr:
    def __init__(self, moto: MotoAccount) -> None:
        self._moto = moto

    def has_repository(self, name: str) -> bool:
        return self._moto.can_take(
            "ecr",
            lambda: self._moto.finds("ecr", "describe_repositories", repositoryNames=[name]),
            _repositories,
        )

    def put_image(self, repository: str, tags: Iterable[str], *, content: str) -> None:
        manifest = _manifest(content)
        for tag in tags:
            self._moto.ask(
                "ecr",
                "put_image",
                repositoryName=repository,
                imageManifest=manifest,
                imageManifestMediaType=_MANIFEST,
                imageTag=tag,
            )

    def delete_image(self, repository: str, tag: str) -> bool:
        try:
            found = self._moto.ask(
                "ecr",
                "batch_delete_image",
                repositoryName=repository,
                imageIds=[{"imageTag": tag}],
            )
        except AbsentError:
            return False
        return bool(found["imageIds"])


def _manifest(content: str) -> str:
    """A manifest in Docker's form; its layers are made up, and as different as the contents."""
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": {"mediaType": _CONFIG, **_blob(f"config of {content}")},
            "layers": [{"mediaType": _LAYER, **_blob(f"layer of {content}")}],
        }
    )


def _blob(content: str) -> dict[str, object]:
    digest = hashlib.sha256(content.encode()).hexdigest()
    return {"size": len(content), "digest": f"sha256:{digest}"}


def _repositories(moto: MotoAccount) -> object:
    return moto.ask("ecr", "describe_repositories")["repositories"]


class MotoEventBridge:
    def __init__(self, moto: MotoAccount) -> None:
        self._moto = moto

    def put_event(self, event: Event) -> None:
        answer = self._moto.ask(
            "events",
            "put_events",
            Entries=[
                {
                    "Source": SOURCE,
                    "DetailType": event.detail_type,
                    "Detail": json.dumps(event.detail),
                    "Resources": list(event.resources),
                    "Time": event.time,
                }
            ],
        )
        if answer.get("FailedEntryCount"):
            raise NeighbourError(str(answer["Entries"][0].get("ErrorMessage")))


# China's partition has a suffix of its own.
_US = frozenset(("imagebuilder.amazonaws.com", "imagebuilder.amazonaws.com.cn"))
_ASSUMING = frozenset(("*", "sts:*", "sts:AssumeRole"))


class MotoIam:
    """Profiles and roles; once the test has made one of either, both are looked up."""

    def __init__(self, moto: MotoAccount) -> None:
        self._moto = moto

    def has_instance_profile(self, name: str) -> bool:
        return self._can_take(
            lambda: self._moto.finds("iam", "get_instance_profile", InstanceProfileName=name)
        )

    def has_role(self, role: str) -> bool:
        return self._can_take(lambda: self._is_own_role(role))

    def trusts_us(self, role: str) -> bool:
        """A trust policy without statements stands for one that the test is not about."""
        found = self._role(role)
        trust = {} if found is None else found["AssumeRolePolicyDocument"]
        statements = _several(trust.get("Statement") if isinstance(trust, dict) else None)
        return not statements or any(map(_lets_us_assume, statements))

    def _is_own_role(self, role: str) -> bool:
        found = self._role(role)
        return found is not None and (not role.startswith("arn:") or found["Arn"] == role)

    def _role(self, role: str) -> Any:
        found = self._moto.finds("iam", "get_role", RoleName=role.rpartition("/")[2])
        return None if found is None else found["Role"]

    def _can_take(self, is_there: Callable[[], object]) -> bool:
        return self._moto.can_take("iam", is_there, _roles, _instance_profiles)


def _roles(moto: MotoAccount) -> object:
    return moto.ask("iam", "list_roles", MaxItems=1)["Roles"]


def _instance_profiles(moto: MotoAccount) -> object:
    return moto.ask("iam", "list_instance_profiles", MaxItems=1)["InstanceProfiles"]


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


_OF_AWS = "alias/aws/"


class MotoKms:
    """Once the test has made a key, all are looked up; those that AWS manages do not count."""

    def __init__(self, moto: MotoAccount) -> None:
        self._moto = moto

    def has_key(self, key: str) -> bool:
        return self._moto.can_take(
            "kms", lambda: self._moto.finds("kms", "describe_key", KeyId=key), _keys
        )


def _keys(moto: MotoAccount) -> object:
    aliases = moto.ask("kms", "list_aliases")["Aliases"]
    managed = {
        alias.get("TargetKeyId") for alias in aliases if alias["AliasName"].startswith(_OF_AWS)
    }
    found = moto.ask("kms", "list_keys")["Keys"]
    return [key for key in found if key["KeyId"] not in managed]


class MotoCloudWatchLogs:
    def __init__(self, moto: MotoAccount) -> None:
        self._moto = moto

    def write(self, group: str, stream: str, lines: Sequence[LogLine]) -> None:
        self._make("create_log_group", logGroupName=group)
        self._make("create_log_stream", logGroupName=group, logStreamName=stream)
        events = [
            {"timestamp": _milliseconds(line), "message": line.text}
            for line in sorted(lines, key=lambda line: line.time)
        ]
        if events:
            self._moto.ask(
                "logs",
                "put_log_events",
                logGroupName=group,
                logStreamName=stream,
                logEvents=events,
            )

    def _make(self, operation: str, **params: str) -> None:
        try:
            self._moto.ask("logs", operation, **params)
        except NeighbourError as error:
            if "already exists" not in str(error):
                raise


def _milliseconds(line: LogLine) -> int:
    return int(line.time.timestamp() * 1000)


class MotoS3:
    def __init__(self, moto: MotoAccount) -> None:
        self._moto = moto

    def has_bucket(self, name: str) -> bool:
        return self._moto.can_take(
            "s3", lambda: self._moto.finds("s3", "head_bucket", Bucket=name), _buckets
        )

    def size(self, uri: S3Uri) -> int:
        found = self._moto.ask("s3", "head_object", Bucket=uri.bucket, Key=uri.key)
        return int(found["ContentLength"])

    def read(self, uri: S3Uri, *, limit: int | None) -> bytes:
        body = self._moto.ask("s3", "get_object", Bucket=uri.bucket, Key=uri.key)["Body"]
        return bytes(body.read(limit))

    def write(self, uri: S3Uri, body: bytes) -> None:
        self._moto.ask("s3", "put_object", Bucket=uri.bucket, Key=uri.key, Body=body)


def _buckets(moto: MotoAccount) -> object:
    return moto.ask("s3", "list_buckets")["Buckets"]


class MotoSns:
    def __init__(self, moto: MotoAccount) -> None:
        self._moto = moto

    def has_topic(self, arn: str) -> bool:
        return self._moto.can_take(
            "sns", lambda: self._moto.finds("sns", "get_topic_attributes", TopicArn=arn), _topics
        )

    def publish(self, arn: str, message: str) -> None:
        self._moto.ask("sns", "publish", TopicArn=arn, Message=message)


def _topics(moto: MotoAccount) -> object:
    return moto.ask("sns", "list_topics")["Topics"]


_PUBLIC = "/aws/service/"
"""What AWS publishes; moto has a copy of some."""


class MotoSsm:
    def __init__(self, moto: MotoAccount) -> None:
        self._moto = moto

    def parameter(self, name: str) -> Parameter | None:
        try:
            found = self._moto.ask("ssm", "get_parameter", Name=name, WithDecryption=True)
        except AbsentError:
            return Parameter() if name.startswith(_PUBLIC) else None
        except NeighbourError:
            return Parameter()
        return Parameter(str(found["Parameter"]["Value"]))

    def put_parameter(self, parameter: OutputParameter) -> None:
        """The description is for a new one: an existing one keeps its own."""
        is_new = self.parameter(parameter.name) is None
        self._moto.ask(
            "ssm",
            "put_parameter",
            Name=parameter.name,
            Value=parameter.value,
            Type="String",
            DataType=parameter.data_type,
            Overwrite=True,
            **({"Description": parameter.description} if is_new else {}),
        )
