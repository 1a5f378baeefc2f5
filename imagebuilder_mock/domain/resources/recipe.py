"""What image recipes and container recipes have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from imagebuilder_mock.domain.arn import Arn

from .base import Resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(slots=True, kw_only=True)
class Recipe(Resource):
    """A recipe version; it never changes.

    ``components`` and ``parent_image`` stay as the caller wrote them, wildcards included; the copy
    inside an image has them resolved, and no owner.
    """

    output_type: ClassVar[str]
    """What a build of the recipe makes: ``AMI`` or ``DOCKER``."""

    owner: str | None
    platform: str
    parent_image: str
    components: Sequence[Mapping[str, object]] | None = None
    description: str | None = None
    working_directory: str | None = None

    @property
    def parent_os_version(self) -> str | None:
        """The OS version of a parent that is no image of Image Builder, if the caller told it."""
        return None

    @property
    def version(self) -> str | None:
        return Arn.parse(self.arn).version

    @property
    def component_arns(self) -> list[str]:
        return [str(component["componentArn"]) for component in self.components or ()]

    def refers_to(self) -> Iterable[str]:
        if self.parent_image.startswith("arn:"):
            return [*self.component_arns, self.parent_image]
        return self.component_arns
