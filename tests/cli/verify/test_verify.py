"""``imagebuilder-mock verify``: a run from its plan to its end, and what may come between."""

from __future__ import annotations

import io
import json
from urllib.parse import parse_qsl

import pytest
from botocore.exceptions import EndpointConnectionError

from imagebuilder_mock import imagebuilder_server
from imagebuilder_mock.cli.command_line import main
from imagebuilder_mock.cli.verify.claims import CLAIMS
from imagebuilder_mock.cli.verify.service import Service
from tests.builders import OWN, a_component, a_distribution
from tests.model import needs_member

from .conftest import a_service

# The claims are about the service of today; of an older model the mock is another.
pytestmark = [pytest.mark.needs("werkzeug"), needs_member("CreateComponent", "dryRun")]


def test_the_mock_is_as_it_is_claimed_to_be_and_nothing_is_left(verify):
    with a_service() as (url, mock):
        verified = verify(url)

        assert mock.resources() == []
        assert mock.builds.running == []
    assert verified.verdicts("differs") == {}
    assert verified.verdicts("not asked") == {}
    assert len(verified.verdicts("same")) == len(CLAIMS)
    assert verified.exit_code == 0
    assert f"{len(CLAIMS)} same, 0 differ, 0 not asked" in verified.text
    assert verified.report["left_behind"] == {}


def test_what_the_caller_offers_nothing_for_is_not_asked_and_the_rest_is(verify):
    with a_service() as (url, mock):
        verified = verify(url, "gets.*", "tokens.dry-run", "lifecycle.get", "entries.*", options=())

        assert mock.calls.count("CreateInfrastructureConfiguration") == 0
    assert verified.exit_code == 0
    assert {key: claim["reason"] for key, claim in verified.verdicts("not asked").items()} == {
        "entries.container-recipe": "it needs --repository",
        "entries.infrastructure": "it needs --instance-profile",
        "entries.lifecycle-policy": "it needs --role",
        "entries.pipeline": "it needs --instance-profile",
        "gets.container-recipe": "it needs --repository",
        "gets.infrastructure": "it needs --instance-profile",
        "gets.infrastructure-update": "it needs --instance-profile",
        "gets.pipeline": "it needs --instance-profile",
        "lifecycle.get": "it needs --role",
    }
    assert "not asked: it needs --role (2)" in verified.text
    assert "without --role: 2 not asked" in verified.text
    assert f"claims    {len(verified.verdicts('same'))} of 17: " in verified.text


def test_the_plan_asks_nothing(capsys, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "example")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    with a_service() as (url, mock):
        code = main(["verify", "--region=us-east-1", f"--endpoint-url={url}", "--plan"])

        assert mock.calls.count() == 0
    plan = capsys.readouterr().out
    assert code == 0
    assert "Region    us-east-1\n" in plan
    assert "CreateImagePipeline" in plan
    assert "CreateImage," not in plan
    assert "without --role: " in plan


def test_a_hundred_resources_that_are_there_already_change_nothing(verify):
    with a_service(quotas=False) as (url, mock):
        client = mock.client()
        before = [a_component(client) for _ in range(60)]
        before += [a_distribution(client) for _ in range(40)]

        verified = verify(url, "lists.*", "requests.refused-*", "gets.component")

        assert sorted(resource.arn for resource in mock.resources()) == sorted(before)
    assert verified.verdicts("differs") == {}
    assert verified.exit_code == 0
    assert "component-1" not in json.dumps(verified.report)


def test_throttling_is_waited_out(verify):
    with a_service() as (url, mock):
        mock.faults.add("CreateComponent", error="ThrottlingException")

        verified = verify(url, "gets.component")

    assert verified.exit_code == 0


def test_without_permission_a_claim_is_not_asked(verify):
    with a_service() as (url, mock):
        mock.faults.add("CreateWorkflow", error="AccessDeniedException", times=None)

        verified = verify(url, "gets.*", "workflows.no-steps")

    assert {key: claim["reason"] for key, claim in verified.verdicts("not asked").items()} == {
        "gets.workflow": "CreateWorkflow: AccessDeniedException: what it needs was not made",
        "workflows.no-steps": "CreateWorkflow: AccessDeniedException",
    }
    assert verified.verdicts("differs") == {}
    assert verified.exit_code == 2


def test_an_account_that_has_reached_a_quota_is_no_difference(verify):
    """The claim expects an answer, which the account may not give any more."""
    with a_service() as (url, mock):
        mock.faults.add("CreateDistributionConfiguration", error="ServiceQuotaExceededException")

        verified = verify(url, "names.in-arns")

    assert {key: claim["reason"] for key, claim in verified.verdicts("not asked").items()} == {
        "names.in-arns": "CreateDistributionConfiguration: ServiceQuotaExceededException"
    }


