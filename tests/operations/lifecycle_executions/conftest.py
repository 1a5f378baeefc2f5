"""Policies that run over images of the recipe ``web``."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tests.builders import a_recipe
from tests.lifecycle_builders import a_rule

NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)
DELETE_ALL = a_rule("DELETE", include=("amis", "snapshots"))


@pytest.fixture
def lifecycle(imagebuilder_mock):
    return imagebuilder_mock.lifecycle


@pytest.fixture
def images(imagebuilder, imagebuilder_mock):
    """Makes images of the recipe ``web``, each a day older than the one before."""
    recipe = a_recipe(imagebuilder, name="web")

    def make(number, **options):
        return [
            imagebuilder_mock.images.add(
                recipe=recipe, created=NOW - timedelta(days=100 + each), **options
            )
            for each in range(number)
        ]

    return make


def runs_of(client, arn):
    return client.list_lifecycle_executions(resourceArn=arn)["lifecycleExecutions"]
