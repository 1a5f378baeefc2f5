"""What the protocol takes for granted of botocore's model, and what of the model is built.

Strict for the pinned botocore. With any other, what is new or gone is the reason of a skip: a
newer botocore breaks no build, and ``pytest -rs tests/contracts`` lists what to look at.
"""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore import xform_name
from botocore.model import ListShape, MapShape, StructureShape

from imagebuilder_mock import operations
from imagebuilder_mock.operations import HANDLERS
from tests.contracts.installed import IS_PINNED, PINNED, only_with_the_pinned_botocore
from tests.model import service_model
from tests.model_inputs import declared_errors, input_of, operation_names

_SNAPSHOT = Path(__file__).with_name("members.json")

# To be built. Who builds one takes it off this list.
UNBUILT: set[str] = set()

# By the newest model: the answers without a request id in the body.
WITHOUT_REQUEST_ID = {
    "CancelLifecycleExecution",
    "CreateLifecyclePolicy",
    "CreateWorkflow",
    "DeleteLifecyclePolicy",
    "DeleteWorkflow",
    "DistributeImage",
    "GetLifecycleExecution",
    "GetLifecyclePolicy",
    "GetMarketplaceResource",
    "GetWorkflow",
    "ImportDiskImage",
    "ListLifecycleExecutionResources",
    "ListLifecycleExecutions",
    "ListLifecyclePolicies",
    "ListTagsForResource",
    "ListWaitingWorkflowSteps",
    "ListWorkflowBuildVersions",
    "ListWorkflows",
    "RetryImage",
    "SendWorkflowStepAction",
    "StartResourceStateUpdate",
    "TagResource",
    "UntagResource",
    "UpdateLifecyclePolicy",
}


def output_of(operation: str) -> StructureShape:
    shape = service_model().operation_model(operation).output_shape
    assert isinstance(shape, StructureShape)
    return shape


def shapes() -> list[Any]:
    return [service_model().shape_for(name) for name in service_model().shape_names]


def structures() -> list[StructureShape]:
    return [shape for shape in shapes() if isinstance(shape, StructureShape)]


def parts(shape: Any) -> list[Any]:
    if isinstance(shape, StructureShape):
        return list(shape.members.values())
    if isinstance(shape, ListShape):
        return [shape.member]
    return [shape.key, shape.value] if isinstance(shape, MapShape) else []


def scalars(shape: Any, above: tuple[str, ...] = ()) -> set[str]:
    """The types of the values in a shape, which must not hold itself."""
    assert shape.name not in above
    inner = [scalars(part, (*above, shape.name)) for part in parts(shape)]
    return set().union(*inner) if inner else {shape.type_name}


# What is known, and what is built


def known_members() -> dict[str, list[str]]:
    return {shape.name: sorted(shape.members) for shape in structures()}


def test_the_model_is_the_one_we_know():
    """After a new pin: ``python -m tests.contracts.test_model`` writes the list anew."""
    before: dict[str, list[str]] = json.loads(_SNAPSHOT.read_text())
    now = known_members()
    news = [f"+ {name}" for name in sorted(now.keys() - before.keys())]
    news += [f"- {name}" for name in sorted(before.keys() - now.keys())]
    for name in sorted(now.keys() & before.keys()):
        news += [f"+ {name}.{member}" for member in now[name] if member not in before[name]]
        news += [f"- {name}.{member}" for member in before[name] if member not in now[name]]

    if not IS_PINNED:
        pytest.skip(
            f"botocore {botocore.__version__} against {PINNED}: {', '.join(news) or 'same'}"
        )
    assert news == []


@only_with_the_pinned_botocore
def test_what_is_not_built_is_listed():
    assert set(operation_names()) - set(HANDLERS) == UNBUILT


@only_with_the_pinned_botocore
def test_what_is_built_is_in_the_model():
    assert set(HANDLERS) <= set(operation_names())


def test_the_first_call_of_an_operation_finds_it_in_its_room():
    for name, handler in HANDLERS.items():
        function = handler.func if isinstance(handler, partial) else handler
        home = function.__module__.removeprefix(f"{operations.__name__}.")
        assert home in operations.rooms_of(name), name


FUNCTIONS = {name: each for name, each in HANDLERS.items() if not isinstance(each, partial)}
ROWS = {name: each.args[0] for name, each in HANDLERS.items() if isinstance(each, partial)}


@pytest.mark.parametrize("operation", sorted(FUNCTIONS))
def test_a_handler_takes_the_parameters_of_its_operation(operation):
    """What a type checker holds a function to is the request of the operation it is named after."""
    handler = FUNCTIONS[operation]

    assert handler.__name__ == xform_name(operation)
    assert (
        handler.__annotations__.items()
        >= {
            "ctx": "Context",
            "params": f"wire.{operation}RequestTypeDef",
        }.items()
    )


@only_with_the_pinned_botocore
@pytest.mark.parametrize("operation", sorted(ROWS))
def test_a_row_names_parameters_of_its_operation(operation):
    kind, members = ROWS[operation], set(input_of(operation).members)

    if operation.startswith("List"):
        assert members >= ({"filters"} if kind.filters else set())
    else:
        assert members & {kind.arn, f"{kind.cls.member()}Arn"}


@only_with_the_pinned_botocore
def test_there_are_77_operations():
    assert len(operation_names()) == 77


