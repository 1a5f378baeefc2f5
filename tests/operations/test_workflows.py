"""Workflows: create, get, list, delete. What a document may hold is in tests/unit/domain/documents.

Sources: API reference; user guide, manage-image-workflows; samples of the AWS CLI.
"""

from __future__ import annotations

import pytest

from tests.builders import AMAZON, OWN, a_pipeline, a_recipe, an_infrastructure
from tests.model import needs_member, needs_output
from tests.refusals import (
    Refusal,
    already_exists,
    in_use,
    invalid_combination,
    invalid_value,
    not_found,
    over_quota,
)
from tests.workflow_builders import (
    BUILD_IMAGE,
    LAUNCH,
    ROLE,
    WAIT,
    a_step,
    a_workflow,
    a_workflow_document,
)

MANAGED = {
    "build": [
        "build-container",
        "build-image",
        "build-image-from-iso",
        "build-image-with-update-ssm-agent",
        "express-build-container",
        "express-build-image",
    ],
    "distribution": ["distribute-container", "distribute-image"],
    "test": ["express-test-image", "test-container", "test-image"],
}
OTHER_DOCUMENT = a_workflow_document(WAIT, a_step("Terminate"))


def params(**given):
    return {
        "name": "Approve It",
        "semanticVersion": "1.0.0",
        "type": "TEST",
        "data": a_workflow_document(),
        **given,
    }


def versions(answer):
    return [entry["arn"].removeprefix(f"{OWN}workflow/") for entry in answer["workflowVersionList"]]


def builds(answer):
    return [entry["arn"].removeprefix(f"{OWN}workflow/") for entry in answer["workflowSummaryList"]]


