"""Any order of create, get, list, update, delete and tag agrees with a plain dict of what there is.

A deleted resource is found by no operation; what is referred to cannot be deleted; lists hold
exactly what is there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from imagebuilder_mock import mock_imagebuilder
from tests.builders import (
    DOCUMENT,
    MANAGED_COMPONENT,
    MANAGED_PARENT,
    OWN,
    a_sharing_policy,
)
from tests.clients import the_client
from tests.machines import MockMachine
from tests.refusals import refusal_of

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Kind:
    """How the operations of a resource type are called."""

    operation: str
    argument: str
    listing: str
    member: str

    @property
    def shown(self) -> str:
        """The member of Get's answer."""
        words = self.operation.split("_")
        return words[0] + "".join(word.title() for word in words[1:])


KINDS = {
    "component": Kind(
        "component",
        "componentBuildVersionArn",
        "list_component_build_versions",
        "componentSummaryList",
    ),
    "image-recipe": Kind(
        "image_recipe", "imageRecipeArn", "list_image_recipes", "imageRecipeSummaryList"
    ),
    "infrastructure-configuration": Kind(
        "infrastructure_configuration",
        "infrastructureConfigurationArn",
        "list_infrastructure_configurations",
        "infrastructureConfigurationSummaryList",
    ),
    "distribution-configuration": Kind(
        "distribution_configuration",
        "distributionConfigurationArn",
        "list_distribution_configurations",
        "distributionConfigurationSummaryList",
    ),
    "image-pipeline": Kind(
        "image_pipeline", "imagePipelineArn", "list_image_pipelines", "imagePipelineList"
    ),
}

NAMES = st.sampled_from(["web", "app", "lab"])
VERSIONS = st.sampled_from(["1.0.0", "1.0.1", "1.1.0", "2.0.0"])
KEYS, VALUES = st.sampled_from(["k", "l", "m"]), st.sampled_from(["1", "2"])
STRANGERS = st.sets(st.sampled_from(["111122223333", "444455556666"]))
TAGS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=2)


@dataclass
class Entry:
    """What the model knows of a resource."""

    description: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    refers_to: frozenset[str] = frozenset()
    is_shared: bool = False


def kind_of(arn: str) -> str:
    return arn.split(":")[5].split("/", maxsplit=1)[0]


def place_of(arn: str) -> tuple[int, ...]:
    """By which builds of one name are compared: version, then build."""
    _, _, version, build = arn.split(":")[5].split("/")
    return (*map(int, version.split(".")), int(build))


# Named, because the oldest Hypothesis takes seconds to describe a lambda.
def something_is_there(machine: ResourceMachine) -> bool:
    return bool(machine.there)


def something_can_be_shared(machine: ResourceMachine) -> bool:
    return bool(machine.of_kind("component") + machine.of_kind("image-recipe"))


def something_can_be_updated(machine: ResourceMachine) -> bool:
    return bool(machine.updatable())


def something_is_gone(machine: ResourceMachine) -> bool:
    return bool(machine.gone)


