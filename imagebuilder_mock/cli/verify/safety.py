"""What may be asked of an account: nothing that costs, even if the service accepts it all.

Nothing is built, imported, shared or distributed, and what was there before is neither changed nor
deleted. What is not in the table is refused.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])")
_READING = ("Get", "List")
_PRINCIPAL = "principal"


class UnsafeCallError(Exception):
    """A request that must not be sent: an error of the table of claims."""


def refuse_unsafe(
    operation: str,
    params: Mapping[str, Any],
    *,
    run: str,
    account: str | None,
) -> None:
    """UnsafeCallError unless the request can do no harm.

    ``run`` is the prefix of the run's names, ``account`` the caller's, where it is known.
    """
    if operation.startswith(_READING):
        return
    rules = _RULES.get(operation)
    if rules is None:
        raise UnsafeCallError(f"{operation} is never called.")
    facts = _Facts(operation, params, run, account)
    for rule in (*rules, _names_no_other_account):
        rule(facts)


@dataclass(frozen=True, slots=True)
class _Facts:
    """A request, and whose it is."""

    operation: str
    params: Mapping[str, Any]
    run: str
    account: str | None

    def refuse(self, reason: str) -> None:
        raise UnsafeCallError(f"{self.operation} is not called: {reason}.")


def _is_named_by_the_run(facts: _Facts) -> None:
    if not str(facts.params.get("name")).startswith(facts.run):
        facts.refuse("the name is not one of the run's")


def _is_disabled(facts: _Facts) -> None:
    if facts.params.get("status") != "DISABLED":
        facts.refuse("the status is not DISABLED")


def _selects_only_the_run(facts: _Facts) -> None:
    selection = facts.params.get("resourceSelection")
    if not isinstance(selection, dict) or not set(selection) <= {"tagMap", "recipes"}:
        facts.refuse("it is not said what is selected")
        return
    tags, recipes = selection.get("tagMap", {}), selection.get("recipes", [])
    if not (tags or recipes):
        facts.refuse("it is not said what is selected")
    if any(facts.run not in key for key in tags):
        facts.refuse("a tag is not the run's")
    if any(facts.run not in str(recipe.get("name")) for recipe in recipes):
        facts.refuse("a recipe is not the run's")


def _reads_nothing_of_others(facts: _Facts) -> None:
    for member in ("uri", "dockerfileTemplateUri"):
        if member in facts.params and facts.run not in str(facts.params[member]):
            facts.refuse(f"{member} is not the run's")


def _is_about(member: str) -> Callable[[_Facts], None]:
    def rule(facts: _Facts) -> None:
        target = facts.params.get(member)
        if not isinstance(target, str) or f"/{facts.run}" not in target:
            facts.refuse(f"{member} is nothing of the run's")

    return rule


def _shares_with_nobody(facts: _Facts) -> None:
    """A policy that is no JSON shares nothing, whoever accepts it."""
    if facts.account is None:
        facts.refuse("the account is not known")
    try:
        policy = json.loads(str(facts.params.get("policy")))
    except ValueError:
        return
    if "notprincipal" in json.dumps(policy).casefold():
        facts.refuse("a policy is about all but somebody")
    for principal in _principals(policy):
        if not re.fullmatch(rf"{facts.account}|arn:[\w-]+:iam::{facts.account}:root", principal):
            facts.refuse("a principal is not the caller's own account")


def _names_no_other_account(facts: _Facts) -> None:
    for text in _texts(facts.params):
        for account in _ACCOUNT.findall(text):
            if account != facts.account:
                facts.refuse(f"it names the account {account}")


_CREATES = (_is_named_by_the_run, _reads_nothing_of_others)
_RULES: Mapping[str, tuple[Callable[[_Facts], None], ...]] = {
    "CreateComponent": _CREATES,
    "CreateContainerRecipe": _CREATES,
    "CreateDistributionConfiguration": _CREATES,
    "CreateImagePipeline": (*_CREATES, _is_disabled),
    "CreateImageRecipe": _CREATES,
    "CreateInfrastructureConfiguration": _CREATES,
    "CreateLifecyclePolicy": (*_CREATES, _is_disabled, _selects_only_the_run),
    "CreateWorkflow": _CREATES,
    "DeleteComponent": (_is_about("componentBuildVersionArn"),),
    "DeleteContainerRecipe": (_is_about("containerRecipeArn"),),
    "DeleteDistributionConfiguration": (_is_about("distributionConfigurationArn"),),
    "DeleteImage": (_is_about("imageBuildVersionArn"),),
    "DeleteImagePipeline": (_is_about("imagePipelineArn"),),
    "DeleteImageRecipe": (_is_about("imageRecipeArn"),),
    "DeleteInfrastructureConfiguration": (_is_about("infrastructureConfigurationArn"),),
    "DeleteLifecyclePolicy": (_is_about("lifecyclePolicyArn"),),
    "DeleteWorkflow": (_is_about("workflowBuildVersionArn"),),
    "PutComponentPolicy": (_is_about("componentArn"), _shares_with_nobody),
    "TagResource": (_is_about("resourceArn"),),
    "UntagResource": (_is_about("resourceArn"),),
    "UpdateDistributionConfiguration": (_is_about("distributionConfigurationArn"),),
    "UpdateImagePipeline": (_is_about("imagePipelineArn"), _is_disabled),
    "UpdateInfrastructureConfiguration": (_is_about("infrastructureConfigurationArn"),),
    "UpdateLifecyclePolicy": (
        _is_about("lifecyclePolicyArn"),
        _is_disabled,
        _selects_only_the_run,
    ),
}
"""The operations that change something and may be called, with what has to hold for each."""


def operations_that_change() -> list[str]:
    """What a run may call beside the operations that only read."""
    return sorted(_RULES)


def _principals(policy: object) -> Iterator[str]:
    """Every principal at any depth; what is no list or mapping is one itself."""
    if isinstance(policy, list):
        for item in policy:
            yield from _principals(item)
    elif isinstance(policy, dict):
        for name, item in policy.items():
            if name.casefold() == _PRINCIPAL:
                yield from _leaves(item)
            else:
                yield from _principals(item)


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield str(value)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
