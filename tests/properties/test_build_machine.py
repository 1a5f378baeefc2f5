"""Builds in every mode: only what may follow follows, and an end is an end."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.domain.resources.images import Image
from tests.builders import a_distribution, a_full_recipe, a_pipeline, an_infrastructure
from tests.clients import the_client
from tests.machines import MockMachine, in_each_mode
from tests.model import has_member
from tests.refusals import refusal_of
from tests.scans import SCANNING

HOME = "us-east-1"
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
STAGES = ("PENDING", "CREATING", "BUILDING", "TESTING", "DISTRIBUTING", "INTEGRATING", "AVAILABLE")
# Of a build that goes nowhere else (see world/durations.py): seconds to the end of each stage.
ENDS = {
    "PENDING": 1,
    "CREATING": 1.45,
    "BUILDING": 558.45,
    "TESTING": 875.45,
    "DISTRIBUTING": 876.45,
    "INTEGRATING": 877.45,
}
LONGEST = 878 + 120 + 300  # with the scan of what the build made, and copies
TERMINAL = {"AVAILABLE", "FAILED", "CANCELLED"}

Targets = dict[str, tuple[str, ...]]
TARGETS = st.dictionaries(
    st.sampled_from([HOME, "eu-west-1", "ap-southeast-2"]),
    st.sampled_from([(), ("210987654321",), ("123456789012", "210987654321")]),
    max_size=3,
)
SCANS: list[dict[str, Any] | None] = [None, SCANNING]
if has_member("CreateImage", "imageScanningConfiguration.imageScanningTypes"):
    SCANS.append({**SCANNING, "imageScanningTypes": ["ON_DEMAND_AMI_CVE"]})


def may_follow(before: str, after: str, *, tests: bool) -> bool:
    """The law, in other words than the code's."""
    if before in TERMINAL:
        return False
    if after in {"FAILED", "CANCELLED"}:
        return True
    stages = [stage for stage in STAGES if tests or stage != "TESTING"]
    return stages.index(after) == stages.index(before) + 1


def distributions_to(targets: Targets) -> list[dict[str, Any]]:
    return [
        {
            "region": region,
            "amiDistributionConfiguration": {"targetAccountIds": list(accounts)}
            if accounts
            else {},
        }
        for region, accounts in targets.items()
    ]


# Named, because the oldest Hypothesis takes seconds to describe a lambda.
def something_runs(machine: BuildMachine) -> bool:
    return bool(machine.mock.builds.running)


def something_is_there(machine: BuildMachine) -> bool:
    return bool(machine.images())


def something_is_scanned(machine: BuildMachine) -> bool:
    return bool(machine.scanned())


def something_is_gone(machine: BuildMachine) -> bool:
    return bool(machine.gone)


