"""After any calls, a world that was saved and read, or put aside and restored, goes on alike."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_mock import mock_imagebuilder
from tests.builders import (
    DOCUMENT,
    MANAGED_COMPONENT,
    MANAGED_PARENT,
    OWN,
    a_sharing_policy,
)
from tests.clients import the_client
from tests.index_rebuild import check_indexes
from tests.lifecycle_builders import a_policy_request, a_rule
from tests.scans import SCANNING
from tests.workflow_builders import ROLE, a_step, a_workflow_document

if TYPE_CHECKING:
    from imagebuilder_mock import ImageBuilderMock

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)
STRANGER = "444455556666"

NAMES = st.sampled_from(["web", "app"])
VERSIONS = st.sampled_from(["1.0.0", "1.0.1", "2.0.0"])
SHARED_WITH = st.sampled_from([(), (STRANGER,), (STRANGER,)])
TOKENS = st.sampled_from(["one", "two"])


def arns(kind: str, *versions: str) -> st.SearchStrategy[str]:
    ends = [f"/{version}" for version in versions] or [""]
    return st.sampled_from([f"{OWN}{kind}/{name}{end}" for name in ("web", "app") for end in ends])


COMPONENTS = arns("component", "1.0.0/1", "1.0.0/2", "x.x.x")
RECIPES = arns("image-recipe", "1.0.0", "1.0.1")
IMAGES = arns("image", "1.0.0/1", "1.0.0/2", "1.0.1/1")
PIPELINES = arns("image-pipeline")
INFRASTRUCTURES = arns("infrastructure-configuration")
WORKFLOWS = arns("workflow/test", "1.0.0/1", "1.0.0/2", "x.x.x")
A_SCANNED_BUILD = {
    "imageRecipeArn": f"{OWN}image-recipe/web/1.0.0",
    "infrastructureConfigurationArn": f"{OWN}infrastructure-configuration/web",
    "imageScanningConfiguration": SCANNING,
}
POLICY = a_policy_request(a_rule("DELETE", 100))


def call(operation: str, **params: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(st.just(operation), st.fixed_dictionaries(params))


STEPS = st.one_of(
    call(
        "create_component",
        name=NAMES,
        semanticVersion=VERSIONS,
        platform=st.just("Linux"),
        data=st.sampled_from([DOCUMENT, DOCUMENT.replace("hello", "bye")]),
        clientToken=TOKENS,
    ),
    call(
        "create_image_recipe",
        name=NAMES,
        semanticVersion=VERSIONS,
        parentImage=st.just(MANAGED_PARENT),
        components=st.lists(
            st.sampled_from([MANAGED_COMPONENT, f"{OWN}component/web/x.x.x"]).map(
                lambda arn: {"componentArn": arn}
            ),
            min_size=1,
            max_size=2,
        ),
    ),
    call(
        "create_infrastructure_configuration",
        name=NAMES,
        instanceProfileName=st.just("builder"),
        tags=st.just({"team": "images"}),
    ),
    call(
        "create_image_pipeline",
        name=NAMES,
        imageRecipeArn=RECIPES,
        infrastructureConfigurationArn=INFRASTRUCTURES,
        schedule=st.just(
            {
                "scheduleExpression": "cron(0 3 * * ? *)",
                "pipelineExecutionStartCondition": "EXPRESSION_MATCH_ONLY",
            }
        ),
    ),
    call(
        "create_image",
        imageRecipeArn=RECIPES,
        infrastructureConfigurationArn=INFRASTRUCTURES,
    ),
    call(
        "create_workflow",
        name=NAMES,
        semanticVersion=VERSIONS,
        type=st.just("TEST"),
        data=st.sampled_from(
            [a_workflow_document(a_step(name, "WaitForAction")) for name in ("Look", "Approve")]
        ),
    ),
    NAMES.map(lambda name: ("create_lifecycle_policy", POLICY | {"name": name})),
    call("start_image_pipeline_execution", imagePipelineArn=PIPELINES),
    call("get_image", imageBuildVersionArn=IMAGES),
    call("cancel_image_creation", imageBuildVersionArn=IMAGES),
    call("delete_image", imageBuildVersionArn=IMAGES),
    call("delete_component", componentBuildVersionArn=COMPONENTS),
    call("delete_image_recipe", imageRecipeArn=RECIPES),
    call("delete_image_pipeline", imagePipelineArn=PIPELINES),
    call("delete_workflow", workflowBuildVersionArn=WORKFLOWS),
    call("tag_resource", resourceArn=INFRASTRUCTURES, tags=st.just({"a": "b"})),
    call(
        "start_resource_state_update",
        resourceArn=IMAGES,
        state=st.just({"status": "DEPRECATED"}),
        updateAt=st.just(NOON + timedelta(days=1)),
    ),
    st.builds(
        lambda arn, accounts: (
            "put_component_policy",
            {"componentArn": arn, "policy": a_sharing_policy(arn, *accounts)},
        ),
        COMPONENTS,
        SHARED_WITH,
    ),
    st.builds(
        lambda arn, accounts: (
            "put_image_policy",
            {"imageArn": arn, "policy": a_sharing_policy(arn, *accounts)},
        ),
        IMAGES,
        SHARED_WITH,
    ),
    st.tuples(st.just("pass"), st.fixed_dictionaries({"hours": st.sampled_from([0.1, 20, 30])})),
    st.tuples(st.just("finish"), st.just({})),
)

# A build whose scan found something, one that waits for an answer and one thing that is shared.
BUILDS: list[tuple[str, dict[str, Any]]] = [
    (
        "create_component",
        {"name": "web", "semanticVersion": "1.0.0", "platform": "Linux", "data": DOCUMENT},
    ),
    (
        "create_image_recipe",
        {
            "name": "web",
            "semanticVersion": "1.0.0",
            "parentImage": MANAGED_PARENT,
            "components": [{"componentArn": f"{OWN}component/web/x.x.x"}],
        },
    ),
    ("create_infrastructure_configuration", {"name": "web", "instanceProfileName": "builder"}),
    (
        "create_workflow",
        {
            "name": "web",
            "semanticVersion": "1.0.0",
            "type": "TEST",
            "data": a_workflow_document(a_step("Look", "WaitForAction")),
        },
    ),
    ("create_image", A_SCANNED_BUILD),
    (
        "create_image",
        {
            **A_SCANNED_BUILD,
            "executionRole": ROLE,
            "workflows": [{"workflowArn": f"{OWN}workflow/test/web/x.x.x"}],
        },
    ),
    ("finish", {}),
    (
        "put_component_policy",
        {
            "componentArn": f"{OWN}component/web/1.0.0/1",
            "policy": a_sharing_policy(f"{OWN}component/web/1.0.0/1", STRANGER),
        },
    ),
]

BEFORE = st.one_of(
    st.lists(STEPS, max_size=12), st.lists(STEPS, max_size=6).map(lambda steps: [*BUILDS, *steps])
)

# What shows everything that there is, in its order, page by page.
READS: list[tuple[str, dict[str, Any]]] = [
    ("list_components", {"maxResults": 1}),
    ("list_component_build_versions", {"componentVersionArn": f"{OWN}component/web/1.0.0"}),
    ("list_image_recipes", {}),
    ("list_infrastructure_configurations", {}),
    ("list_image_pipelines", {}),
    ("list_workflows", {"maxResults": 1}),
    ("list_workflows", {"byName": True}),
    ("list_workflow_build_versions", {"workflowVersionArn": f"{OWN}workflow/test/web/1.0.0"}),
    ("list_lifecycle_policies", {}),
    ("list_images", {"maxResults": 1}),
    ("list_image_build_versions", {"imageVersionArn": f"{OWN}image/web/1.0.0"}),
    ("list_image_pipeline_images", {"imagePipelineArn": f"{OWN}image-pipeline/web"}),
]


WITH_TOKEN = ("create_", "start_", "cancel_")


def told(mock: ImageBuilderMock, steps: list[Any], part: str) -> list[Any]:
    """Each answer, or error, with ids and times and all."""
    client = the_client()
    answers: list[Any] = []
    for number, (operation, request) in enumerate(steps):
        # Else botocore makes one up.
        token = {"clientToken": f"{part}-{number}"} if operation.startswith(WITH_TOKEN) else {}
        params = token | request
        try:
            if operation == "pass":
                mock.clock.advance(**params)
            elif operation == "finish":
                mock.builds.finish_all()
            else:
                answers.append(getattr(client, operation)(**params))
        except ClientError as error:
            answers.append(error.response)
    stranger = the_client(account_id=STRANGER)
    answers += [getattr(client, operation)(**params) for operation, params in READS]
    answers.append(stranger.list_components(owner="Shared"))
    answers.append(mock.clock.now())
    check_indexes(mock._active_world("test"))
    return answers


@given(before=BEFORE, after=st.lists(STEPS, max_size=8), seed=st.integers())
def test_a_world_that_was_saved_goes_on_as_if_nothing_had_been(
    before, after, seed, tmp_path_factory
):
    path = tmp_path_factory.mktemp("state") / "state.json"

    with mock_imagebuilder(now=NOON, seed=seed) as mock:
        told(mock, before, "before")
        mock.save(path)
        here = told(mock, after, "after")
    with mock_imagebuilder(state=path) as mock:
        there = told(mock, after, "after")

    assert there == here


@given(before=BEFORE, after=st.lists(STEPS, max_size=8))
def test_a_world_that_was_restored_goes_on_as_if_nothing_had_been(before, after):
    with mock_imagebuilder(now=NOON) as mock:
        told(mock, before, "before")
        snapshot = mock.snapshot()
        first = told(mock, after, "after")
        mock.restore(snapshot)
        second = told(mock, after, "after")
        mock.restore(snapshot)
        third = told(mock, after, "after")

    assert first == second == third


@given(before=BEFORE)
def test_a_world_that_was_read_is_saved_as_the_same_file(before, tmp_path_factory):
    folder = tmp_path_factory.mktemp("state")

    with mock_imagebuilder(now=NOON) as mock:
        told(mock, before, "before")
        mock.save(folder / "first.json")
    with mock_imagebuilder(state=folder / "first.json") as mock:
        mock.save(folder / "second.json")

    assert (folder / "first.json").read_bytes() == (folder / "second.json").read_bytes()