class TestCreate:
    @needs_output("CreateWorkflow", "latestVersionReferences")
    def test_the_answer_names_the_build_and_how_to_follow_it(self, imagebuilder):
        answer = imagebuilder.create_workflow(**params(clientToken="token"))

        del answer["ResponseMetadata"]
        arn = f"{OWN}workflow/test/approve-it"
        assert answer == {
            "clientToken": "token",
            "workflowBuildVersionArn": f"{arn}/1.0.0/1",
            "latestVersionReferences": {
                "latestVersionArn": f"{arn}/x.x.x",
                "latestMajorVersionArn": f"{arn}/1.x.x",
                "latestMinorVersionArn": f"{arn}/1.0.x",
                "latestPatchVersionArn": f"{arn}/1.0.0",
            },
        }

    @pytest.mark.parametrize("workflow_type", ["BUILD", "TEST", "DISTRIBUTION"])
    def test_the_type_is_a_node_of_the_arn(self, imagebuilder, workflow_type):
        """Custom distribution workflows are newer than the refusal of them that was seen."""
        arn = a_workflow(imagebuilder, name="mine", type=workflow_type)

        assert arn == f"{OWN}workflow/{workflow_type.lower()}/mine/1.0.0/1"

    def test_one_name_can_be_used_in_each_type(self, imagebuilder):
        arns = [a_workflow(imagebuilder, name="mine", type=one) for one in ("BUILD", "TEST")]

        assert [arn.rpartition("/")[2] for arn in arns] == ["1", "1"]

    def test_changed_content_makes_a_new_build(self, imagebuilder):
        first = a_workflow(imagebuilder, name="mine")
        second = a_workflow(imagebuilder, name="mine", data=OTHER_DOCUMENT)
        third = a_workflow(imagebuilder, name="mine", data=OTHER_DOCUMENT, description="new")
        fourth = a_workflow(imagebuilder, name="Mine")

        assert [arn.rpartition("/")[2] for arn in (first, second, third, fourth)] == list("1234")

    def test_what_is_identical_to_the_newest_build_exists_already(self, imagebuilder, refused):
        arn = a_workflow(imagebuilder, name="Approve It", data=a_workflow_document())

        assert refused(imagebuilder.create_workflow, **params()) == already_exists("Workflow", arn)
        assert refused(
            imagebuilder.create_workflow, **params(name="approve_it", changeDescription="why")
        ) == already_exists("Workflow", arn)
        a_workflow(imagebuilder, name="Approve It", semanticVersion="1.0.1")

    def test_numbers_are_never_given_twice(self, imagebuilder):
        a_workflow(imagebuilder, name="mine")
        second = a_workflow(imagebuilder, name="mine", data=OTHER_DOCUMENT)
        imagebuilder.delete_workflow(workflowBuildVersionArn=second)

        assert a_workflow(imagebuilder, name="mine", data=OTHER_DOCUMENT).endswith("/1.0.0/3")

    @pytest.mark.parametrize("given", [{}, {"data": a_workflow_document(), "uri": "s3://b/k"}])
    def test_exactly_one_of_data_and_uri_is_given(self, imagebuilder, refused, given):
        call = {**params(), **given}
        if not given:
            del call["data"]

        assert refused(imagebuilder.create_workflow, **call) == invalid_combination(
            "data", "You must specify exactly one of 'data' and 'uri'."
        )

    def test_a_document_that_is_nowhere_cannot_be_read(self, imagebuilder, refused):
        call = params(uri="s3://bucket/key")
        del call["data"]

        assert refused(imagebuilder.create_workflow, **call) == invalid_value(
            "uri",
            "The document at 's3://bucket/key' could not be read. imagebuilder_mock looks it up in "
            "moto: switch moto's mock_aws on. "
            "Or put the document there with mock.documents.put().",
        )

    @pytest.mark.parametrize(
        ("document", "workflow_type", "detail"),
        [
            (
                "schemaVersion: 2.0",
                "TEST",
                "Invalid schema version. Supported versions include: 1.0.",
            ),
            (
                a_workflow_document(LAUNCH, a_step("Sleep", "Sleep")).replace("Sleep", "Snore", 1),
                "TEST",
                None,
            ),
            (
                a_workflow_document(a_step("Scan", "CollectImageScanFindings", inputs=LAUNCH)),
                "BUILD",
                (
                    "Parsing step 'Scan' failed. Error: Action CollectImageScanFindings is not "
                    "supported in a workflow of type BUILD."
                ),
            ),
            (
                a_workflow_document(a_step("Launch", "LaunchInstance")),
                "BUILD",
                (
                    "Parsing step 'Launch' failed. Error: Action LaunchInstance has no inputs; it "
                    "requires an 'inputs'"
                ),
            ),
            (
                a_workflow_document(a_step("Stop", inputs={"instanceId.$": "$.stepOutputs.A.b"})),
                "TEST",
                (
                    "Parsing step 'Stop' failed. Error: The reference '$.stepOutputs.A.b' does not "
                    "refer to a known variable."
                ),
            ),
        ],
        ids=["version", "action", "type", "inputs", "reference"],
    )
    def test_a_document_is_refused_with_the_name_of_the_step(
        self, imagebuilder, refused, document, workflow_type, detail
    ):
        refusal = refused(imagebuilder.create_workflow, **params(type=workflow_type, data=document))

        if detail is None:
            assert refusal.message.startswith(
                "The value supplied for parameter 'data' is not valid. Parsing step 'Snore' "
                "failed. Error: Unsupported action 'Sleep'. Supported actions are: LaunchInstance,"
            )
        else:
            assert refusal == invalid_value("data", detail)

    @pytest.mark.parametrize("version", ["1.0.x", "x.x.x", "1.0", "1.0.0.0"])
    def test_a_version_has_three_numbers(self, imagebuilder, refused, version):
        assert refused(
            imagebuilder.create_workflow, **params(semanticVersion=version)
        ) == invalid_value(
            "semanticVersion", r"semanticVersion must match pattern ^[0-9]+\.[0-9]+\.[0-9]+$"
        )

    def test_a_number_of_a_version_has_30_bits(self, imagebuilder, refused):
        refusal = refused(imagebuilder.create_workflow, **params(semanticVersion="1.0.1073741824"))

        assert refusal.code == "InvalidVersionNumberException"

    def test_a_type_of_another_name_is_refused(self, imagebuilder, refused):
        refusal = refused(imagebuilder.create_workflow, **params(type="DEPLOY"))

        assert refusal.code == "InvalidParameterValueException"
        assert "'type'" in refusal.message

    @needs_member("CreateWorkflow", "dryRun")
    def test_a_dry_run_says_what_would_be_and_makes_nothing(self, imagebuilder, refused):
        assert refused(imagebuilder.create_workflow, **params(dryRun=True)) == Refusal(
            "DryRunOperationException",
            412,
            "Request would have succeeded, but dryRun flag is set.",
        )
        assert refused(imagebuilder.create_workflow, **params(dryRun=True, data="a: b")) == (
            invalid_value("data", "The document has an unknown member 'a'.")
        )
        arn = a_workflow(imagebuilder, name="Approve It")
        assert arn.endswith("/1"), "a dry run takes no number"
        assert refused(imagebuilder.create_workflow, **params(dryRun=True)) == (
            already_exists("Workflow", arn)
        )

    def test_a_token_gets_its_first_answer_again(self, imagebuilder, refused):
        first = imagebuilder.create_workflow(**params(clientToken="token"))
        again = imagebuilder.create_workflow(**params(clientToken="token"))

        assert again["workflowBuildVersionArn"] == first["workflowBuildVersionArn"]
        refusal = refused(
            imagebuilder.create_workflow, **params(clientToken="token", data=OTHER_DOCUMENT)
        )
        assert refusal.code == "IdempotentParameterMismatchException"

    def test_a_document_has_up_to_15_steps_and_25_parameters(self, imagebuilder, refused):
        """Source: quotas, AWS General Reference."""

        def document(steps, parameters):
            return a_workflow_document(
                *(a_step(f"Step{number}") for number in range(steps)),
                parameters=[{"name": f"p{number}"} for number in range(parameters)],
            )

        a_workflow(imagebuilder, data=document(15, 25))

        assert refused(imagebuilder.create_workflow, **params(data=document(16, 25))) == (
            over_quota("steps per workflow", 15)
        )
        assert refused(imagebuilder.create_workflow, **params(data=document(15, 26))) == (
            over_quota("parameters per workflow", 25)
        )

    @pytest.mark.imagebuilder(quotas={"workflows": 2})
    def test_an_account_has_a_quota_of_workflows(self, imagebuilder, refused):
        for _ in range(2):
            a_workflow(imagebuilder)

        assert refused(imagebuilder.create_workflow, **params()) == over_quota("workflows", 2)


