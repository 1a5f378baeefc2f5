"""State files: what is in them, and what is said of one that is damaged."""

from __future__ import annotations

import json
import re
import runpy
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from imagebuilder_mock import current_mock, mock_imagebuilder
from imagebuilder_mock.domain.records import members_of
from imagebuilder_mock.world.saved import files
from imagebuilder_mock.world.saved.damage import StateError
from imagebuilder_mock.world.saved.document import SavedState
from imagebuilder_mock.world.saved.worlds import STATE
from imagebuilder_mock.world.scheduler import Scheduler
from imagebuilder_mock.world.store import Family, Store, VersionGroup
from imagebuilder_mock.world.tokens import ClientTokens
from tests.builders import (
    TEST_DOCUMENT,
    a_build,
    a_component,
    a_distribution,
    a_pipeline,
    a_recipe,
    a_sharing_policy,
    an_infrastructure,
)
from tests.gateways import a_gateway
from tests.index_rebuild import check_indexes
from tests.scans import a_scanned_build, collected
from tests.workflow_builders import a_workflow

ROOT = Path(__file__).parents[4]
NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)


@pytest.fixture
def path(tmp_path):
    """A file with a component, a pipeline, a build under way and a client token."""
    with mock_imagebuilder(builds="held", now=NOON, seed=7) as mock:
        client = mock.client()
        a_component(client, name="web", clientToken="once")
        a_pipeline(
            client,
            name="web",
            schedule={"scheduleExpression": "cron(0 3 * * ? *)"},
        )
        a_build(client)
        mock.save(tmp_path / "state.json")
    return tmp_path / "state.json"


def changed(path: Path, *steps: str | int, to: Any) -> None:
    """Put a value somewhere in the file."""
    document = json.loads(path.read_text())
    place = document
    for step in steps[:-1]:
        place = place[step]
    place[steps[-1]] = to
    path.write_text(json.dumps(document))


def resource(path: Path, cls: str) -> int:
    resources = json.loads(path.read_text())["stores"][0]["resources"]
    return next(place for place, each in enumerate(resources) if each["class"] == cls)


# Reading


def test_a_mock_begins_with_what_was_saved(path):
    with mock_imagebuilder(state=path) as mock:
        kinds = [type(each).__name__ for each in mock.resources()]
        assert kinds.count("Component") == 1
        assert [arn.split("/")[0] for arn in mock.builds.running] == [
            "arn:aws:imagebuilder:us-east-1:123456789012:image"
        ]
        assert mock.clock.now() == NOON
        mock.clock.advance(seconds=1)
        assert mock.clock.now() == NOON + timedelta(seconds=1)


def test_what_was_deleted_and_shared_again_leaves_the_order_of_the_file(tmp_path):
    with mock_imagebuilder(now=NOON) as mock:
        client = mock.client()
        client.delete_component(componentBuildVersionArn=a_component(client))
        old, new = (
            a_component(client, name="web"),
            a_component(client, name="web", semanticVersion="2.0.0"),
        )
        other = a_component(client, name="web", data=TEST_DOCUMENT)
        client.delete_component(componentBuildVersionArn=old)
        for arn, account in ((other, "210987654321"), (new, "111122223333")):
            policy = a_sharing_policy(arn, account)
            client.put_component_policy(componentArn=arn, policy=policy)
        mock.save(tmp_path / "first.json")

    with mock_imagebuilder(state=tmp_path / "first.json") as mock:
        mock.save(tmp_path / "second.json")

    assert (tmp_path / "second.json").read_text() == (tmp_path / "first.json").read_text()


def test_versions_are_listed_and_deleted_as_before(tmp_path):
    with mock_imagebuilder() as mock:
        client = mock.client()
        arns = {a_component(client), a_workflow(client), a_workflow(client, type="BUILD")}
        mock.save(tmp_path / "state.json")

    with mock_imagebuilder(state=tmp_path / "state.json") as mock:
        client = mock.client()
        listed = [
            *client.list_components()["componentVersionList"],
            *client.list_workflows()["workflowVersionList"],
        ]
        assert {f"{version['arn']}/1" for version in listed} == arns
        for arn in arns:
            if ":component/" in arn:
                client.delete_component(componentBuildVersionArn=arn)
            else:
                client.delete_workflow(workflowBuildVersionArn=arn)
        assert client.list_workflows()["workflowVersionList"] == []


