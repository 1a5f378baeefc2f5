"""What every resource has: an ARN, a name, tags, and a number that tells which is older."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.records import Record, fresh
from imagebuilder_mock.domain.records import members_of as record_members

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from typing_extensions import Self

    from .workflow_executions import WorkflowExecution


class Resource(Record, kw_only=True):
    """Attributes are the model's members in snake case; the output shape picks what it shows.

    Nested values that AWS only echoes stay as they were received. None means absent.
    """

    kind: ClassVar[str]
    """The resource type in the ARN."""
    label: ClassVar[str]
    """What the service calls the type in its messages: the class's name."""
    quota: ClassVar[str | None] = None
    """The quota for resources of the type."""
    has_builds: ClassVar[bool] = False
    """Whether the service gives each version build numbers."""

    arn: str
    name: str
    date_created: datetime
    tags: dict[str, str] = fresh(factory=dict)
    policy: str | None = None
    """The resource policy, as it was put."""
    shared_with: frozenset[str] = frozenset()
    """The other accounts that the policy lets see the resource."""
    sequence: int = 0

    def __init_subclass__(cls) -> None:
        cls.label = cls.__name__

    @classmethod
    def requested(cls, request: Mapping[str, object], **others: object) -> Self:
        """A new resource with the members that the request gives, and with others, which win."""
        attributes = attributes_of(cls)
        said: dict[str, Any] = {
            attributes[member]: value for member, value in request.items() if member in attributes
        }
        said["tags"] = dict(said.get("tags", {}))
        said |= others
        return cls(**said)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.arn!r})"

    @classmethod
    def member(cls) -> str:
        """What parameters and answers call the type: ``imageRecipe``."""
        return cls.label[0].lower() + cls.label[1:]

    def refers_to(self) -> Iterable[str]:
        """ARNs, some with wildcards, of resources that cannot be deleted while this one exists."""
        return ()

    @property
    def is_selectable(self) -> bool:
        """Whether a version without a build number, or a wildcard, can mean this build."""
        return True

    @property
    def listed_under(self) -> str | None:
        """The ARN whose list shows the resource, as a pipeline's shows its images."""
        return None

    def runs(self) -> Iterable[WorkflowExecution]:
        """The workflow executions that are forgotten with the resource."""
        return ()

    @property
    def version(self) -> str | None:
        """``1.0.0``, where the type has versions."""
        return Arn.parse(self.arn).version


@cache
def member_name(attribute: str) -> str:
    """``image_tests_configuration`` is ``imageTestsConfiguration``."""
    first, *rest = attribute.split("_")
    return first + "".join(word.title() for word in rest)


_MEMBERS: dict[type[Resource], Sequence[tuple[str, str]]] = {}


def members_of(cls: type[Resource]) -> Sequence[tuple[str, str]]:
    """The attributes of a kind, each with the model's name for it."""
    members = _MEMBERS.get(cls)
    if members is None:
        members = tuple((each.name, member_name(each.name)) for each in record_members(cls))
        _MEMBERS[cls] = members
    return members


_ATTRIBUTES: dict[type[Resource], Mapping[str, str]] = {}


def attributes_of(cls: type[Resource]) -> Mapping[str, str]:
    """The attributes of a kind by the model's names for them."""
    attributes = _ATTRIBUTES.get(cls)
    if attributes is None:
        attributes = _ATTRIBUTES[cls] = {member: name for name, member in members_of(cls)}
    return attributes


class ResourceVersion(Record, kw_only=True):
    """A version or a name as a list shows it: with the members of its newest build.

    A subclass adds the attributes that the list of its kind shows besides.
    """

    arn: str
    name: str
    version: str | None
    type: str
    owner: str
    date_created: datetime

    @classmethod
    def of(cls, newest: Resource, *, by_name: bool) -> Self:
        # Lists make many of these, and cutting an ARN is faster than parsing it.
        arn = newest.arn.rpartition("/")[0]
        name_arn, _, version = arn.rpartition("/")
        shown = {name: getattr(newest, name) for name in cls.record_names}
        shown |= {"arn": f"{name_arn}/x.x.x" if by_name else arn, "version": version}
        return cls(**shown)