class TestGet:
    def test_all_that_was_given_is_shown(self, imagebuilder):
        document = a_workflow_document(
            parameters=[
                {"name": "first", "type": "boolean", "default": True, "description": "whether"},
                {"name": "second", "type": "stringList", "default": ["a", "b"]},
                {"name": "third"},
            ]
        )
        arn = a_workflow(
            imagebuilder,
            name="My Workflow",
            description="asks",
            changeDescription="first",
            kmsKeyId="alias/key",
            tags={"team": "web"},
            data=document,
        )

        workflow = imagebuilder.get_workflow(workflowBuildVersionArn=arn)["workflow"]

        assert workflow.pop("dateCreated").endswith("Z")
        assert workflow == {
            "arn": arn,
            "name": "My Workflow",
            "version": "1.0.0",
            "description": "asks",
            "changeDescription": "first",
            "type": "TEST",
            "owner": "123456789012",
            "data": document,
            "kmsKeyId": "alias/key",
            "tags": {"team": "web"},
            "parameters": [
                {
                    "name": "first",
                    "type": "boolean",
                    "defaultValue": ["true"],
                    "description": "whether",
                },
                {"name": "second", "type": "stringList", "defaultValue": ["a", "b"]},
                {"name": "third", "type": "string"},
            ],
        }

    def test_what_was_not_given_is_absent(self, imagebuilder):
        """Seen: no state, no key (samples of the AWS CLI); there is no request id in the model."""
        answer = imagebuilder.get_workflow(workflowBuildVersionArn=a_workflow(imagebuilder))

        assert "requestId" not in answer
        assert sorted(answer["workflow"]) == [
            "arn",
            "data",
            "dateCreated",
            "name",
            "owner",
            "tags",
            "type",
            "version",
        ]
        assert answer["workflow"]["tags"] == {}

    def test_a_version_or_a_wildcard_means_the_newest_build(self, imagebuilder):
        for version in ("1.0.0", "1.2.0", "2.0.0", "1.1.9"):
            a_workflow(imagebuilder, name="mine", semanticVersion=version)
        newest = a_workflow(imagebuilder, name="mine", semanticVersion="1.2.0", data=OTHER_DOCUMENT)

        def meant(version):
            arn = f"{OWN}workflow/test/mine/{version}"
            found = imagebuilder.get_workflow(workflowBuildVersionArn=arn)["workflow"]["arn"]
            return found.removeprefix(f"{OWN}workflow/test/mine/")

        assert newest.endswith("/1.2.0/2")
        assert meant("x.x.x") == "2.0.0/1"
        assert meant("1.x.x") == "1.2.0/2"
        assert meant("1.1.x") == "1.1.9/1"
        assert meant("1.2.0") == "1.2.0/2"
        assert meant("1.2.0/1") == "1.2.0/1"

    @pytest.mark.parametrize(
        "node", ["3.x.x", "1.0.1", "1.0.0/2", "x.x.x"], ids=["major", "patch", "build", "name"]
    )
    def test_what_is_not_there_is_not_found(self, imagebuilder, refused, node):
        a_workflow(imagebuilder, name="mine")
        name = "other" if node == "x.x.x" else "mine"
        arn = f"{OWN}workflow/test/{name}/{node}"

        assert refused(imagebuilder.get_workflow, workflowBuildVersionArn=arn) == (
            not_found("Workflow", arn)
        )

    def test_another_type_is_another_workflow(self, imagebuilder, refused):
        arn = a_workflow(imagebuilder, name="mine").replace("/test/", "/build/")

        assert refused(imagebuilder.get_workflow, workflowBuildVersionArn=arn) == (
            not_found("Workflow", arn)
        )

    @pytest.mark.parametrize("version", ["x.2.x", "1.x.8"])
    def test_a_wildcard_is_not_followed_by_a_number(self, imagebuilder, refused, version):
        arn = f"{OWN}workflow/test/mine/{version}"

        refusal = refused(imagebuilder.get_workflow, workflowBuildVersionArn=arn)

        assert refusal.code == "InvalidParameterValueException"
        assert "parameter 'workflowBuildVersionArn'" in refusal.message

    def test_other_accounts_and_regions_have_their_own(self, imagebuilder, imagebuilder_mock):
        arn = a_workflow(imagebuilder)
        for client in (
            imagebuilder_mock.client(account_id="210987654321"),
            imagebuilder_mock.client(region="eu-west-1"),
        ):
            with pytest.raises(client.exceptions.ResourceNotFoundException):
                client.get_workflow(workflowBuildVersionArn=arn)
            assert client.list_workflows()["workflowVersionList"] == []