def test_account_seed_and_time_are_those_of_the_file_unless_they_are_given(path, tmp_path):
    with mock_imagebuilder(account_id="111122223333", seed=9, now=NOON) as mock:
        an_infrastructure(mock.client())
        mock.save(tmp_path / "other.json")

    with mock_imagebuilder(state=str(tmp_path / "other.json")) as mock:
        assert len(mock.resources()) == 1
    later = NOON + timedelta(days=1)
    with mock_imagebuilder(state=path, now=later, account_id="444455556666", seed=1) as mock:
        assert mock.clock.now() == later
        assert mock.resources() == []


def test_a_clock_that_runs_goes_on_as_far_ahead_of_real_time(tmp_path):
    with mock_imagebuilder() as mock:
        mock.clock.advance(days=400)
        mock.save(tmp_path / "state.json")
        saved = mock.clock.now()

    with mock_imagebuilder(state=tmp_path / "state.json") as mock:
        assert saved <= mock.clock.now() < saved + timedelta(minutes=5)
        first = mock.clock.now()
        while mock.clock.now() == first:
            pass


def test_a_reset_goes_back_to_the_file(path):
    with mock_imagebuilder(state=path) as mock:
        before = list(map(repr, mock.resources()))
        path.unlink()
        a_component(mock.client())
        mock.resources()[0].tags["x"] = "y"

        mock.reset()

        assert list(map(repr, mock.resources())) == before


def test_a_nested_mock_may_name_the_file_of_the_outer_one(path):
    with mock_imagebuilder(state=path), mock_imagebuilder(state=path) as inner:
        assert inner.resources()
        with pytest.raises(ValueError, match=r"state='other\.json'"):
            mock_imagebuilder(state="other.json").start()


def test_a_state_is_a_path():
    with pytest.raises(TypeError, match=r"give the path of a file that mock.save\(\) wrote"):
        mock_imagebuilder(state=3)  # type: ignore[call-overload]


def test_no_file_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        mock_imagebuilder(state=tmp_path / "none.json").start()
    with pytest.raises(RuntimeError):
        current_mock()


def test_what_is_shared_is_shared_still_and_in_its_order(tmp_path):
    stranger = "444455556666"
    with mock_imagebuilder() as mock:
        client = mock.client()
        arns = [a_component(client, name=name) for name in ("first", "second")]
        for arn in reversed(arns):
            statement = {
                "Effect": "Allow",
                "Principal": {"AWS": stranger},
                "Action": ["imagebuilder:GetComponent", "imagebuilder:ListComponents"],
                "Resource": arn,
            }
            policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            client.put_component_policy(componentArn=arn, policy=policy)
        mock.save(tmp_path / "state.json")
        here = mock.client(account_id=stranger).list_components(owner="Shared")

    with mock_imagebuilder(state=tmp_path / "state.json") as mock:
        there = mock.client(account_id=stranger).list_components(owner="Shared")
        client = mock.client()
        with pytest.raises(client.exceptions.ResourceDependencyException):
            client.delete_component(componentBuildVersionArn=arns[0])

    assert there["componentVersionList"] == here["componentVersionList"]
    assert len(there["componentVersionList"]) == 2


# Writing


def test_a_world_can_be_saved_after_the_mock_is_off(tmp_path):
    with mock_imagebuilder() as mock:
        a_component(mock.client())
    mock.save(tmp_path / "state.json")

    with mock_imagebuilder(state=tmp_path / "state.json") as mock:
        assert len(mock.resources()) == 1


