"""Resource policies: documents that share a resource with other accounts.

Sources: API reference, PutComponentPolicy and its siblings; user guide, manage-shared-resources.
A policy must be one that AWS RAM can turn into a share: it allows accounts to get and list
resources of the kind, and names the resource itself.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from .arn import label_of
from .errors import invalid_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .errors import InvalidParameterValueException

NO_POLICY = "{}"
"""The answer for a resource without a policy (API reference, GetImagePolicyResponse)."""

_VERSIONS = ("2012-10-17", "2008-10-17")
_MEMBERS = frozenset(("Version", "Id", "Statement"))
_STATEMENT_MEMBERS = frozenset(("Sid", "Effect", "Principal", "Action", "Resource", "Condition"))
_PRINCIPAL = re.compile(r"(\d{12})|arn:aws[a-z-]*:iam::(\d{12}):(?:root|user/.+|role/.+)")


def accounts_allowed(policy: str, *, arn: str, kind: str) -> frozenset[str]:
    """The accounts that a policy shares the resource with.

    InvalidParameterValueException for the parameter ``policy`` if it is not a policy for this
    resource.
    """
    document = _json_object(policy)
    _refuse_unknown(document, _MEMBERS, "The policy")
    if document.get("Version") not in _VERSIONS:
        raise _refusal(f"The policy's Version must be one of {', '.join(_VERSIONS)}.")
    statements = _as_list(document.get("Statement"))
    if not statements:
        raise _refusal("The policy must have at least one Statement.")
    return frozenset(
        account
        for statement in statements
        for account in _accounts_of(statement, arn=arn, kind=kind)
    )


def _accounts_of(statement: object, *, arn: str, kind: str) -> Iterator[str]:
    if not isinstance(statement, dict):
        raise _refusal("Each Statement of the policy must be an object.")
    _refuse_unknown(statement, _STATEMENT_MEMBERS, "A Statement of the policy")
    if statement.get("Effect") != "Allow":
        raise _refusal("The Effect of a Statement must be Allow.")
    allowed = [f"imagebuilder:Get{label_of(kind)}", f"imagebuilder:List{label_of(kind)}s"]
    actions = _as_list(statement.get("Action"))
    if not actions or any(action not in allowed for action in actions):
        raise _refusal(f"The Action of a Statement must be among {', '.join(allowed)}.")
    if _as_list(statement.get("Resource")) != [arn]:
        raise _refusal(f"The Resource of a Statement must be '{arn}'.")
    yield from _principals_of(statement.get("Principal"))


def _principals_of(principal: object) -> Iterator[str]:
    if not isinstance(principal, dict) or set(principal) != {"AWS"} or not principal["AWS"]:
        raise _refusal("The Principal of a Statement must name AWS accounts.")
    for name in _as_list(principal["AWS"]):
        match = _PRINCIPAL.fullmatch(str(name))
        if match is None:
            raise _refusal(f"'{name}' is not a principal that the resource can be shared with.")
        yield match.group(1) or match.group(2)


def _json_object(policy: str) -> dict[str, object]:
    try:
        document = json.loads(policy)
    except (ValueError, RecursionError):
        raise _refusal("The policy is not valid JSON.") from None
    if not isinstance(document, dict):
        raise _refusal("The policy must be a JSON object.")
    return document


def _refuse_unknown(members: Iterable[str], known: frozenset[str], what: str) -> None:
    for name in members:
        if name not in known:
            raise _refusal(f"{what} has no member '{name}'.")


def _as_list(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _refusal(detail: str) -> InvalidParameterValueException:
    return invalid_value("policy", detail)