def test_who_may_not_delete_makes_no_more(verify):
    """What is left is told: names in the text, and not in the report."""
    with a_service() as (url, mock):
        mock.faults.add("DeleteComponent", error="AccessDeniedException", times=None)

        verified = verify(url, "gets.component", "versions.*")

        left = {resource.arn for resource in mock.resources()}
    assert len(left) == 2  # what all claims share, and what the first has made
    assert all(f"left behind: {arn}: AccessDeniedException" in verified.text for arn in left)
    assert verified.report["stopped"] == "what is made cannot be deleted: AccessDeniedException"
    assert verified.exit_code == 2
    assert "123456789012" not in json.dumps(verified.report)


def test_who_interrupts_it_leaves_nothing(verify, monkeypatch):
    """It comes while a configuration is being made, whose answer is lost by it."""
    asked = Service._asked

    def interrupted(service, operation, params):
        answer = asked(service, operation, params)
        if operation == "CreateDistributionConfiguration":
            raise KeyboardInterrupt
        return answer

    monkeypatch.setattr(Service, "_asked", interrupted)

    with a_service() as (url, mock):
        verified = verify(url, "gets.component", "gets.distribution", "names.*")

        assert mock.resources() == []
        assert mock.calls.count("CreateDistributionConfiguration") == 1
    assert verified.report["stopped"] == "interrupted"
    assert verified.verdicts("same") == {}
    assert verified.exit_code == 2


def test_what_is_left_is_told_when_the_service_goes_away(verify, monkeypatch):
    asked = Service._asked

    def gone(service, operation, params):
        if service.made:
            raise EndpointConnectionError(endpoint_url=service.client.meta.endpoint_url)
        return asked(service, operation, params)

    monkeypatch.setattr(Service, "_asked", gone)

    with a_service() as (url, mock):
        verified = verify(url, "gets.component")

        [made] = mock.resources()
    assert verified.report["stopped"].startswith("Could not connect")
    assert f"left behind: {made.arn}: Could not connect" in verified.text
    assert verified.exit_code == 2


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        pytest.param(None, "differs", id="cut off"),
        pytest.param("breaks", "not asked", id="an error of the server's"),
    ],
)
def test_a_create_whose_answer_is_lost_is_found_and_deleted(verify, change, verdict):
    """It was made, and nobody knows its ARN: it is told by the prefix of its name."""

    def breaks(operation, answer, sent):
        is_lost = operation == "CreateComponent" and b"names-another-type" in sent.body
        return answer._replace(status=500, body={}) if is_lost else answer

    with a_service(change and breaks) as (url, mock):
        client = mock.client()
        theirs = a_component(client)
        if change is None:
            mock.faults.add(
                "CreateComponent",
                truncated=True,
                times=None,
                when=lambda params: "names-another-type" in params["name"],
            )

        verified = verify(url, "names.another-type")

        assert [resource.arn for resource in mock.resources()] == [theirs]
    assert verified.exit_code == (1 if verdict == "differs" else 2)
    assert [*verified.verdicts(verdict)] == ["names.another-type"]


def test_what_cannot_be_found_out_is_told(verify):
    def change(operation, answer, sent):
        if operation == "CreateComponent" and b"names-another-type" in sent.body:
            return answer._replace(status=500, body={})
        return answer

    with a_service(change) as (url, mock):
        mock.faults.add("ListComponents", error="AccessDeniedException", times=None)

        verified = verify(url, "names.another-type")

        assert len(mock.resources()) == 1
    assert verified.report["left_behind"] == {"verify-…": "CreateComponent may have made something"}
    assert verified.exit_code == 2


def test_what_is_another_s_is_not_deleted_whatever_a_create_answers(verify):
    def change(operation, answer, sent):
        if operation == "CreateComponent" and b"gets-component" in sent.body:
            return answer._replace(body={"componentBuildVersionArn": theirs[0]})
        return answer

    with a_service(change) as (url, mock):
        theirs = [a_component(mock.client())]

        verified = verify(url, "gets.component")

        assert [resource.arn for resource in mock.resources()] == theirs
        assert mock.calls.count("DeleteComponent") == 2  # the shared one, and what was lost
    [told] = verified.verdicts("differs").values()
    assert told["differences"][0]["answered"].startswith("(unreadable): componentBuildVersionArn: ")


