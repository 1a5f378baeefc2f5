"""``mock.pipelines``: add a pipeline with everything that it needs."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.domain.arn import AMAZON, Arn
from imagebuilder_mock.domain.errors import ImageBuilderError, ResourceAlreadyExistsException
from imagebuilder_mock.domain.records import Value
from imagebuilder_mock.domain.resources.pipelines import ImagePipeline
from imagebuilder_mock.engines.builds.starting import NEWEST
from imagebuilder_mock.engines.pipelines.schedule import plan_next_run
from imagebuilder_mock.neighbours import names
from imagebuilder_mock.neighbours.account import NeighbourError, Place, account_at
from imagebuilder_mock.operations import HANDLERS, Context
from imagebuilder_mock.protocol.model import operation
from imagebuilder_mock.protocol.requests import check
from imagebuilder_mock.world.published import published

from .arguments import Face, check_region, check_truth, past, refuse_text, store_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World

_VERSION = "1.0.0"
_DOCUMENT = """\
schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: Install
        action: ExecuteBash
        inputs:
          commands: [dnf install -y nginx]
  - name: test
    steps:
      - name: Probe
        action: ExecuteBash
        inputs:
          commands: [nginx -t]
"""
_TEMPLATE = """\
FROM {{{ imagebuilder:parentImage }}}
{{{ imagebuilder:environments }}}
{{{ imagebuilder:components }}}
"""


class AddedPipeline(Value, kw_only=True):
    """The ARNs of a pipeline and of the resources that it uses."""

    name: str
    """The name that all of them have."""
    arn: str
    recipe_arn: str
    component_arn: str
    infrastructure_arn: str
    distribution_arn: str


class Pipelines(Face):
    """``mock.pipelines``. Each method takes effect at once."""

    __slots__ = ()

    @published(name="web", regions=["eu-west-1"], schedule="cron(0 3 * * ? *)")
    def add(
        self,
        *,
        name: str = "web",
        container: bool = False,
        regions: Sequence[str] = (),
        schedule: str | Mapping[str, str] | None = None,
        workflows: Sequence[str | Mapping[str, object]] = (),
        execution_role: str | None = None,
        created: datetime | None = None,
        region: str | None = None,
        account_id: str | None = None,
    ) -> AddedPipeline:
        """Add a pipeline with a component, a recipe and configurations, all of that name.

        It builds on Amazon Linux 2023, an AMI or with ``container`` a container image for the ECR
        repository of that name; the component installs nginx in its step ``Install`` and tests it
        in ``Probe``. The output goes to the pipeline's own Region and to ``regions``.

        ``schedule`` is a cron or rate expression, or a mapping as for CreateImagePipeline.
        ``workflows`` are ARNs, or mappings as for CreateImagePipeline; they run with
        ``execution_role``, by default a role of the pipeline's name. ``created`` is when all of it
        was made, by default now. Beside moto, missing repositories are made there, and a missing
        instance profile if it would be looked up.

        ValueError for what the service would refuse; then nothing is added.
        """
        refuse_text(regions=regions, workflows=workflows)
        check_truth(container=container)
        for each in regions:
            check_region(each, "regions")
        with self._world.lock:
            moment = past(self._world, created, "created")
            home = store_at(self._world, region=region, account_id=account_id)
            if workflows and execution_role is None:
                execution_role = name
            try:
                with self._world.all_or_nothing(home), self._world.clock.as_of(moment):
                    added = _Making(self._world, home, name, regions).pipeline(
                        container=container,
                        schedule=_as_sent(schedule, "scheduleExpression"),
                        workflows=[_as_sent(each, "workflowArn") for each in workflows],
                        executionRole=execution_role,
                    )
            except ImageBuilderError as error:
                is_taken = isinstance(error, ResourceAlreadyExistsException)
                hint = " Give another name=." if is_taken else ""
                msg = f"No pipeline {name!r} can be added: {error.message}{hint}"
                raise ValueError(msg) from None
            pipeline = home.get(ImagePipeline, added.arn)
            if pipeline is not None:
                plan_next_run(self._world, pipeline)
            return added


def _as_sent(value: str | Mapping[str, Any] | None, member: str) -> Mapping[str, Any] | None:
    """A member as the API takes it; a text stands for its main member."""
    return {member: value} if isinstance(value, str) else value


class _Making:
    """Makes a pipeline by the requests that a user would send, in their order."""

    def __init__(self, world: World, home: Store, name: str, regions: Sequence[str]) -> None:
        self._world = world
        self._home = home
        self._name = name
        self._regions = tuple(dict.fromkeys((home.region, *regions)))

    def pipeline(self, *, container: bool, **settings: object) -> AddedPipeline:
        component = self._create(
            "CreateComponent", semanticVersion=_VERSION, platform="Linux", data=_DOCUMENT
        )
        repository = {"service": "ECR", "repositoryName": self._name}
        if container:
            member, output = "containerDistributionConfiguration", {"targetRepository": repository}
            self._make_repositories()
            recipe = self._recipe(
                "CreateContainerRecipe",
                "amazon-linux-2023-x86-2023",
                component,
                containerType="DOCKER",
                dockerfileTemplateData=_TEMPLATE,
                targetRepository=repository,
            )
        else:
            member, output = "amiDistributionConfiguration", {}
            recipe = self._recipe("CreateImageRecipe", "amazon-linux-2023-x86", component)
        self._make_instance_profile()
        infrastructure = self._create(
            "CreateInfrastructureConfiguration", instanceProfileName=self._name
        )
        distribution = self._create(
            "CreateDistributionConfiguration",
            distributions=[{"region": region, member: output} for region in self._regions],
        )
        arn = self._create(
            "CreateImagePipeline",
            **{"containerRecipeArn" if container else "imageRecipeArn": recipe},
            infrastructureConfigurationArn=infrastructure,
            distributionConfigurationArn=distribution,
            **{member: value for member, value in settings.items() if value},
        )
        return AddedPipeline(
            name=self._name,
            arn=arn,
            recipe_arn=recipe,
            component_arn=component,
            infrastructure_arn=infrastructure,
            distribution_arn=distribution,
        )

    def _recipe(self, operation_name: str, base: str, component: str, **params: object) -> str:
        home = self._home
        return self._create(
            operation_name,
            semanticVersion=_VERSION,
            parentImage=str(Arn(home.partition, home.region, AMAZON, "image", base, NEWEST)),
            components=[{"componentArn": component}],
            **params,
        )

    def _make_instance_profile(self) -> None:
        """Make the instance profile in the IAM beside the mock, if it would be looked up there.

        If it were always made, roles would be looked up from then on too.
        """
        place = Place(self._home.account, self._home.region)
        account = account_at(self._world, place)
        if account is not None and not names.can_take(
            self._world, place, names.INSTANCE_PROFILE, self._name
        ):
            account.ask("iam", "create_instance_profile", InstanceProfileName=self._name)

    def _make_repositories(self) -> None:
        """Make the repositories that images go to in the ECR beside the mock, if there is one."""
        for region in self._regions:
            account = account_at(self._world, Place(self._home.account, region))
            if account is None:
                return
            with suppress(NeighbourError):
                if not names.is_there(account, names.REPOSITORY, self._name):
                    account.ask("ecr", "create_repository", repositoryName=self._name)

    def _create(self, name: str, **params: object) -> str:
        """Make a resource as the account, apart from ``mock.calls``; the answer is its ARN."""
        ctx = Context(world=self._world, store=self._home, operation=name)
        token = self._world.ids.uuid()  # an SDK would send one
        checked = check(operation(name), {"name": self._name, "clientToken": token, **params})
        result: Mapping[str, Any] = HANDLERS[name](ctx, checked)
        return str(next(value for member, value in result.items() if member.endswith("Arn")))