class TestManaged:
    @pytest.mark.parametrize(
        "path", [f"{kind}/{name}" for kind, names in MANAGED.items() for name in names]
    )
    def test_a_managed_workflow_can_be_read(self, imagebuilder, path):
        arn = f"{AMAZON}workflow/{path}/x.x.x"

        answer = imagebuilder.get_workflow(workflowBuildVersionArn=arn)

        workflow = answer["workflow"]
        kind, name = path.split("/")
        assert (workflow["name"], workflow["owner"]) == (name, "Amazon")
        assert workflow["type"] == kind.upper()
        assert workflow["arn"].startswith(f"{AMAZON}workflow/{path}/1.0.")
        assert workflow["data"].startswith(f"name: {name}\n")

    @needs_output("GetWorkflow", "latestVersionReferences")
    def test_a_managed_workflow_is_followed_by_its_newest_version_alone(self, imagebuilder):
        """Source: user guide, ibhow-semantic-versioning."""
        answer = imagebuilder.get_workflow(workflowBuildVersionArn=BUILD_IMAGE)

        assert answer["latestVersionReferences"] == {"latestVersionArn": BUILD_IMAGE}

    def test_the_list_of_amazons_has_them_all(self, imagebuilder):
        answer = imagebuilder.list_workflows(owner="Amazon", byName=True)

        assert sorted(entry["name"] for entry in answer["workflowVersionList"]) == sorted(
            name for names in MANAGED.values() for name in names
        )
        assert {entry["owner"] for entry in answer["workflowVersionList"]} == {"Amazon"}

    def test_a_managed_workflow_cannot_be_deleted(self, imagebuilder, refused):
        found = imagebuilder.get_workflow(workflowBuildVersionArn=BUILD_IMAGE)["workflow"]["arn"]

        assert refused(imagebuilder.delete_workflow, workflowBuildVersionArn=found) == (
            not_found("Workflow", found)
        )


