"""What stands under ``$.imagebuilder`` for an image of which little is known."""

from __future__ import annotations

from datetime import datetime, timezone

from imagebuilder_mock.domain.documents.workflows.system_variables import (
    SYSTEM_VARIABLES,
    SystemVariables,
)
from imagebuilder_mock.domain.resources.images import Image, ImageState

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


def test_without_recipe_and_infrastructure_what_they_say_is_absent():
    image = Image(
        arn="arn:aws:imagebuilder:us-east-1:123456789012:image/web/1.0.0/1",
        name="web",
        date_created=NOW,
        owner="123456789012",
        type="AMI",
        platform="Windows",
        state=ImageState("PENDING"),
    )

    variables = SystemVariables(image, "DISTRIBUTION", NOW)

    assert set(SYSTEM_VARIABLES) - set(variables) == {
        "imageId",
        "instanceProfileName",
        "s3Logs",
        "securityGroups",
        "subnetId",
        "terminateInstanceOnFailure",
    }
    assert len(variables) == len(SYSTEM_VARIABLES) - 6
    assert variables["workingDirectory"] == "C:/"
    assert variables["workflowPhase"] == "Distribution"