class AcceptsEverything:
    """A service that takes every create that it should refuse, as far as it is told apart."""

    def __init__(self):
        self.there: set[str] = set()
        self.accepted = 0

    def __call__(self, operation, answer, sent):
        if operation.startswith("Create") and answer.status >= 400:
            self.accepted += 1
            kind = {"ImageRecipe": "image-recipe", "LifecyclePolicy": "lifecycle-policy"}
            label = operation.removeprefix("Create")
            name = json.loads(sent.body).get("name", "none").strip().lower()
            version = {"Component": "/1.0.0/7", "Workflow": "/1.0.0/7"}.get(label, "")
            arn = f"{OWN}{kind.get(label, 'component')}/{name}-{self.accepted}{version}"
            self.there.add(arn)
            member = {
                "Component": "componentBuildVersionArn",
                "Workflow": "workflowBuildVersionArn",
            }.get(label, label[0].lower() + label[1:] + "Arn")
            return answer._replace(status=200, body={member: arn})
        for _, value in parse_qsl(sent.query):
            if operation.startswith("Delete") and value in self.there:
                self.there.discard(value)
                return answer._replace(status=200, body={})
        return answer


def test_what_was_wrongly_accepted_is_deleted(verify):
    everything = AcceptsEverything()
    with a_service(everything) as (url, mock):
        verified = verify(url, "requests.*", "lifecycle.*", "components.*", "containers.*")

        assert mock.resources() == []
    assert everything.accepted > 50
    assert everything.there == set()
    assert verified.exit_code == 1
    assert verified.report["left_behind"] == {}
    refused = verified.verdicts("differs")["lifecycle.age-without-a-unit"]
    assert refused["differences"][0] == {
        "path": "code",
        "expected": "InvalidParameterCombinationException",
        "answered": "(accepted)",
    }


@pytest.mark.parametrize(
    ("has_credentials", "reason"),
    [(True, "Could not connect"), (False, "Unable to locate credentials")],
)
def test_a_request_that_never_left_made_nothing_and_leaves_nothing_behind(
    verify, monkeypatch, has_credentials, reason
):
    with a_service() as (url, _):
        pass
    if not has_credentials:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    verified = verify(url, "lists.page-size")

    assert verified.exit_code == 2
    assert reason in verified.report["stopped"]
    assert verified.report["left_behind"] == {}
    assert "left behind" not in verified.text


class FarAway:
    """A client of AWS itself, which nobody may use."""

    class meta:  # noqa: N801 - as botocore calls it
        endpoint_url = "https://imagebuilder.us-east-1.amazonaws.com"
        region_name = "us-east-1"


@pytest.fixture
def far_away(monkeypatch):
    monkeypatch.setattr(
        "imagebuilder_mock.cli.verify.dialogue._client",
        lambda _: (FarAway(), {"account": "123456789012", "partition": "aws"}),
    )


@pytest.mark.usefixtures("far_away")
def test_away_from_this_machine_it_begins_only_when_it_is_told_to(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO())

    with pytest.raises(SystemExit) as caught:
        main(["verify", "--region=us-east-1"])

    assert caught.value.code == 2
    assert "say --yes to begin" in capsys.readouterr().err


@pytest.mark.parametrize("answer", ["no\n", ""], ids=["no", "end of input"])
@pytest.mark.usefixtures("far_away")
def test_on_a_terminal_it_shows_the_plan_and_asks(monkeypatch, capsys, answer):
    terminal = io.StringIO(answer)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", terminal)

    assert main(["verify", "--region=us-east-1"]) == 2

    shown = capsys.readouterr().out
    assert "account   123456789012\n" in shown
    assert "endpoint  AWS\n" in shown
    assert shown.rstrip("\n").endswith("Begin? [y/N] ")


def test_on_a_terminal_it_shows_how_far_it_is(monkeypatch):
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "example")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")

    with a_service() as (url, _):
        main(["verify", "--region=us-east-1", f"--endpoint-url={url}", "--only=names.*"])

    assert "\r2/3 names.the-same-name " in terminal.getvalue()


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--only", "nothing.*", "no claim has an id like nothing.*"),
        ("--report", "none/report.json", "the report cannot be written to none/report.json"),
    ],
)
def test_a_wrong_option_is_explained(capsys, option, value, message):
    with pytest.raises(SystemExit) as caught:
        main(["verify", option, value])

    assert caught.value.code == 2
    assert message in capsys.readouterr().err


def test_without_a_region_it_says_how_to_name_one(monkeypatch, capsys):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)

    assert main(["verify", "--plan"]) == 2
    assert "region. Name it with --region." in capsys.readouterr().err


def test_without_credentials_for_aws_nothing_is_asked(monkeypatch, capsys):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    assert main(["verify", "--region=us-east-1"]) == 2

    assert capsys.readouterr() == ("", "imagebuilder-mock verify: Unable to locate credentials\n")


@pytest.mark.needs("moto")
def test_sts_tells_the_account_before_anything_is_made(monkeypatch, capsys):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "example")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")

    with imagebuilder_server(moto=True) as url:
        main(["verify", "--region=us-east-1", f"--endpoint-url={url}", "--plan"])

    assert "account   123456789012\n" in capsys.readouterr().out
