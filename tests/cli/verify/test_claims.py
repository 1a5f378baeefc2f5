"""The table of claims: what holds for it as a whole."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

from imagebuilder_mock.cli.capture.walking import WAYS
from imagebuilder_mock.cli.verify import OFFERS
from imagebuilder_mock.cli.verify.claim import words_of
from imagebuilder_mock.cli.verify.claims import CLAIMS
from imagebuilder_mock.cli.verify.claims.standing import STANDING
from imagebuilder_mock.cli.verify.running import Run
from imagebuilder_mock.cli.verify.safety import TARGETS
from imagebuilder_mock.cli.verify.service import Service
from tests.model import needs_member

DOCS = Path(__file__).parents[3] / "docs"
ROWS = {row["id"]: row for row in json.loads((DOCS / "fidelity.json").read_text())["rows"]}
PROVEN = {row for claim in CLAIMS for row in claim.rows}
KNOWN = {"run", "name", "own", "amazon", "account", "region", "partition"} | OFFERS.keys()


def test_there_are_claims_over_a_good_part_of_what_is_told():
    assert len(CLAIMS) >= 150
    assert len(PROVEN) >= 80


def test_an_id_is_one_claim_s():
    assert [key for key, count in Counter(claim.id for claim in CLAIMS).items() if count > 1] == []


def test_a_claim_proves_rows_that_exist():
    assert PROVEN - ROWS.keys() == set()


def test_every_claim_proves_something_by_asking_something():
    assert [claim.id for claim in CLAIMS if not (claim.rows and claim.calls)] == []


def test_a_claim_speaks_only_of_what_is_there():
    """Each word is one of the run's, is shared, or was saved by a call of the same claim before."""
    for claim in CLAIMS:
        known = KNOWN | STANDING.keys()
        for call in claim.calls:
            assert words_of(call) <= known, claim.id
            known |= call.saved.keys()


@needs_member("CreateComponent", "dryRun")  # the claims are about the service of today
@pytest.mark.imagebuilder(unknown_members="ignore")
def test_each_claim_holds_by_itself(imagebuilder_mock):
    """It stands on nothing that another one has made, and leaves nothing."""
    client = boto3.client(
        "imagebuilder",
        region_name="us-east-1",
        config=Config(parameter_validation=False),
        **imagebuilder_mock.credentials("123456789012"),
    )
    words = {
        **dict.fromkeys(OFFERS, "offered"),
        "role": "arn:aws:iam::123456789012:role/keeper",
        "topic": "arn:aws:sns:us-east-1:123456789012:news",
        "account": "123456789012",
        "partition": "aws",
    }

    for claim in CLAIMS:
        service = Service(client, run="verify-00000001", account=None, is_local=True)
        result = Run(service, region="us-east-1", options=words).through([claim], lambda _: None)

        assert [outcome.verdict for outcome in result.outcomes] == ["same"], result
        assert imagebuilder_mock.resources() == [], claim.id


def test_the_policy_of_the_page_allows_what_is_called_and_no_more():
    page = (DOCS / "verify.md").read_text()
    policy = json.loads(page.partition("```json\n")[2].partition("```")[0])
    allowed = {action for statement in policy["Statement"] for action in statement["Action"]}
    calls = [*(call for claim in CLAIMS for call in claim.calls), *STANDING.values()]
    called = {call.operation for call in calls} | TARGETS.keys()
    # How what was lost is found; images are never made.
    called |= {operation for cls, lists in WAYS.items() if cls != "Image" for operation in lists}

    assert {action for action in allowed if action.startswith("imagebuilder:")} == {
        f"imagebuilder:{operation}" for operation in called
    }
