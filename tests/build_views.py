"""What GetImage shows of a build."""

from __future__ import annotations


def the_image(client, arn):
    return client.get_image(imageBuildVersionArn=arn)["image"]


def status(client, arn):
    return the_image(client, arn)["state"]["status"]


def amis_of(client, arn):
    return the_image(client, arn)["outputResources"]["amis"]
