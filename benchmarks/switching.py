"""Switching on and off, and a whole small test; moto's beside it."""

from __future__ import annotations

import boto3
from moto import mock_aws

from imagebuilder_mock import mock_imagebuilder

from .timing import Table, interleaved, microseconds, within

SWITCH_LIMIT = 100
TEST_LIMIT = 5_000


def _switch() -> None:
    with mock_imagebuilder():
        pass


def _small_test() -> None:
    with mock_imagebuilder():
        boto3.client("imagebuilder", region_name="us-east-1").list_images()


def _switch_moto() -> None:
    with mock_aws():
        pass


def _small_moto_test() -> None:
    with mock_aws():
        boto3.client("ssm", region_name="us-east-1").describe_parameters()


def run() -> None:
    ours = interleaved({"switch": _switch, "test": _small_test}, repeat=20)
    motos = interleaved({"switch": _switch_moto, "test": _small_moto_test}, repeat=3, rounds=3)
    table = Table("Switching", "what", "ours", "limit in µs", "moto")
    for name, key, limit in (
        ("on and off", "switch", SWITCH_LIMIT),
        ("a small test: on, client, one call, off", "test", TEST_LIMIT),
    ):
        table.row(name, microseconds(ours[key]), within(ours[key], limit), microseconds(motos[key]))
    table.show()
