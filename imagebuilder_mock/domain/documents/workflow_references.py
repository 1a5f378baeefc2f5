"""What the dynamic variables of a workflow document may refer to.

Source: user guide, wfdoc-dynamic-vars.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from .errors import DocumentError
from .workflow_variables import INTERPOLATED, ROOT, SUFFIX

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

SYSTEM_VARIABLES = frozenset(
    (
        "cloudWatchLogGroup",
        "cloudWatchLogStream",
        "collectImageMetadata",
        "collectImageScanFindings",
        "dateTime",
        "imageBuildNumber",
        "imageId",
        "imageName",
        "imageType",
        "imageVersionNumber",
        "instanceProfileName",
        "platform",
        "s3Logs",
        "securityGroups",
        "sourceImageARN",
        "subnetId",
        "terminateInstanceOnFailure",
        "workflowPhase",
        "workingDirectory",
    )
)

_NODE = re.compile(r"[A-Za-z0-9_-]+(?:\[[0-9]+\])*")


class Reference(NamedTuple):
    """A path from a root: ``("stepOutputs", "Launch", "instanceId")``."""

    text: str
    nodes: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Reference:
        """DocumentError if the text is none."""
        nodes = tuple(text.removeprefix(ROOT).split("."))
        if not text.startswith(ROOT) or not all(_NODE.fullmatch(node) for node in nodes):
            raise DocumentError(f"Invalid reference '{text}'.")
        return cls(text, nodes)


class References(NamedTuple):
    """What a place in a document may refer to. ``None`` stands for what only the run knows."""

    parameters: Collection[str]
    steps: Collection[str]
    """The steps that come before."""

    def check(self, text: str) -> None:
        """DocumentError if the reference can mean nothing."""
        root, *nodes = Reference.parse(text).nodes
        # A position may follow the name of a list: securityGroups[0].
        name = nodes[0].partition("[")[0] if nodes else None
        if root == "parameters":
            known = name in self.parameters
        elif root == "stepOutputs":
            known = len(nodes) > 1 and nodes[0] in self.steps
        elif root == "imagebuilder":
            known = name in SYSTEM_VARIABLES
        else:
            known = root == "workflowOutputs" and name is not None
        if not known:
            raise DocumentError(f"The reference '{text}' does not refer to a known variable.")


def references_in(value: object, *, is_reference: bool = False) -> Iterator[str]:
    """Each reference below a value, as it is written."""
    if isinstance(value, str):
        if is_reference:
            yield value
        else:
            yield from INTERPOLATED.findall(value)
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from references_in(member, is_reference=str(key).endswith(SUFFIX))
    elif isinstance(value, list):
        for member in value:
            yield from references_in(member, is_reference=is_reference)
