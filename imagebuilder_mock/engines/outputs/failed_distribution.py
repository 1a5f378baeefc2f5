"""How a distribution, or the configuration after it, fails: reasons, summaries, Regions.

Sources: AWS's knowledge centre (2022-08-26), for the reason of a failed copy;
cdk-image-pipeline#76, for a cause that is not EC2's; user guide, image-failure-context, for a
failed integration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imagebuilder_mock.engines.one_build import MAX_ERROR, StepFailedError

if TYPE_CHECKING:
    from typing import TypeAlias

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.engines.one_build import Build
    from imagebuilder_mock.neighbours.account import Place

    Failure: TypeAlias = wire.RegionFailureTypeDef


class Refusal(NamedTuple):
    """Why a place does not get the image."""

    place: Place
    error: str
    is_of_ec2: bool = False
    """Whether the error is EC2's answer to a request."""


def failure_in(build: Build, place: Place, error: str) -> Failure:
    """What failed in a Region; it names the account only if that is another one."""
    failure: Failure = {
        "region": place.region,
        "status": "FAILED",
        "errorMessage": error[:MAX_ERROR],
    }
    if place.account != build.store.account:
        failure["targetAccountId"] = place.account
    return failure


def distribution_failed(build: Build, refusals: list[Refusal]) -> StepFailedError:
    """The failure of a distribution that did not reach all places."""
    arn, source = build.image.arn, build.store.account
    texts = (
        f"{number}) {_cause(refusal)} when distributing the image from the source account "
        f"(ID: {source}) to the destination account (ID: {refusal.place.account}) in Region "
        f"{refusal.place.region}."
        for number, refusal in enumerate(refusals, 1)
    )
    summary = f"Not all distribution jobs are completed. {' '.join(texts)}"
    reason = (
        f"Distribution failed with JobId '{build.job_id('distribution')}', status = 'Failed' for "
        f"ARN '{arn}'. '{summary}'"
    )
    failures = [failure_in(build, refusal.place, refusal.error) for refusal in refusals]
    return _failed(reason, summary, failures)


def _cause(refusal: Refusal) -> str:
    error = refusal.error[:MAX_ERROR]
    return f"EC2 Client Error: '{error}'" if refusal.is_of_ec2 else error


def integration_failed(build: Build, failures: list[Failure]) -> StepFailedError:
    """The failure of an integration that could not configure everything."""
    arn = build.image.arn
    summary = " ".join(
        f"In region '{failure['region']}' - '{failure['errorMessage']}'" for failure in failures
    )
    reason = (
        f"Integration failed with JobId '{build.job_id('integration')}', status = 'Failed' for ARN "
        f"'{arn}'. {summary}"
    )
    return _failed(reason, summary, failures)


def _failed(reason: str, summary: str, failures: list[Failure]) -> StepFailedError:
    return StepFailedError(
        reason,
        distribution_failure={"errorMessage": summary[:MAX_ERROR], "regionFailures": failures},
    )