class TestList:
    def test_there_is_one_entry_for_each_version(self, imagebuilder):
        a_workflow(imagebuilder, name="mine", description="old")
        a_workflow(imagebuilder, name="mine", semanticVersion="2.0.0", type="BUILD")
        a_workflow(imagebuilder, name="mine", description="new")

        entries = imagebuilder.list_workflows()["workflowVersionList"]

        for entry in entries:
            assert entry.pop("dateCreated").endswith("Z")
        assert entries == [
            {
                "arn": f"{OWN}workflow/test/mine/1.0.0",
                "name": "mine",
                "version": "1.0.0",
                "description": "new",
                "type": "TEST",
                "owner": "123456789012",
            },
            {
                "arn": f"{OWN}workflow/build/mine/2.0.0",
                "name": "mine",
                "version": "2.0.0",
                "type": "BUILD",
                "owner": "123456789012",
            },
        ]

    def test_by_name_there_is_one_for_each_name(self, imagebuilder):
        for version in ("1.0.0", "2.0.0", "1.5.0"):
            a_workflow(imagebuilder, name="mine", semanticVersion=version)
        a_workflow(imagebuilder, name="other")

        answer = imagebuilder.list_workflows(byName=True)

        assert versions(answer) == ["test/mine/x.x.x", "test/other/x.x.x"]
        assert answer["workflowVersionList"][0]["version"] == "2.0.0"

    @pytest.mark.parametrize(
        ("name", "values", "expected"),
        [
            ("name", ["mine"], ["test/mine/1.0.0", "test/mine/2.0.0"]),
            ("name", ["Mine"], []),
            ("version", ["2.0.0"], ["test/mine/2.0.0"]),
            ("version", ["2.0.0", "3.0.0"], ["test/mine/2.0.0", "build/other/3.0.0"]),
            ("type", ["BUILD"], ["build/other/3.0.0"]),
            ("type", ["build"], []),
            ("description", ["approve it"], ["build/other/3.0.0"]),
            ("description", ["approve"], []),
        ],
    )
    def test_filters_choose_among_them(self, imagebuilder, name, values, expected):
        a_workflow(imagebuilder, name="mine")
        a_workflow(imagebuilder, name="mine", semanticVersion="2.0.0")
        a_workflow(
            imagebuilder,
            name="other",
            semanticVersion="3.0.0",
            type="BUILD",
            description="approve it",
        )

        answer = imagebuilder.list_workflows(filters=[{"name": name, "values": values}])

        assert versions(answer) == expected

    def test_all_filters_must_fit(self, imagebuilder):
        a_workflow(imagebuilder, name="mine")
        filters = [{"name": "name", "values": ["mine"]}, {"name": "type", "values": ["BUILD"]}]

        assert imagebuilder.list_workflows(filters=filters)["workflowVersionList"] == []

    def test_a_filter_of_another_name_is_refused(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.list_workflows, filters=[{"name": "platform", "values": ["Linux"]}]
        )

        assert refusal.code == "InvalidParameterValueException"
        assert "'filters[0].name'" in refusal.message

    def test_names_and_a_version_do_not_go_together(self, imagebuilder, refused):
        assert refused(
            imagebuilder.list_workflows,
            byName=True,
            filters=[{"name": "version", "values": ["1.0.0"]}],
        ) == invalid_combination(
            "filters",
            "You cannot list Workflows by name and filter by version in the same request.",
        )

    @pytest.mark.parametrize("owner", ["Shared", "ThirdParty"])
    def test_an_owner_that_cannot_have_workflows_is_refused(self, imagebuilder, refused, owner):
        """Source: API reference, ListWorkflows."""
        assert refused(imagebuilder.list_workflows, owner=owner) == invalid_value(
            "owner", f"The owner '{owner}' is not supported for workflows."
        )

    @needs_member("ListWorkflows", "owner", accepts="AWSMarketplace")
    def test_the_marketplace_has_none(self, imagebuilder):
        assert imagebuilder.list_workflows(owner="AWSMarketplace")["workflowVersionList"] == []

    def test_a_token_of_another_list_is_refused(self, imagebuilder):
        for _ in range(3):
            a_workflow(imagebuilder)
        token = imagebuilder.list_workflows(maxResults=1)["nextToken"]

        for params in ({"byName": True}, {"owner": "Amazon"}):
            with pytest.raises(imagebuilder.exceptions.InvalidPaginationTokenException):
                imagebuilder.list_workflows(nextToken=token, **params)


