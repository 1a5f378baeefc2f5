"""The questions to other services are such as botocore knows."""

from __future__ import annotations

from functools import cache

import pytest
from botocore import xform_name
from botocore.session import get_session

from imagebuilder_mock.neighbours import names

QUESTIONS = [each for each in vars(names).values() if isinstance(each, names.Question)]


@cache
def operations(service):
    model = get_session().get_service_model(service)
    return {xform_name(name): model.operation_model(name) for name in model.operation_names}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.kind)
def test_a_row_names_an_operation_what_it_takes_and_what_it_answers(question):
    operation = operations(question.service)[question.operation]
    taken = operation.input_shape.members[question.parameter]

    assert taken.type_name == ("list" if question.listed else "string")
    assert not question.listed or question.listed in operation.output_shape.members


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.kind)
def test_what_a_test_made_in_its_service_can_be_seen(question):
    for listing in names.MADE[question.service]:
        operation = operations(question.service)[listing.operation]

        assert listing.member in operation.output_shape.members
        # Old models have no input where nothing can be given.
        assert not listing.params or set(listing.params) <= set(operation.input_shape.members)
