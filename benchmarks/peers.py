"""moto's comparable operations, in the same run."""

from __future__ import annotations

import boto3
from moto import mock_aws

from imagebuilder_mock import mock_imagebuilder
from tests.builders import an_infrastructure

from .timing import Table, interleaved, microseconds

REPEAT = 50


def run() -> None:
    with mock_aws(), mock_imagebuilder(quotas=False):
        ours = boto3.client("imagebuilder", region_name="us-east-1")
        ssm = boto3.client("ssm", region_name="us-east-1")
        batch = boto3.client("batch", region_name="us-east-1")
        arn = an_infrastructure(ours)
        for number in range(25):
            an_infrastructure(ours)
            ssm.put_parameter(Name=f"parameter-{number}", Value="value", Type="String")
        times = interleaved(
            {
                "imagebuilder: GetInfrastructureConfiguration": lambda: (
                    ours.get_infrastructure_configuration(infrastructureConfigurationArn=arn)
                ),
                "imagebuilder: ListInfrastructureConfigurations (25)": (
                    ours.list_infrastructure_configurations
                ),
                "moto ssm: GetParameter": lambda: ssm.get_parameter(Name="parameter-1"),
                "moto ssm: DescribeParameters (25)": ssm.describe_parameters,
                "moto batch: DescribeJobQueues": batch.describe_job_queues,
            },
            repeat=REPEAT,
        )
    table = Table("Beside moto", "call", "median")
    for name, value in times.items():
        table.row(name, microseconds(value))
    table.show()