class TestListBuilds:
    def fill(self, client):
        for version, document in (
            ("1.0.0", a_workflow_document()),
            ("1.0.0", OTHER_DOCUMENT),
            ("1.1.0", OTHER_DOCUMENT),
            ("2.0.0", OTHER_DOCUMENT),
        ):
            a_workflow(client, name="mine", semanticVersion=version, data=document)
        a_workflow(client, name="other")
        a_workflow(client, name="mine", type="BUILD")

    @pytest.mark.parametrize(
        ("version", "expected"),
        [
            ("1.0.0", ["1.0.0/2", "1.0.0/1"]),
            ("1.0.x", ["1.0.0/2", "1.0.0/1"]),
            ("1.x.x", ["1.1.0/1", "1.0.0/2", "1.0.0/1"]),
            ("x.x.x", ["2.0.0/1", "1.1.0/1", "1.0.0/2", "1.0.0/1"]),
            ("3.x.x", []),
            ("1.0.7", []),
        ],
    )
    def test_a_wildcard_means_several_versions(self, imagebuilder, version, expected):
        """Newest first (samples of the AWS CLI)."""
        self.fill(imagebuilder)

        answer = imagebuilder.list_workflow_build_versions(
            workflowVersionArn=f"{OWN}workflow/test/mine/{version}"
        )

        assert builds(answer) == [f"test/mine/{build}" for build in expected]

    def test_without_an_arn_all_are_listed(self, imagebuilder):
        self.fill(imagebuilder)
        required = "workflowVersionArn"
        if (
            required
            in imagebuilder.meta.service_model.operation_model(
                "ListWorkflowBuildVersions"
            ).input_shape.required_members
        ):
            pytest.skip("this botocore's ListWorkflowBuildVersions requires workflowVersionArn")

        assert builds(imagebuilder.list_workflow_build_versions()) == [
            "build/mine/1.0.0/1",
            "test/other/1.0.0/1",
            "test/mine/2.0.0/1",
            "test/mine/1.1.0/1",
            "test/mine/1.0.0/2",
            "test/mine/1.0.0/1",
        ]

    def test_an_entry_is_a_summary(self, imagebuilder):
        arn = a_workflow(imagebuilder, name="mine", changeDescription="first", tags={"team": "web"})

        answer = imagebuilder.list_workflow_build_versions(
            workflowVersionArn=arn.rpartition("/")[0]
        )

        [entry] = answer["workflowSummaryList"]
        assert entry.pop("dateCreated").endswith("Z")
        assert entry == {
            "arn": arn,
            "name": "mine",
            "version": "1.0.0",
            "changeDescription": "first",
            "type": "TEST",
            "owner": "123456789012",
            "tags": {"team": "web"},
        }

    def test_only_own_builds_are_listed(self, imagebuilder):
        for arn in (
            BUILD_IMAGE,
            f"{OWN}workflow/test/mine/x.x.x".replace("us-east-1", "eu-west-1"),
        ):
            answer = imagebuilder.list_workflow_build_versions(workflowVersionArn=arn)
            assert answer["workflowSummaryList"] == []

    def test_a_wildcard_is_not_followed_by_a_number(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.list_workflow_build_versions,
            workflowVersionArn=f"{OWN}workflow/test/mine/1.x.8",
        )

        assert refusal.code == "InvalidParameterValueException"
        assert "parameter 'workflowVersionArn'" in refusal.message


