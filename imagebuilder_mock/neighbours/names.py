"""Names of other services' resources: a row for each question whether a thing exists.

Beside moto a name that is missing is taken too as long as the test has made nothing of the service
there: then it stands for something that the test is not about.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from imagebuilder_mock.domain.records import Value

from .account import Account, NeighbourError, NobodyToAskError, account_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from imagebuilder_mock.world.world import World

    from .account import Place

T = TypeVar("T")


class Question(Value):
    """Whether there is a thing of a kind."""

    kind: str
    service: str
    operation: str
    parameter: str
    """It takes the name."""
    listed: str = ""
    """Where the answer has what it found, of an operation that takes names in a list."""
    refusal: str = "The provided {kind} does not exist: '{name}'."
    """Why a request that names a missing one is refused."""
    failure: str = ""
    """Why a build fails that needs a missing one."""
    asked_for: Callable[[str], str] = str
    """The name as the operation takes it."""
    is_it: Callable[[str, Mapping[str, Any]], bool] = lambda _name, _found: True
    """Whether what was found is what the name means."""


def name_of_role(role: str) -> str:
    return role.rpartition("/")[2]


def _is_role(role: str, found: Mapping[str, Any]) -> bool:
    return not role.startswith("arn:") or bool(found["Role"]["Arn"] == role)


BUCKET = Question(
    "bucket",
    "s3",
    "head_bucket",
    "Bucket",
    failure="EC2 Client Error: 'The specified bucket does not exist'",
)
INSTANCE_PROFILE = Question(
    "instance profile",
    "iam",
    "get_instance_profile",
    "InstanceProfileName",
    # Seen: aws-cdk#11441.
    refusal="The provided {kind} does not exist. Please specify a different {kind} and try again.",
)
KEY = Question("KMS key", "kms", "describe_key", "KeyId")
KEY_PAIR = Question("key pair", "ec2", "describe_key_pairs", "KeyNames", "KeyPairs")
LAUNCH_TEMPLATE = Question(
    "launch template",
    "ec2",
    "describe_launch_templates",
    "LaunchTemplateIds",
    "LaunchTemplates",
    # The user guide's words (image-failure-context).
    failure="EC2 Client Error: 'The launch-template ID '{name}' does not exist'",
)
REPOSITORY = Question(
    "ECR repository",
    "ecr",
    "describe_repositories",
    "repositoryNames",
    "repositories",
    failure="The repository with name '{name}' does not exist in the registry with id '{account}'",
)
# By its name or its ARN; another account's cannot be passed.
ROLE = Question(
    "role",
    "iam",
    "get_role",
    "RoleName",
    # Seen: terraform-provider-aws, lifecycle_policy.go.
    refusal="The provided {kind} does not exist or does not have sufficient permissions.",
    failure="EC2 Client Error: 'The service role {name} provided does not exist or does not have "
    "sufficient permissions'",
    asked_for=name_of_role,
    is_it=_is_role,
)
SECURITY_GROUP = Question(
    "security group", "ec2", "describe_security_groups", "GroupIds", "SecurityGroups"
)
SUBNET = Question("subnet", "ec2", "describe_subnets", "SubnetIds", "Subnets")
TOPIC = Question("SNS topic", "sns", "get_topic_attributes", "TopicArn")


def looked_up(
    world: World, place: Place, service: str, look: Callable[[Account], T | None], *, unknown: T
) -> T | None:
    """What ``look`` finds in a service; None if it finds nothing, and the name counts as wrong.

    The answer is ``unknown`` where nobody can tell, or where any name is taken.
    """
    account, is_strict = account_at(world, place), world.settings.neighbours == "strict"
    if account is not None:
        with suppress(NeighbourError):
            found = look(account)
            if found or is_strict or not _takes_missing(account, service):
                return found
    return None if is_strict else unknown


def can_take(world: World, place: Place, question: Question, name: str) -> bool:
    """Whether a name can be taken: the thing exists, or nobody looks it up."""
    look = partial(is_there, question=question, name=name)
    return bool(looked_up(world, place, question.service, look, unknown=True))


def failure_without(world: World, place: Place, question: Question, name: str) -> str | None:
    """Why a build fails that needs the named thing, or None."""
    if can_take(world, place, question, name):
        return None
    return question.failure.format(name=name, account=place.account)


def failure_with_tag(world: World, place: Place, repository: str, tag: str) -> str | None:
    """Why a container image cannot have a tag, which an immutable repository has already."""
    account = account_at(world, place)
    if account is None:
        return None
    image = {"repositoryName": repository, "imageIds": [{"imageTag": tag}]}
    try:
        is_taken = _is_immutable(account, repository) and account.finds(
            "ecr", "describe_images", **image
        )
    except NeighbourError:
        return None
    if not is_taken:
        return None
    return (
        f"The image tag '{tag}' already exists in the '{repository}' repository and cannot be "
        "overwritten because the repository is immutable."
    )


def _is_immutable(account: Account, repository: str) -> bool:
    found = account.finds("ecr", "describe_repositories", repositoryNames=[repository])
    return bool(found) and found["repositories"][0].get("imageTagMutability") == "IMMUTABLE"


def _takes_missing(account: Account, service: str) -> bool:
    if account.around.is_the_whole_cloud:
        return False
    return not account.around.may_have(service) or not any(
        _has_made(account, service, listing) for listing in MADE[service]
    )


def is_there(account: Account, question: Question, name: str) -> bool:
    """Whether the service has it; a NeighbourError if that cannot be told."""
    asked: object = question.asked_for(name)
    found = account.finds(
        question.service,
        question.operation,
        **{question.parameter: [asked] if question.listed else asked},
    )
    if found is None or (question.listed and not found[question.listed]):
        return False
    return question.is_it(name, found)


class Listing(Value):
    """Where to see whether a test has made something of a kind."""

    operation: str
    member: str
    is_given: Callable[[Account, Mapping[str, Any]], object] = lambda _account, _each: False
    """Whether it has been there from the start, or a build has made it."""
    params: Mapping[str, Any] = {}


OUTPUT_TAG = "Ec2ImageBuilderArn"
"""The tag by which an output AMI of Image Builder is known (user guide, tag-resources)."""


def _is_output(_: Account, ami: Mapping[str, Any]) -> bool:
    return any(tag["Key"] == OUTPUT_TAG for tag in ami.get("Tags", ()))


def _is_of_aws(account: Account, key: Mapping[str, Any]) -> bool:
    return any(
        alias.get("TargetKeyId") == key["KeyId"] and alias["AliasName"].startswith("alias/aws/")
        for alias in account.ask("kms", "list_aliases")["Aliases"]
    )


MADE: Mapping[str, Sequence[Listing]] = {
    "ec2": (
        Listing("describe_vpcs", "Vpcs", lambda _, each: each["IsDefault"]),
        Listing("describe_subnets", "Subnets", lambda _, each: each["DefaultForAz"]),
        Listing(
            "describe_security_groups",
            "SecurityGroups",
            lambda _, each: each["GroupName"] == "default",
        ),
        Listing("describe_launch_templates", "LaunchTemplates"),
        Listing("describe_key_pairs", "KeyPairs"),
        Listing("describe_instances", "Reservations"),
        Listing("describe_images", "Images", _is_output, {"Owners": ["self"]}),
    ),
    "ecr": (Listing("describe_repositories", "repositories"),),
    "iam": (
        Listing("list_roles", "Roles"),
        Listing("list_instance_profiles", "InstanceProfiles"),
    ),
    "kms": (Listing("list_keys", "Keys", _is_of_aws),),
    "s3": (Listing("list_buckets", "Buckets"),),
    "sns": (Listing("list_topics", "Topics"),),
}


def _has_made(account: Account, service: str, listing: Listing) -> bool:
    try:
        found = account.ask(service, listing.operation, **listing.params)[listing.member]
        return not all(listing.is_given(account, each) for each in found)
    except NobodyToAskError:
        return False
