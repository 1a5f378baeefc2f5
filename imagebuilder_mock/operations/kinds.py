"""Get, list, delete and resource policies: one function each, and one row for each kind.

A row makes the operations that are named after its class: ``GetImageRecipe``,
``ListImageRecipes``, ``DeleteImageRecipe``, ``GetImageRecipePolicy``, ``PutImageRecipePolicy``.
Their parameters and answers are named after it too: ``imageRecipeArn``, ``imageRecipe``.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.errors import invalid_value
from imagebuilder_mock.domain.records import Record
from imagebuilder_mock.domain.resource_policies import NO_POLICY, accounts_allowed
from imagebuilder_mock.domain.resources.base import Resource
from imagebuilder_mock.domain.resources.components import Component
from imagebuilder_mock.domain.resources.configurations import (
    DistributionConfiguration,
    InfrastructureConfiguration,
)
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.lifecycle import LifecyclePolicy
from imagebuilder_mock.domain.resources.pipelines import ImagePipeline
from imagebuilder_mock.domain.resources.recipes import ContainerRecipe, ImageRecipe
from imagebuilder_mock.domain.resources.workflows import Workflow
from imagebuilder_mock.domain.versions import latest_version_references

from .handler import HANDLERS
from .listing import by, listed, owned_by

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from typing import TypeAlias

    from .handler import Context, Result

    Params: TypeAlias = Mapping[str, str]

R = TypeVar("R", bound=Resource)


class Kind(Record, Generic[R]):
    """A kind of resource, and the operations that are the same as those of other kinds."""

    cls: type[R]
    questions: Mapping[str, Callable[[Kind[Any], Context, Any], Result]]
    """By the operation's name, with the kind's in the place of ``{}``."""
    filters: Mapping[str, Callable[[Any], object]] | None = None
    """The filters of its list."""
    owners: Collection[str] | None = None
    """The owners whose resources can be listed; None for all owners."""
    entries: str = "SummaryList"
    """How the member with the list's entries ends: ``imagePipelineList``."""

    @property
    def arn(self) -> str:
        """The parameter that names one."""
        return f"{self.cls.member()}{'BuildVersion' if self.cls.has_builds else ''}Arn"


def get(kind: Kind[R], ctx: Context, params: Params) -> Result:
    return {kind.cls.member(): ctx.own(kind.cls, params[kind.arn])}


def get_version(kind: Kind[R], ctx: Context, params: Params) -> Result:
    """A wildcard means the newest."""
    resource = ctx.get(kind.cls, params[kind.arn], parameter=kind.arn)
    references = latest_version_references(resource.arn)
    return {kind.cls.member(): resource, "latestVersionReferences": references}


def list_summaries(kind: Kind[R], ctx: Context, params: Params) -> Result:
    owner = params.get("owner", "Self")
    if kind.owners is not None and owner not in kind.owners:
        plural = f"{kind.cls.kind.replace('-', ' ').capitalize()}s"
        raise invalid_value("owner", f"{plural} can be listed for {', '.join(kind.owners)}.")
    index, member = owned_by(ctx, owner).order(kind.cls), f"{kind.cls.member()}{kind.entries}"
    return listed(ctx, params, member, index, filters=kind.filters, scope=owner)


def delete(kind: Kind[R], ctx: Context, params: Params) -> Result:
    resource = ctx.own(kind.cls, params[kind.arn])
    ctx.remove(resource)
    return {kind.arn: resource.arn}


def delete_version(kind: Kind[R], ctx: Context, params: Params) -> Result:
    if Arn.parse(params[kind.arn]).is_wildcard:
        raise invalid_value(kind.arn, "A recipe is deleted by its exact version.")
    return delete(kind, ctx, params)


def get_policy(kind: Kind[R], ctx: Context, params: Params) -> Result:
    resource = ctx.own(kind.cls, params[f"{kind.cls.member()}Arn"])
    return {"policy": resource.policy or NO_POLICY}


def put_policy(kind: Kind[R], ctx: Context, params: Params) -> Result:
    parameter = f"{kind.cls.member()}Arn"
    resource, policy = ctx.own(kind.cls, params[parameter]), params["policy"]
    accounts = accounts_allowed(policy, arn=resource.arn, kind=kind.cls.kind)
    resource.policy = policy
    ctx.world.share(resource, accounts - {ctx.store.account})
    return {parameter: resource.arn}


_POLICY = {"Get{}Policy": get_policy, "Put{}Policy": put_policy}
_CONFIGURATION = {"Get{}": get, "List{}s": list_summaries, "Delete{}": delete}
_RECIPE = {"Get{}": get_version, "List{}s": list_summaries, "Delete{}": delete_version, **_POLICY}

KINDS = (
    Kind(Component, {"Get{}": get_version, "Delete{}": delete, **_POLICY}),
    Kind(
        ContainerRecipe,
        _RECIPE,
        filters=by("containerType", "name", "parentImage", "platform"),
        owners=("Self", "Shared", "Amazon"),
    ),
    Kind(DistributionConfiguration, _CONFIGURATION, filters=by("name")),
    Kind(Image, _POLICY),
    Kind(
        ImagePipeline,
        {"Get{}": get, "List{}s": list_summaries},
        filters=by(
            "description",
            "distributionConfigurationArn",
            "imageRecipeArn",
            "infrastructureConfigurationArn",
            "name",
            "status",
        ),
        entries="List",
    ),
    Kind(ImageRecipe, _RECIPE, filters=by("name", "parentImage", "platform")),
    Kind(InfrastructureConfiguration, _CONFIGURATION, filters=by("name")),
    Kind(
        LifecyclePolicy,
        {"Get{}": get, "ListLifecyclePolicies": list_summaries},
        filters=by("name", "resourceType", "status"),
    ),
    Kind(Workflow, {"Get{}": get_version, "Delete{}": delete}),
)
"""What is asked in another way is a function in the module of its resource."""

for _kind in KINDS:
    for _name, _question in _kind.questions.items():
        HANDLERS[_name.format(_kind.cls.label)] = partial(_question, _kind)