def test_each_resource_stands_on_a_line_of_its_own(path):
    lines = path.read_text().splitlines()

    assert sum('"class": ' in line for line in lines) == len(
        json.loads(path.read_text())["stores"][0]["resources"]
    )


def test_a_file_that_cannot_be_written_leaves_the_old_one(path, monkeypatch):
    before = path.read_text()

    def fail(*_):
        message = "disk full"
        raise OSError(message)

    monkeypatch.setattr(files, "_lines", fail)
    with mock_imagebuilder() as mock, pytest.raises(OSError, match="disk full"):
        mock.save(path)

    assert path.read_text() == before
    assert list(path.parent.iterdir()) == [path]


def test_two_who_write_one_file_at_once_do_not_mix_it(path, monkeypatch):
    both_have_begun, lines_of = Barrier(2, timeout=60), files.state_lines

    def slow_lines(state):
        first, *others = lines_of(state)
        yield first
        both_have_begun.wait()
        yield from others

    monkeypatch.setattr(files, "state_lines", slow_lines)
    with mock_imagebuilder(state=path) as mock, ThreadPoolExecutor(2) as pool:
        list(pool.map(mock.save, [path, path]))

    with mock_imagebuilder(state=path) as mock:
        assert mock.builds.running
    assert list(path.parent.iterdir()) == [path]


# Damage