class ResourceMachine(MockMachine):
    @initialize(is_furnished=st.booleans())
    def begin(self, is_furnished):
        self.mock = mock_imagebuilder().start()
        self.client: Any = the_client()
        self.there: dict[str, Entry] = {}
        self.gone: dict[str, None] = {}
        self.builds: dict[str, int] = {}
        if is_furnished:
            tags = {"k": "1"}
            self.create_component(name="web", version="1.0.0", tags=tags)
            self.create_recipe(name="web", version="1.0.0", component="web", at="x.x.x", tags=tags)
            self.create_infrastructure(name="web", tags=tags)
            self.create_infrastructure(name="app", tags=tags)
            self.create_pipeline_of(
                {
                    "imageRecipeArn": f"{OWN}image-recipe/web/1.0.0",
                    "infrastructureConfigurationArn": f"{OWN}infrastructure-configuration/web",
                },
                name="web",
                tags=tags,
            )

    # What the model answers

    def of_kind(self, kind: str) -> list[str]:
        return [arn for arn in self.there if kind_of(arn) == kind]

    def meant_by(self, reference: str) -> str | None:
        """The resource that a reference means; a wildcard, or a version, means the newest."""
        if reference in self.there:
            return reference
        if kind_of(reference) != "component":
            return None
        base, _, version = reference.rpartition("/")
        fixed = [node for node in version.split(".") if node != "x"]
        builds = [
            arn
            for arn in self.of_kind("component")
            if arn.startswith(f"{base}/") and arn.split("/")[2].split(".")[: len(fixed)] == fixed
        ]
        return max(builds, key=place_of, default=None)

    def is_needed(self, arn: str) -> bool:
        references = {ref for entry in self.there.values() for ref in entry.refers_to}
        return any(self.meant_by(reference) == arn for reference in references)

    # Creations

    def create(self, kind: str, arn: str, entry: Entry, **params: Any) -> None:
        """Refused where the ARN is taken, or where a reference means nothing."""
        call = getattr(self.client, f"create_{KINDS[kind].operation}")
        if any(self.meant_by(reference) is None for reference in entry.refers_to):
            assert refusal_of(call, **params).code == "InvalidParameterValueException"
        elif arn in self.there:
            assert refusal_of(call, **params).code == "ResourceAlreadyExistsException"
        else:
            assert call(**params)[KINDS[kind].argument] == arn
            self.gone.pop(arn, None)
            self.there[arn] = entry

    @rule(name=NAMES, version=VERSIONS, tags=TAGS)
    def create_component(self, name, version, tags):
        """Each has other content, so that each is a new build; numbers are never given twice."""
        base = f"{OWN}component/{name}/{version}"
        self.builds[base] = self.builds.get(base, 0) + 1
        arn = f"{base}/{self.builds[base]}"
        self.create(
            "component",
            arn,
            Entry(tags=tags),
            name=name,
            semanticVersion=version,
            platform="Linux",
            data=DOCUMENT.replace("echo hello", f"echo {self.builds[base]}"),
            tags=tags,
        )

    @rule(
        name=NAMES,
        version=VERSIONS,
        component=st.one_of(st.none(), NAMES),
        at=st.sampled_from(["x.x.x", "1.x.x", "1.0.x", "1.0.0", "1.0.0/1", "2.0.0"]),
        tags=TAGS,
    )
    def create_recipe(self, name, version, component, at, tags):
        own = None if component is None else f"{OWN}component/{component}/{at}"
        self.create(
            "image-recipe",
            f"{OWN}image-recipe/{name}/{version}",
            Entry(tags=tags, refers_to=frozenset([own] if own else [])),
            name=name,
            semanticVersion=version,
            parentImage=MANAGED_PARENT,
            components=[{"componentArn": own or MANAGED_COMPONENT}],
            tags=tags,
        )

    @rule(name=NAMES, tags=TAGS)
    def create_infrastructure(self, name, tags):
        self.create(
            "infrastructure-configuration",
            f"{OWN}infrastructure-configuration/{name}",
            Entry(tags=tags),
            name=name,
            instanceProfileName="builder",
            tags=tags,
        )

    @rule(name=NAMES, tags=TAGS)
    def create_distribution(self, name, tags):
        self.create(
            "distribution-configuration",
            f"{OWN}distribution-configuration/{name}",
            Entry(tags=tags),
            name=name,
            distributions=DISTRIBUTIONS,
            tags=tags,
        )

    @rule(name=NAMES, tags=TAGS, data=st.data())
    def create_pipeline(self, name, tags, data):
        self.create_pipeline_of(self.pipeline_references(data), name=name, tags=tags)

    def create_pipeline_of(self, references: dict[str, str], *, name: str, tags: Any) -> None:
        self.create(
            "image-pipeline",
            f"{OWN}image-pipeline/{name}",
            Entry(tags=tags, refers_to=frozenset(references.values())),
            name=name,
            tags=tags,
            schedule=SCHEDULE,
            **references,
        )

    def pipeline_references(self, data: st.DataObject) -> dict[str, str]:
        """What a pipeline needs, mostly what is there, sometimes what is gone."""
        references: dict[str, str] = {}
        for kind in ("image-recipe", "infrastructure-configuration", "distribution-configuration"):
            known = self.of_kind(kind)
            lost = [arn for arn in self.gone if kind_of(arn) == kind] or [f"{OWN}{kind}/none"]
            if kind == "image-recipe" and lost[0].endswith("none"):
                lost = [f"{OWN}{kind}/none/1.0.0"]
            choices = known * 3 + lost
            if kind != "distribution-configuration" or data.draw(st.booleans()):
                references[KINDS[kind].argument] = data.draw(st.sampled_from(choices))
        return references

    # What can be done with any

    @precondition(something_is_there)
    @rule(data=st.data())
    def delete(self, data):
        arn = self.one_of(data, self.there)
        kind = KINDS[kind_of(arn)]
        call = getattr(self.client, f"delete_{kind.operation}")
        if self.is_needed(arn) or self.there[arn].is_shared:
            assert refusal_of(call, **{kind.argument: arn}).code == "ResourceDependencyException"
            return
        assert call(**{kind.argument: arn})[kind.argument] == arn
        del self.there[arn]
        self.gone[arn] = None

    @precondition(something_can_be_shared)
    @rule(data=st.data(), accounts=STRANGERS)
    def share(self, data, accounts):
        """With these accounts, and no longer with any other."""
        components = self.of_kind("component")
        arn = self.one_of(data, components + self.of_kind("image-recipe"))
        policy = a_sharing_policy(arn, *sorted(accounts))
        if arn in components:
            self.client.put_component_policy(componentArn=arn, policy=policy)
        else:
            self.client.put_image_recipe_policy(imageRecipeArn=arn, policy=policy)
        self.there[arn].is_shared = bool(accounts)

    def updatable(self) -> list[str]:
        """Pipelines the most often: they refer to others."""
        configurations = ("infrastructure-configuration", "distribution-configuration")
        known = [arn for kind in configurations for arn in self.of_kind(kind)]
        return known + self.of_kind("image-pipeline") * 3

    @precondition(something_can_be_updated)
    @rule(data=st.data(), description=st.sampled_from(["one", "other", None]))
    def update(self, data, description):
        """Takes what is given and keeps the tags; what is left out is gone."""
        arn = self.one_of(data, self.updatable())
        params: dict[str, Any] = {} if description is None else {"description": description}
        entry = self.there[arn]
        refers_to = entry.refers_to
        match kind_of(arn):
            case "infrastructure-configuration":
                params["instanceProfileName"] = "builder"
            case "distribution-configuration":
                params["distributions"] = DISTRIBUTIONS
            case "image-pipeline":
                references = self.pipeline_references(data)
                params |= {**references, "schedule": SCHEDULE}
                refers_to = frozenset(references.values())
        kind = KINDS[kind_of(arn)]
        call = getattr(self.client, f"update_{kind.operation}")
        if any(self.meant_by(reference) is None for reference in refers_to):
            refusal = refusal_of(call, **{kind.argument: arn}, **params)
            assert refusal.code == "InvalidParameterValueException"
            return
        call(**{kind.argument: arn}, **params)
        entry.description, entry.refers_to = description, refers_to

    @precondition(something_is_there)
    @rule(data=st.data(), tags=TAGS)
    def tag(self, data, tags):
        arn = self.one_of(data, self.there)
        self.client.tag_resource(resourceArn=arn, tags=tags)
        self.there[arn].tags = {**self.there[arn].tags, **tags}

    @precondition(something_is_there)
    @rule(data=st.data(), key=KEYS)
    def untag(self, data, key):
        arn = self.one_of(data, self.there)
        self.client.untag_resource(resourceArn=arn, tagKeys=[key])
        self.there[arn].tags = {k: v for k, v in self.there[arn].tags.items() if k != key}

    @precondition(something_is_there)
    @rule(data=st.data())
    def get(self, data):
        arn = self.one_of(data, self.there)
        kind = KINDS[kind_of(arn)]
        shown = getattr(self.client, f"get_{kind.operation}")(**{kind.argument: arn})[kind.shown]
        assert shown["arn"] == arn
        assert shown["tags"] == self.there[arn].tags
        assert shown.get("description") == self.there[arn].description
        assert self.client.list_tags_for_resource(resourceArn=arn)["tags"] == shown["tags"]

    @precondition(something_is_gone)
    @rule(data=st.data())
    def look_for_what_was_deleted(self, data):
        arn = self.one_of(data, self.gone)
        kind = KINDS[kind_of(arn)]
        for verb in ("get", "delete"):
            call = getattr(self.client, f"{verb}_{kind.operation}")
            assert refusal_of(call, **{kind.argument: arn}).code == "ResourceNotFoundException"
        tagging = self.client
        for call, params in (
            (tagging.list_tags_for_resource, {}),
            (tagging.tag_resource, {"tags": {"k": "1"}}),
            (tagging.untag_resource, {"tagKeys": ["k"]}),
        ):
            refusal = refusal_of(call, resourceArn=arn, **params)
            assert refusal.code == "ResourceNotFoundException"

    @invariant()
    def lists_hold_exactly_what_is_there(self):
        for name, kind in KINDS.items():
            if name != "component":
                seen = self.listed(kind.listing, kind.member)
                assert seen == self.of_kind(name), "in the order of their making"

    @invariant()
    def component_versions_are_those_with_a_build(self):
        of_version: dict[str, list[str]] = {}
        for arn in reversed(self.of_kind("component")):
            of_version.setdefault(arn.rpartition("/")[0], []).append(arn)
        shown = self.listed("list_components", "componentVersionList")
        assert sorted(shown) == sorted(of_version)
        for version in self.builds:
            kind = KINDS["component"]
            builds = self.listed(kind.listing, kind.member, componentVersionArn=version)
            assert builds == of_version.get(version, [])

    def listed(self, operation: str, member: str, **params: Any) -> list[str]:
        call = getattr(self.client, operation)
        answer = call(maxResults=25, **params)
        seen = [item["arn"] for item in answer[member]]
        while "nextToken" in answer:
            answer = call(maxResults=25, nextToken=answer["nextToken"], **params)
            seen += [item["arn"] for item in answer[member]]
        return seen

    @staticmethod
    def one_of(data: st.DataObject, arns: Iterable[str]) -> str:
        return data.draw(st.sampled_from(sorted(arns)))


SCHEDULE = {"scheduleExpression": "cron(0 3 * * ? *)"}
DISTRIBUTIONS = [
    {
        "region": "us-east-1",
        "amiDistributionConfiguration": {"name": "{{ imagebuilder:buildDate }}"},
    }
]

TestResources = ResourceMachine.TestCase
TestResources.settings = settings(stateful_step_count=25)  # each step looks at all lists