class TestDelete:
    def test_a_build_is_deleted_and_the_others_stay(self, imagebuilder):
        first = a_workflow(imagebuilder, name="mine")
        second = a_workflow(imagebuilder, name="mine", data=OTHER_DOCUMENT)

        answer = imagebuilder.delete_workflow(workflowBuildVersionArn=second)

        del answer["ResponseMetadata"]
        assert answer == {"workflowBuildVersionArn": second}
        newest = f"{OWN}workflow/test/mine/x.x.x"
        found = imagebuilder.get_workflow(workflowBuildVersionArn=newest)["workflow"]["arn"]
        assert found == first

    def test_what_is_not_there_is_not_found(self, imagebuilder, refused):
        arn = a_workflow(imagebuilder)
        imagebuilder.delete_workflow(workflowBuildVersionArn=arn)

        assert refused(imagebuilder.delete_workflow, workflowBuildVersionArn=arn) == (
            not_found("Workflow", arn)
        )

    @pytest.mark.parametrize("node", ["1.0.0/1", "1.0.0", "x.x.x"])
    def test_a_workflow_of_a_pipeline_cannot_be_deleted(self, imagebuilder, refused, node):
        """Source: API reference, DeleteWorkflow."""
        arn = a_workflow(imagebuilder, name="mine")
        pipeline = a_pipeline(
            imagebuilder,
            workflows=[{"workflowArn": f"{OWN}workflow/test/mine/{node}"}],
            executionRole=ROLE,
        )

        assert refused(imagebuilder.delete_workflow, workflowBuildVersionArn=arn) == in_use(arn)

        imagebuilder.delete_image_pipeline(imagePipelineArn=pipeline)
        imagebuilder.delete_workflow(workflowBuildVersionArn=arn)

    def test_an_older_build_than_the_one_that_a_pipeline_means_can_be_deleted(self, imagebuilder):
        older = a_workflow(imagebuilder, name="mine")
        a_workflow(imagebuilder, name="mine", data=OTHER_DOCUMENT)
        a_pipeline(
            imagebuilder,
            workflows=[{"workflowArn": f"{OWN}workflow/test/mine/x.x.x"}],
            executionRole=ROLE,
        )

        imagebuilder.delete_workflow(workflowBuildVersionArn=older)

        left = imagebuilder.list_workflow_build_versions(
            workflowVersionArn=older.rpartition("/")[0]
        )
        assert [build["arn"][-2:] for build in left["workflowSummaryList"]] == ["/2"]

    def test_an_update_of_the_pipeline_lets_go(self, imagebuilder):
        arn = a_workflow(imagebuilder)
        recipe, infrastructure = a_recipe(imagebuilder), an_infrastructure(imagebuilder)
        settings = {"imageRecipeArn": recipe, "infrastructureConfigurationArn": infrastructure}
        pipeline = a_pipeline(
            imagebuilder, **settings, workflows=[{"workflowArn": arn}], executionRole=ROLE
        )

        imagebuilder.update_image_pipeline(imagePipelineArn=pipeline, **settings)

        imagebuilder.delete_workflow(workflowBuildVersionArn=arn)

        assert imagebuilder.list_workflows()["workflowVersionList"] == []