class BuildMachine(MockMachine):
    """One recipe, many builds; the model is what each build may look like."""

    @initialize()
    def begin(self):
        self.mock = mock_imagebuilder(builds=self.mode, now=START).start()
        self.client: Any = the_client()
        self.recipe = a_full_recipe(self.client, name="web")
        self.infrastructure = an_infrastructure(self.client)
        self.pipeline = a_pipeline(
            self.client,
            imageRecipeArn=self.recipe,
            infrastructureConfigurationArn=self.infrastructure,
            imageScanningConfiguration=SCANNING,
        )
        self.tests: dict[str, bool] = {}
        self.targets: dict[str, Targets] = {}
        self.ended: dict[str, str] = {}
        self.gone: list[str] = []

    def images(self) -> dict[str, Image]:
        """What is there, seen without looking: a look moves an observed build."""
        found = self.mock.resources(region=HOME)
        return {image.arn: image for image in found if isinstance(image, Image)}

    def scanned(self) -> list[str]:
        images = self.images().values()
        return sorted(image.arn for image in images if image.scan_state is not None)

    def draw_running(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(self.mock.builds.running))

    @rule(tests=st.booleans(), where=TARGETS, scan=st.sampled_from(SCANS))
    def start(self, tests, where, scan):
        distribution = (
            {
                "distributionConfigurationArn": a_distribution(
                    self.client, distributions=distributions_to(where)
                )
            }
            if where
            else {}
        )
        arn = self.client.create_image(
            imageRecipeArn=self.recipe,
            infrastructureConfigurationArn=self.infrastructure,
            imageTestsConfiguration={"imageTestsEnabled": tests},
            **distribution,
            **({"imageScanningConfiguration": scan} if scan and tests else {}),
        )["imageBuildVersionArn"]
        self.note_start(arn, where, tests=tests)

    @rule()
    def run_the_pipeline(self):
        answer = self.client.start_image_pipeline_execution(imagePipelineArn=self.pipeline)
        self.note_start(answer["imageBuildVersionArn"], {}, tests=True)

    def note_start(self, arn: str, where: Targets, *, tests: bool) -> None:
        assert arn.endswith(f"/{len(self.tests) + 1}"), "build numbers are never given twice"
        self.tests[arn], self.targets[arn] = tests, where
        assert self.images()[arn].state.status == (
            "AVAILABLE" if self.mode == "instant" else "PENDING"
        )

    @precondition(something_is_there)
    @rule(data=st.data())
    def look(self, data):
        """In the observed mode a look shows the present state and moves the build on behind it."""
        arn = data.draw(st.sampled_from(sorted(self.images())))
        before = self.images()[arn].state.status
        shown = self.client.get_image(imageBuildVersionArn=arn)["image"]["state"]["status"]
        after = self.images()[arn].state.status
        assert shown == before
        moves = self.mode == "observed" and before not in TERMINAL
        assert (after != before) == moves

    @rule()
    def look_at_the_list(self):
        before = {arn: image.state.status for arn, image in self.images().items()}
        answer = self.client.list_image_build_versions(
            imageVersionArn=self.recipe.replace("image-recipe", "image")
        )
        newest_first = sorted(before, key=lambda arn: int(arn.rpartition("/")[2]), reverse=True)
        shown = [(item["arn"], item["state"]["status"]) for item in answer["imageSummaryList"]]
        assert shown == [(arn, before[arn]) for arn in newest_first[:25]]

    @precondition(something_runs)
    @rule(data=st.data())
    def advance(self, data):
        arn = self.draw_running(data)
        before = self.images()[arn].state.status
        after = self.mock.builds.advance(arn)
        assert after == self.images()[arn].state.status
        assert may_follow(before, after, tests=self.tests[arn])

    @precondition(something_runs)
    @rule(data=st.data())
    def complete(self, data):
        arn = self.draw_running(data)
        self.mock.builds.complete(arn)
        assert self.images()[arn].state.status == "AVAILABLE"

    @precondition(something_runs)
    @rule(data=st.data())
    def fail(self, data):
        arn = self.draw_running(data)
        self.mock.builds.fail(arn, reason="no disk")
        shown = self.client.get_image(imageBuildVersionArn=arn)["image"]["state"]
        assert (shown["status"], shown["reason"]) == ("FAILED", "no disk")

    @precondition(something_is_there)
    @rule(data=st.data())
    def cancel(self, data):
        arn = data.draw(st.sampled_from(sorted(self.images())))
        if self.images()[arn].state.status in TERMINAL:
            refusal = refusal_of(self.client.cancel_image_creation, imageBuildVersionArn=arn)
            assert refusal.code == "InvalidParameterValueException"
            return
        self.client.cancel_image_creation(imageBuildVersionArn=arn)
        assert self.images()[arn].state.status == "CANCELLED"

    @precondition(something_is_there)
    @rule(data=st.data())
    def delete(self, data):
        arn = data.draw(st.sampled_from(sorted(self.images())))
        if self.images()[arn].state.status not in TERMINAL:
            refusal = refusal_of(self.client.delete_image, imageBuildVersionArn=arn)
            assert refusal.code == "ResourceDependencyException"
            return
        self.client.delete_image(imageBuildVersionArn=arn)
        self.gone.append(arn)
        del self.ended[arn]

    @precondition(something_is_scanned)
    @rule(data=st.data(), severity=st.sampled_from(["LOW", "HIGH"]), number=st.integers(1, 2))
    def find(self, data, severity, number):
        arn = data.draw(st.sampled_from(self.scanned()))
        self.mock.findings.set_packages(arn, [("openssl", "1.0.0")])
        self.mock.findings.add(arn, vulnerability_id=f"CVE-2026-{number}", severity=severity)

    @precondition(something_is_scanned)
    @rule(data=st.data())
    def clear_findings(self, data):
        self.mock.findings.clear(data.draw(st.sampled_from(self.scanned())))

    @rule(seconds=st.sampled_from([0, 1, 10, 300, 615, LONGEST]))
    def let_time_pass(self, seconds):
        before = {arn: image.state.status for arn, image in self.images().items()}
        self.mock.clock.advance(seconds=seconds)
        if self.mode == "held" or seconds == 0:
            assert before == {arn: image.state.status for arn, image in self.images().items()}
        if self.mode != "held" and seconds == LONGEST:
            assert self.mock.builds.running == []

    @precondition(something_is_gone)
    @rule(data=st.data())
    def look_for_what_was_deleted(self, data):
        arn = data.draw(st.sampled_from(self.gone))
        refusal = refusal_of(self.client.get_image, imageBuildVersionArn=arn)
        assert refusal.code == "ResourceNotFoundException"

    @invariant()
    def what_has_ended_stays_as_it_was(self):
        images = self.images()
        assert set(images) == set(self.tests) - set(self.gone)
        for arn, status in self.ended.items():
            assert images[arn].state.status == status
        for arn, image in images.items():
            if image.state.status in TERMINAL:
                self.ended[arn] = image.state.status

    @invariant()
    def only_what_may_follow_has_followed(self):
        for arn, image in self.images().items():
            history = [step.status for step in image.transitions]
            assert history[0] == "PENDING"
            assert history[-1] == image.state.status
            for before, after in pairwise(history):
                assert may_follow(before, after, tests=self.tests[arn])
            moments = [step.moment for step in image.transitions]
            assert moments == sorted(moments)
            assert moments[0] == image.date_created

    @invariant()
    def the_running_are_the_unfinished(self):
        unfinished = [
            arn for arn, image in self.images().items() if image.state.status not in TERMINAL
        ]
        assert self.mock.builds.running == unfinished

    @invariant()
    def amis_are_where_they_were_to_go(self):
        for arn, image in self.images().items():
            resources = image.output_resources
            amis = resources.amis or () if resources else ()
            made = [(ami.region, ami.account_id) for ami in amis]
            everywhere = {
                (region, account)
                for region, accounts in self.targets[arn].items()
                for account in accounts or ("123456789012",)
            } | {(HOME, "123456789012")}
            reached = [step.status for step in image.transitions]
            assert len(made) == len(set(made))
            assert len({ami.image for ami in amis}) == len(amis)
            if "INTEGRATING" in reached:
                assert set(made) == everywhere
            elif {"TESTING", "DISTRIBUTING"} & set(reached):
                assert made == [(HOME, "123456789012")]
            elif "BUILDING" in reached:
                assert made in ([], [(HOME, "123456789012")])
            else:
                assert made == []


TestObserved, TestInstant, TestClock, TestHeld = in_each_mode(BuildMachine)


@given(st.lists(st.integers(0, 700), max_size=6))
def test_the_stage_depends_on_the_time_that_has_passed_not_on_how_it_passed(pauses):
    client: Any = the_client()
    with mock_imagebuilder(builds="clock", now=START) as mock:
        arn = client.create_image(
            imageRecipeArn=a_full_recipe(client),
            infrastructureConfigurationArn=an_infrastructure(client),
        )["imageBuildVersionArn"]
        passed = 0
        for seconds in pauses:
            mock.clock.advance(seconds=seconds)
            passed += seconds
            shown = client.get_image(imageBuildVersionArn=arn)["image"]["state"]["status"]
            over = [stage for stage, end in ENDS.items() if end <= passed]
            assert shown == STAGES[len(over)]

        image = next(r for r in mock.resources() if isinstance(r, Image))
        assert [step.moment - START for step in image.transitions[1:]] == [
            timedelta(seconds=end) for end in ENDS.values() if end <= passed
        ]