@only_with_the_pinned_botocore
def test_the_answers_without_a_request_id_are_those_that_are_documented():
    without = {name for name in operation_names() if "requestId" not in output_of(name).members}

    assert without == WITHOUT_REQUEST_ID


@only_with_the_pinned_botocore
def test_the_operations_with_an_error_of_their_own_for_a_form_are_the_tagging_ones():
    assert {
        name for name in operation_names() if "InvalidParameterException" in declared_errors(name)
    } == {"ListTagsForResource", "TagResource", "UntagResource"}


# What the protocol takes for granted


@only_with_the_pinned_botocore
def test_the_protocol_is_rest_json_signed_with_version_4():
    metadata: Any = service_model().metadata

    assert metadata["protocol"] == "rest-json"
    assert metadata["signatureVersion"] == "v4"
    assert metadata["endpointPrefix"] == "imagebuilder"


@only_with_the_pinned_botocore
def test_a_path_is_the_operations_name_or_ends_with_a_label():
    for name in operation_names():
        uri = service_model().operation_model(name).http["requestUri"]
        assert uri in {f"/{name}", "/tags/{resourceArn}"}


@only_with_the_pinned_botocore
def test_a_successful_answer_is_always_200():
    for name in operation_names():
        assert service_model().operation_model(name).http.get("responseCode", 200) == 200


@only_with_the_pinned_botocore
def test_every_operation_has_an_input_and_an_output():
    for name in operation_names():
        model = service_model().operation_model(name)
        assert isinstance(model.input_shape, StructureShape)
        assert isinstance(model.output_shape, StructureShape)


@only_with_the_pinned_botocore
def test_what_is_outside_the_body_is_text_in_the_label_or_the_query():
    for name in operation_names():
        for member in input_of(name).members.values():
            location = member.serialization.get("location")
            assert location in {None, "uri", "querystring"}
            if location is not None:
                text: Any = member.member if isinstance(member, ListShape) else member
                assert text.type_name == "string"
                assert "default" not in member.metadata


@only_with_the_pinned_botocore
def test_an_answer_is_a_body_alone():
    for name in operation_names():
        assert not output_of(name).serialization
        for member in output_of(name).members.values():
            assert not member.serialization


@only_with_the_pinned_botocore
def test_a_member_goes_by_its_own_name_in_a_body():
    for shape in structures():
        for member in shape.members.values():
            if "location" not in member.serialization:
                assert not member.serialization, (shape.name, member)


@only_with_the_pinned_botocore
def test_nothing_is_streamed_encoded_or_free_of_form():
    for name in operation_names():
        model = service_model().operation_model(name)
        assert not model.has_streaming_input
        assert not model.has_streaming_output
        assert not model.has_event_stream_input
        assert not model.has_event_stream_output
    for shape in structures():
        assert not shape.is_document_type
        assert not shape.is_tagged_union
        assert not shape.metadata.get("eventstream")
    assert {shape.type_name for shape in shapes()} <= {
        *("structure", "list", "map", "string", "boolean"),
        *("integer", "long", "double", "timestamp"),
    }


@only_with_the_pinned_botocore
def test_no_request_or_answer_holds_itself():
    for name in operation_names():
        scalars(input_of(name))
        scalars(output_of(name))


@only_with_the_pinned_botocore
def test_a_request_holds_no_fractions():
    for name in operation_names():
        assert not scalars(input_of(name)) & {"double", "float"}


@only_with_the_pinned_botocore
def test_a_map_is_from_text_to_text():
    for shape in shapes():
        if isinstance(shape, MapShape):
            assert (shape.key.type_name, shape.value.type_name) == ("string", "string")


@only_with_the_pinned_botocore
def test_a_time_has_no_form_of_its_own():
    for shape in shapes():
        if shape.type_name == "timestamp":
            assert "timestampFormat" not in shape.serialization


@only_with_the_pinned_botocore
def test_dates_that_are_text_are_of_one_shape():
    texts = {
        member.name
        for shape in structures()
        for name, member in shape.members.items()
        if member.type_name == "string" and re.match("date[A-Z]|.*(Time|At)$", name)
    }

    assert texts == {"DateTime"}


@only_with_the_pinned_botocore
def test_snake_case_tells_the_members_of_a_structure_apart():
    for shape in structures():
        assert len({xform_name(name) for name in shape.members}) == len(shape.members)


@only_with_the_pinned_botocore
def test_a_client_token_that_comes_back_is_required():
    for name in operation_names():
        if "clientToken" in input_of(name).members.keys() & output_of(name).members.keys():
            assert "clientToken" in input_of(name).required_members


@only_with_the_pinned_botocore
def test_an_error_is_a_message_under_its_own_name():
    errors: list[Any] = service_model().error_shapes
    for shape in errors:
        assert shape.error_code == shape.name
        assert list(shape.members) == ["message"]
        assert shape.metadata["error"]["httpStatusCode"] >= 400


@only_with_the_pinned_botocore
def test_paging_is_by_next_token_and_max_results():
    for name in operation_names():
        paged = "nextToken" in output_of(name).members
        assert paged == ("nextToken" in input_of(name).members)


if __name__ == "__main__":
    _SNAPSHOT.write_text(json.dumps(known_members(), indent=1, sort_keys=True) + "\n")
