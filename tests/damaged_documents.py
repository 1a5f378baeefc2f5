"""Documents, and a strategy that damages them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from tests.lifecycle_builders import a_count, a_policy_request, a_rule
from tests.workflow_builders import CREATE, LAUNCH, WAIT

COMPONENT: dict[str, Any] = {
    "schemaVersion": 1.0,
    "parameters": [{"Source": {"type": "string", "default": "a"}}],
    "constants": [{"Exit": {"type": "string", "value": "1"}}],
    "phases": [
        {
            "name": "build",
            "steps": [
                {
                    "name": "First",
                    "action": "ExecuteBash",
                    "onFailure": "Continue",
                    "inputs": {"commands": ["echo {{ Source }} {{ Exit }}"]},
                },
                {
                    "name": "Second",
                    "action": "S3Download",
                    "loop": {"name": "Files", "for": {"start": 1, "end": 2, "updateBy": 1}},
                    "inputs": [{"source": "s3://a/b", "destination": "/c"}],
                },
            ],
        },
        {
            "name": "validate",
            "steps": [
                {
                    "name": "Third",
                    "action": "Assert",
                    "maxAttempts": 2,
                    "timeoutSeconds": 60,
                    "inputs": {
                        "stringEquals": "a",
                        "value": "{{ build.First.outputs.stdout }}",
                    },
                }
            ],
        },
    ],
}
WORKFLOW: dict[str, Any] = {
    "schemaVersion": 1.0,
    "parameters": [{"name": "keep", "type": "boolean", "default": True}],
    "steps": [
        LAUNCH,
        {
            **CREATE,
            "if": {"booleanEquals": True, "value": "$.parameters.keep"},
            "retry": {"maxAttempts": 3},
        },
        {**WAIT, "waitSeconds": 5, "timeoutSeconds": 60},
    ],
    "outputs": [{"name": "what", "value": "$.stepOutputs.Create.imageId"}],
}
POLICY = a_policy_request(
    a_rule("DEPRECATE"), a_count(5), clientToken="token", description="a", tags={"a": "b"}
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 2000),
    st.sampled_from(["", "a", "DELETE", "COUNT", "ExecuteBash", "1.0", "$.parameters.keep"]),
    st.sampled_from([[], {}, ["a"], {"a": "b"}, [{}]]),
)


def places_in(document, path=()):
    yield path
    keys = document if isinstance(document, dict) else ()
    for key in range(len(document)) if isinstance(document, list) else keys:
        yield from places_in(document[key], (*path, key))


@st.composite
def damaged(draw, sound):
    """The document, with up to three members taken away, renamed, doubled or changed."""
    document = deepcopy(sound)
    for _ in range(draw(st.integers(0, 3))):
        ways = [way for way in places_in(document) if way]
        *way, last = draw(st.sampled_from(ways))
        holder = document
        for key in way:
            holder = holder[key]
        change = draw(st.sampled_from(["take away", "rename", "double", "change"]))
        value = holder[last]
        if change == "change":
            holder[last] = draw(VALUES)
        elif change == "take away":
            del holder[last]
        elif isinstance(holder, list):
            holder.insert(last, deepcopy(value))
        else:
            holder[f"{last}s"] = holder.pop(last) if change == "rename" else deepcopy(value)
        if not document:
            break
    return document
