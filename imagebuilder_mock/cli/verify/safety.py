"""What may be asked of an account: nothing that costs, even if the service accepts it all.

Nothing is built, imported, shared or distributed, and what was there before is neither changed nor
deleted. An operation that changes something and is not in the table is refused.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.cli.capture.masking import ACCOUNT_ID

from .claim import texts_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TARGETS = {
    "CreateComponent": "name",
    "CreateContainerRecipe": "name",
    "CreateDistributionConfiguration": "name",
    "CreateImagePipeline": "name",
    "CreateImageRecipe": "name",
    "CreateInfrastructureConfiguration": "name",
    "CreateLifecyclePolicy": "name",
    "CreateWorkflow": "name",
    "DeleteComponent": "componentBuildVersionArn",
    "DeleteContainerRecipe": "containerRecipeArn",
    "DeleteDistributionConfiguration": "distributionConfigurationArn",
    "DeleteImage": "imageBuildVersionArn",
    "DeleteImagePipeline": "imagePipelineArn",
    "DeleteImageRecipe": "imageRecipeArn",
    "DeleteInfrastructureConfiguration": "infrastructureConfigurationArn",
    "DeleteLifecyclePolicy": "lifecyclePolicyArn",
    "DeleteWorkflow": "workflowBuildVersionArn",
    "PutComponentPolicy": "componentArn",
    "TagResource": "resourceArn",
    "UntagResource": "resourceArn",
    "UpdateDistributionConfiguration": "distributionConfigurationArn",
    "UpdateImagePipeline": "imagePipelineArn",
    "UpdateInfrastructureConfiguration": "infrastructureConfigurationArn",
    "UpdateLifecyclePolicy": "lifecyclePolicyArn",
}
"""The operations that change something and may be called, with the parameter that says what they
change: it has to be the run's own."""

_POLICY = frozenset(("CreateLifecyclePolicy", "UpdateLifecyclePolicy"))
_DISABLED = _POLICY | {"CreateImagePipeline", "UpdateImagePipeline"}
_STATEMENT = frozenset(("Effect", "Principal", "Action", "Resource", "Condition"))


class UnsafeCallError(Exception):
    """A request that must not be sent: an error in the claims."""


def is_reading(operation: str) -> bool:
    return operation.startswith(("Get", "List"))


def refuse_unsafe(
    operation: str, params: Mapping[str, Any], *, run: str, account: str | None
) -> None:
    """UnsafeCallError unless the request can do no harm.

    ``run`` is the prefix of the run's names; ``account`` is the caller's, or None if it is not
    known yet.
    """
    if is_reading(operation):
        return
    if operation not in TARGETS:
        raise UnsafeCallError(f"{operation} is never called.")
    for reason in _reasons(operation, params, run, account):
        raise UnsafeCallError(f"{operation} is not called: {reason}.")


def _reasons(
    operation: str, params: Mapping[str, Any], run: str, account: str | None
) -> Iterator[str]:
    member = TARGETS[operation]
    target = str(params.get(member))
    if not (target.startswith(run) if member == "name" else f"/{run}" in target):
        yield f"{member} is not the run's"
    for uri in ("uri", "dockerfileTemplateUri"):
        if run not in str(params.get(uri, run)):
            yield f"{uri} is not the run's"
    if operation in _DISABLED and params.get("status") != "DISABLED":
        yield "the status is not DISABLED"
    if operation in _POLICY:
        yield from _selection(params.get("resourceSelection"), run)
    if operation == "PutComponentPolicy" and not _is_harmless(params.get("policy"), account):
        yield "the policy does more than name the caller's own account as principal"
    for text in texts_in(params):
        for named in ACCOUNT_ID.findall(text):
            if named != account:
                yield f"it names the account {named}"


def _selection(selection: Any, run: str) -> Iterator[str]:
    if not isinstance(selection, dict) or not set(selection) <= {"tagMap", "recipes"}:
        yield "it is not said what is selected"
        return
    tags, recipes = selection.get("tagMap", {}), selection.get("recipes", [])
    if not (tags or recipes):
        yield "it is not said what is selected"
    if any(run not in key for key in tags):
        yield "a tag is not the run's"
    if any(run not in str(recipe.get("name")) for recipe in recipes):
        yield "a recipe is not the run's"


def _is_harmless(text: Any, account: str | None) -> bool:
    """Whether a resource policy shares nothing: text that is not JSON does not either."""
    if account is None:
        return False
    try:
        policy = json.loads(str(text))
    except ValueError:
        return True
    return (
        isinstance(policy, dict)
        and policy.keys() == {"Version", "Statement"}
        and isinstance(policy["Statement"], list)
        and all(
            isinstance(statement, dict)
            and statement.keys() <= _STATEMENT
            and statement.get("Principal") == {"AWS": [account]}
            for statement in policy["Statement"]
        )
    )