@pytest.mark.parametrize(
    ("steps", "value", "message"),
    [
        (("format",), "x", '$ is not a state: its "format" must be'),
        (("version",), "1", "$ has a \"version\" that does not exist: '1'"),
        (("version",), 0, '$ has a "version" that does not exist: 0'),
        (("version",), 99, "$ was written by a newer imagebuilder_mock: it has version 99"),
        (("time",), "noon", "$.time must be a time such as 2024-01-31T12:00:00+00:00, and is"),
        (("time",), "2026-01-01", "$.time must be a time"),
        (("time",), 5, "$.time must be a time"),
        (("account_id",), "1", "$.account_id must be the 12 digits of an account, and is '1'"),
        (("offset",), "long", "$.offset must be a number of seconds, and is 'long'"),
        (("offset",), 1e300, "$.offset must be a number of seconds, and is 1e+300"),
        (("stores",), {}, "$.stores must be a list, and is {}"),
        (("stores", 0), 5, "$.stores[0] must be an object, and is 5"),
        (("stores", 0, "color"), 5, "$.stores[0].color is not a member of SavedStore"),
        (("stores", 0, "region"), None, "$.stores[0].region must be text, and is None"),
        (("stores", 0, "resources", 0, "class"), "X", "$.stores[0].resources[0].class must be"),
        (("stores", 0, "resources", 0, "class"), None, "[0].class must be one of Component, "),
        (("stores", 0, "resources", 0, "class"), [], "[0].class must be one of Component, "),
        (("stores", 0, "resources", 0, "tags"), [], "resources[0].tags must be an object"),
        (("stores", 0, "resources", 0, "tags"), {"a": 1}, "resources[0].tags.a must be text"),
        (
            ("stores", 0, "resources", 0, "arn"),
            "x",
            "resources[0].arn is not the ARN of a resource",
        ),
        (
            ("stores", 0, "resources", 0, "arn"),
            "arn:aws:imagebuilder:us-east-1:123456789012:component/web/one/1",
            "resources[0].arn is not the ARN of a resource",
        ),
        (
            ("stores", 0, "resources", 0, "arn"),
            "arn:aws:imagebuilder:eu-west-1:123456789012:component/web/1.0.0/1",
            "resources[0].arn is not of account 123456789012 in us-east-1",
        ),
        (
            ("stores", 0, "resources", 0, "arn"),
            "arn:aws:imagebuilder:us-east-1:123456789012:component/web/9999999999.0.0/1",
            "resources[0].arn is not the ARN of a resource",
        ),
        (("stores", 0, "running", 0), "arn", "$.stores[0].running[0] names no image"),
        (
            ("stores", 0, "names", 0, "versions"),
            {"one": 1},
            "$.stores[0].names[0].versions.one must be a version such as 1.0.0",
        ),
        (
            ("stores", 0, "names", 0, "highest"),
            [[1, 2, 3]],
            "names[0].highest[0] must be a list of 4",
        ),
        (
            ("stores", 0, "names", 0, "highest"),
            [[1, 2, "x", 3]],
            "names[0].highest[0][2] must be a whole number",
        ),
        (("scheduler", 0, "action"), "x", "$.scheduler[0].action must be one of end-stage, end-"),
        (("scheduler", 0, "ticket"), True, "$.scheduler[0].ticket must be a whole number"),
        (("client_tokens", 0, "fingerprint"), "xy", "$.client_tokens[0].fingerprint must be hexa"),
        (("client_tokens", 0, "answer"), {"$type": "os.x"}, "answer.$type must be an"),
        (("page_key",), "xy", "$.page_key must be hexadecimal digits"),
        (("colors",), {}, "$.colors is not a member of SavedState"),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_a_damaged_file_is_an_error_that_says_where(path, steps, value, message):
    if message == "answer.$type must be an":
        steps, value = (*steps, "x"), {"$type": "os.x"}
        message = "answer.x.$type names no type that is known here: 'os.x'"
    changed(path, *steps, to=value)

    with pytest.raises(StateError, match=re.escape(message)) as caught:
        mock_imagebuilder(state=path).start()

    assert str(caught.value).startswith(f"{path}: $")
    with pytest.raises(RuntimeError):
        current_mock()


def test_a_missing_member_is_named(path):
    document = json.loads(path.read_text())
    del document["stores"][0]["resources"][resource(path, "Image")]["owner"]
    path.write_text(json.dumps(document))

    with pytest.raises(StateError, match=r"\.owner is missing"):
        mock_imagebuilder(state=path).start()


def test_an_entry_that_does_not_say_what_it_refers_to_is_named(path):
    recipe = resource(path, "ImageRecipe")
    changed(path, "stores", 0, "resources", recipe, "components", to=[{"parameters": []}])

    with pytest.raises(StateError, match=r"resources\[\d\] has an entry without componentArn"):
        mock_imagebuilder(state=path).start()


@pytest.mark.parametrize("on_demand", [False, True])
def test_a_finding_without_the_id_of_its_vulnerability_is_named(tmp_path, on_demand):
    with mock_imagebuilder(builds="instant", now=NOON) as mock:
        arn = a_scanned_build(mock.client())
        mock.findings.clear(arn)
        mock.findings.add(arn, vulnerability_id="CVE-2026-0001", severity="HIGH")
        mock.save(tmp_path / "state.json")
    document = json.loads((tmp_path / "state.json").read_text())
    [finding] = document["stores"][0].pop("findings")
    del finding["package_vulnerability_details"]["vulnerabilityId"]
    member = "on_demand_findings" if on_demand else "findings"
    document["stores"][0][member] = [finding]
    (tmp_path / "state.json").write_text(json.dumps(document))

    place = f"$.stores[0].{member}[0].package_vulnerability_details"
    with pytest.raises(StateError, match=re.escape(f"{place} has no vulnerabilityId")):
        mock_imagebuilder(state=tmp_path / "state.json").start()


def test_a_build_that_has_ended_is_not_running(path):
    image = resource(path, "Image")
    changed(path, "stores", 0, "resources", image, "state", to={"status": "AVAILABLE"})

    with pytest.raises(StateError, match=r"running\[0\] names an image that is AVAILABLE: arn:"):
        mock_imagebuilder(state=path).start()


@pytest.mark.parametrize(
    ("cls", "parameter"),
    [
        ("InfrastructureConfiguration", "infrastructureConfigurationArn"),
        ("DistributionConfiguration", "distributionConfigurationArn"),
        ("ImageRecipe", "imageRecipeArn"),
    ],
)
def test_a_pipeline_without_what_it_refers_to_builds_nothing(tmp_path, cls, parameter):
    """A captured state can be a part of an account."""
    path = tmp_path / "state.json"
    with mock_imagebuilder(now=NOON) as mock:
        client = mock.client()
        a_pipeline(
            client,
            distributionConfigurationArn=a_distribution(client),
            schedule={
                "scheduleExpression": "cron(0 3 * * ? *)",
                "pipelineExecutionStartCondition": "EXPRESSION_MATCH_ONLY",
            },
        )
        mock.save(path)
    document = json.loads(path.read_text())
    del document["stores"][0]["resources"][resource(path, cls)]
    path.write_text(json.dumps(document))

    with mock_imagebuilder(state=path) as mock:
        mock.clock.advance(days=2)
        client = mock.client()
        [pipeline] = client.list_image_pipelines()["imagePipelineList"]
        with pytest.raises(client.exceptions.InvalidParameterValueException, match=parameter):
            client.start_image_pipeline_execution(
                imagePipelineArn=pipeline["arn"], clientToken="run"
            )

        assert client.list_images()["imageVersionList"] == []


def test_a_word_that_is_none_of_the_models_is_named(path):
    changed(path, "stores", 0, "resources", resource(path, "Image"), "state", "status", to="READY")

    with pytest.raises(StateError, match=r"state\.status must be one of PENDING, .*'READY'"):
        mock_imagebuilder(state=path).start()


def test_the_same_resource_twice_is_named(path):
    document = json.loads(path.read_text())
    document["stores"][0]["resources"].append(document["stores"][0]["resources"][0])
    path.write_text(json.dumps(document))

    with pytest.raises(StateError, match=r"\.arn is there twice: arn:aws"):
        mock_imagebuilder(state=path).start()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"format": }', ":1:12: not JSON"),
        (b"", ":1:1: not JSON"),
        (b"\xff", ": not JSON: 'utf-8' codec can't decode"),
        (b"[" * 200_000, ": not JSON: maximum recursion depth"),
        (b"[]", "$ is not a state"),
    ],
    ids=["JSON", "empty", "no text", "depth", "list"],
)
def test_what_is_no_state_at_all_is_an_error_too(path, content, message):
    path.write_bytes(content)

    with pytest.raises(StateError, match=re.escape(message)):
        mock_imagebuilder(state=path).start()


