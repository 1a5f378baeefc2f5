"""Scanned builds for tests, and what is seen of them."""

from __future__ import annotations

from tests.builders import AMAZON, a_build, a_recipe

SCANNING = {"imageScanningEnabled": True}
HELLO = f"{AMAZON}component/hello-world-linux/x.x.x"


def an_unpatched_recipe(client, **params):
    """One that leaves the packages of the base image as they are."""
    return a_recipe(client, components=[HELLO], **params)


def a_scanned_build(client, **params):
    """A build with scanning on, whose packages have vulnerabilities."""
    given = {"imageRecipeArn": params.pop("imageRecipeArn", None) or an_unpatched_recipe(client)}
    return a_build(client, imageScanningConfiguration=SCANNING, **given, **params)


def look(client, arn):
    return client.get_image(imageBuildVersionArn=arn)["image"]


def watched(client, arn):
    """The states of an image and its scan, from one look to the next, until it has ended."""
    seen: list[tuple[str, str]] = []
    while not seen or seen[-1][0] not in {"AVAILABLE", "FAILED", "CANCELLED"}:
        image = look(client, arn)
        seen.append((image["state"]["status"], image["scanState"]["status"]))
    return seen


def findings(client, **filters):
    """All findings, or those of one filter."""
    given = [{"name": name, "values": [value]} for name, value in filters.items()]
    params = {"filters": given} if given else {}
    return collected(client.list_image_scan_findings, "findings", **params)


def collected(operation, member, **params):
    """All entries of a list; the oldest botocore has no paginators for these."""
    page = operation(**params)
    entries = page[member]
    while "nextToken" in page:
        page = operation(**params, nextToken=page["nextToken"])
        entries += page[member]
    return entries
