"""How a distribution, or the configuration after it, fails: reasons, summaries, Regions.

Sources: AWS's knowledge centre (2022-08-26), for the reason of a failed copy;
cdk-image-pipeline#76, for a cause that is not EC2's; user guide, image-failure-context, for a
failed integration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.records import Value
from imagebuilder_mock.engines.one_build import MAX_ERROR, StepFailedError

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import type_defs as wire
    from mypy_boto3_imagebuilder.literals import ImageConfigurationStepType

    from imagebuilder_mock.engines.one_build import Build
    from imagebuilder_mock.neighbours.account import Place


class Refusal(Value):
    """Why a place does not get the image, or why something is not configured there."""

    place: Place
    error: str
    is_of_ec2: bool = False
    """Whether the error is EC2's answer to a request."""
    step: ImageConfigurationStepType | None = None
    """What of the configuration failed, if the image is there."""


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
    return _failed(build, reason, summary, refusals)


def _cause(refusal: Refusal) -> str:
    error = refusal.error[:MAX_ERROR]
    return f"EC2 Client Error: '{error}'" if refusal.is_of_ec2 else error


def integration_failed(build: Build, refusals: list[Refusal]) -> StepFailedError:
    """The failure of an integration that could not configure everything."""
    arn = build.image.arn
    summary = " ".join(
        f"In region '{refusal.place.region}' - '{refusal.error[:MAX_ERROR]}'"
        for refusal in refusals
    )
    reason = (
        f"Integration failed with JobId '{build.job_id('integration')}', status = 'Failed' for ARN "
        f"'{arn}'. {summary}"
    )
    return _failed(build, reason, summary, refusals)


def _failed(build: Build, reason: str, summary: str, refusals: list[Refusal]) -> StepFailedError:
    return StepFailedError(
        reason,
        distribution_failure={
            "errorMessage": summary[:MAX_ERROR],
            "regionFailures": [_shown(build, refusal) for refusal in refusals],
        },
    )


def _shown(build: Build, refusal: Refusal) -> wire.RegionFailureTypeDef:
    """What failed in a Region; it names the account only if that is another one."""
    shown: wire.RegionFailureTypeDef = {
        "region": refusal.place.region,
        "status": "FAILED",
        "errorMessage": refusal.error[:MAX_ERROR],
    }
    if refusal.step is not None:
        shown["imageConfigurationStep"] = refusal.step
    if refusal.place.account != build.store.account:
        shown["targetAccountId"] = refusal.place.account
    return shown