# Other versions


def test_an_older_file_is_brought_up_step_by_step(path, monkeypatch):
    monkeypatch.setattr(files, "VERSION", 3)
    monkeypatch.setattr(
        files,
        "UPGRADES",
        {
            1: lambda document: {**document, "color": "blue"},
            2: lambda document: {
                name: value for name, value in document.items() if name != "color"
            },
        },
    )

    with mock_imagebuilder(state=path) as mock:
        assert mock.resources()


def test_every_older_version_has_its_step():
    assert set(files.UPGRADES) == set(range(1, files.VERSION))


def test_a_file_written_by_hand_needs_no_numbers(tmp_path):
    arn = "arn:aws:imagebuilder:us-east-1:123456789012:infrastructure-configuration"
    resources = [
        {
            "class": "InfrastructureConfiguration",
            "arn": f"{arn}/{name}",
            "name": name,
            "date_created": "2026-01-01T00:00:00+00:00",
            "instance_profile_name": "builder",
        }
        for name in ("web", "app")
    ]
    store = {"account_id": "123456789012", "region": "us-east-1", "resources": resources}
    document = {
        "format": files.FORMAT,
        "version": 1,
        "account_id": "123456789012",
        "time": "2026-01-02T00:00:00+00:00",
        "stores": [store],
    }
    path = tmp_path / "state.json"
    path.write_text(json.dumps(document))

    with mock_imagebuilder(state=path) as mock:
        answer = mock.client().list_infrastructure_configurations()

    names = [each["name"] for each in answer["infrastructureConfigurationSummaryList"]]
    assert names == ["web", "app"]


