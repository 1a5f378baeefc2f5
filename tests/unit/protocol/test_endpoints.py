"""Which hosts are Image Builder's, and of which Region."""

from __future__ import annotations

from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.loaders import Loader

from imagebuilder_mock.protocol.identity import region_of

PARTITIONS = Loader().load_data("partitions")["partitions"]


@pytest.mark.parametrize("partition", PARTITIONS, ids=lambda partition: partition["id"])
@pytest.mark.parametrize("fips", [False, True], ids=["", "FIPS"])
@pytest.mark.parametrize("dual_stack", [False, True], ids=["", "dual-stack"])
def test_an_endpoint_of_botocore_is_that_of_its_region(partition, fips, dual_stack):
    region = partition["outputs"]["implicitGlobalRegion"]
    config = Config(use_fips_endpoint=fips, use_dualstack_endpoint=dual_stack)
    try:
        client = boto3.client(
            "imagebuilder",
            region,
            config=config,
            aws_access_key_id="example",
            aws_secret_access_key="example",
        )
        url = client.generate_presigned_url("list_images")
    except BotoCoreError as error:
        pytest.skip(f"botocore has no such endpoint: {error}")

    assert region_of(urlsplit(url).hostname or "") == region


@pytest.mark.parametrize(
    "host",
    [
        "IMAGEBUILDER.us-east-1.AMAZONAWS.com",
        "imagebuilder.us-east-1.amazonaws.com.",
        "vpce-0123456789abcdef0-01234567.imagebuilder.us-east-1.vpce.amazonaws.com",
    ],
)
def test_other_ways_to_write_an_endpoint(host):
    assert region_of(host) == "us-east-1"


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost",
        "ec2.us-east-1.amazonaws.com",
        "imagebuilder.amazonaws.com",
        "imagebuilder.us-east-1.example.com",
        "imagebuilder.us-east-1.amazonaws.com.example.com",
        "imagebuilder-docs.us-east-1.amazonaws.com",
        "myimagebuilder.us-east-1.amazonaws.com",
        "imagebuilder.s3.us-east-1.amazonaws.com",
    ],
)
def test_other_hosts_are_of_no_region(host):
    assert region_of(host) is None
