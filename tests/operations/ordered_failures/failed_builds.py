"""Builds that a test has ordered to fail, and what is shown of them."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from tests.build_views import the_image
from tests.builders import a_distribution
from tests.model import needs_output

A_TIME = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
TEMPLATE = "lt-0123456789abcdef0"
failure_context = needs_output("GetImage", "image.state.failureContext")


def state_of(client, arn):
    return the_image(client, arn)["state"]


def status(client, arn):
    return state_of(client, arn)["status"]


def amis_of(client, arn):
    return [ami["region"] for ami in the_image(client, arn)["outputResources"]["amis"]]


def a_distribution_with(client, member, value, region="eu-west-1"):
    """One that configures what it distributes to a Region."""
    distributions = [
        {"region": region, "amiDistributionConfiguration": {}, member: value},
        {"region": "ap-southeast-2", "amiDistributionConfiguration": {}},
    ]
    return a_distribution(client, distributions=distributions)


def distribution_details(client, arn):
    """What stands in the sentence around it (AWS's knowledge centre, 2022-08-26)."""
    outer = re.compile(
        r"Distribution failed with JobId '[0-9a-f-]{36}', status = 'Failed' for ARN "
        rf"'{re.escape(arn)}'\. '(.*)'"
    )
    found = outer.fullmatch(state_of(client, arn)["reason"])
    assert found is not None
    return found[1]