def test_an_image_whose_file_has_no_role_and_workflows_shows_those_of_its_build(tmp_path):
    path = tmp_path / "state.json"
    with mock_imagebuilder() as mock:
        arn = mock.images.add(recipe=a_recipe(mock.client()))
        shown = mock.client().get_image(imageBuildVersionArn=arn)["image"]
        mock.save(path)
    document = json.loads(path.read_text())
    [image] = [each for each in document["stores"][0]["resources"] if each["class"] == "Image"]
    del image["execution_role"], image["workflows"]
    path.write_text(json.dumps(document))

    with mock_imagebuilder(state=path) as mock:
        loaded = mock.client().get_image(imageBuildVersionArn=arn)["image"]

    assert shown["executionRole"].endswith("/AWSServiceRoleForImageBuilder")
    assert loaded == shown


def test_what_is_added_by_hand_comes_behind_all_that_was_saved(path):
    """Two of one place would be taken for each other when one is deleted."""
    with mock_imagebuilder(state=path) as mock:
        client = mock.client()
        for name in ("one", "two", "three"):
            a_component(client, name=name)
        mock.save(path)
    document = json.loads(path.read_text())
    resources = document["stores"][0]["resources"]
    for place, name in ((1, "second"), (0, "first")):
        added = {**resources[0], "name": name, "arn": resources[0]["arn"].replace("web", name)}
        del added["sequence"]
        resources.insert(place, added)
    path.write_text(json.dumps(document))

    with mock_imagebuilder(state=path) as mock:
        check_indexes(mock._active_world("test"))
        listed = mock.client().list_components()["componentVersionList"]

    names = [each["name"] for each in listed]
    assert names[-2:] == ["first", "second"]


def test_findings_that_are_added_by_hand_are_found_page_by_page(path):
    with mock_imagebuilder(state=path) as mock:
        arn = a_scanned_build(mock.client())
        mock.findings.add(arn, vulnerability_id="CVE-2026-1", severity="LOW")
        mock.save(path)
    document = json.loads(path.read_text())
    [store] = document["stores"]
    [finding] = store["findings"]
    store["findings"] += [{**finding, "sequence": 0, "severity": "HIGH"} for _ in range(2)]
    path.write_text(json.dumps(document))

    with mock_imagebuilder(state=path) as mock:
        check_indexes(mock._active_world("test"))
        found = collected(mock.client().list_image_scan_findings, "findings", maxResults=1)

    assert [each["severity"] for each in found] == ["LOW", "HIGH", "HIGH"]


# Nothing is forgotten


def test_every_part_of_the_state_has_its_place_in_the_file():
    state = a_gateway().world.state
    of_other_parts = {"account_id", "seed", "time", "stands_still", "offset", "drawn"}

    assert set(STATE) == set(vars(state))
    written = [set(STATE[name].save(part)) for name, part in vars(state).items()]
    assert (
        set.union(*written) == {member.name for member in members_of(SavedState)} - of_other_parts
    )


def test_what_a_store_holds_has_its_place_in_the_file():
    """What is new here has to be saved too, or to follow from what is (``worlds.py``)."""
    assert set(vars(Store("aws", "us-east-1", "123456789012"))) == {
        "account",
        "executions",  # the images have them
        "findings",
        "partition",
        "region",
        "running",
        "_families",
        "_groups",
        "_kept",  # copies of what the store has
        "_names",
        "_numbering",
        "_orders",
        "_resources",
    }
    assert set(Family.__slots__) == {"groups", "highest", "last_builds", "sequence", "versions"}
    assert set(VersionGroup.__slots__) == {"builds", "sequence", "version"}
    assert set(Scheduler.__slots__) == {"_heap", "_tickets", "_withdrawn"}
    assert set(ClientTokens.__slots__) == {"_used"}


def test_the_published_schema_is_that_of_the_package():
    generator = runpy.run_path(str(ROOT / "docs" / "generate_state_schema.py"))

    committed = (ROOT / "docs" / "state-schema.json").read_text(encoding="utf-8")

    assert committed == generator["page"](), "run: python docs/generate_state_schema.py"
