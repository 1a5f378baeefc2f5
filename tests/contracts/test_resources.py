"""The domain's classes, against the model: an attribute is a member, or listed here as our own."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any

import pytest
from botocore import xform_name

from imagebuilder_mock.domain import resources
from imagebuilder_mock.domain.records import is_record, members_of
from imagebuilder_mock.domain.resources.base import Resource
from tests.contracts.installed import only_with_the_pinned_botocore
from tests.model import service_model

# Attributes that no answer shows, and what they are for.
OUR_OWN = {
    "Resource": {
        "policy": "the resource policy, which has operations of its own",
        "shared_with": "the accounts that the policy names",
        "sequence": "the order of making",
    },
    "Document": {
        "document": "what `data` reads",
    },
    "Component": {
        "declared": "what `parameters` reads",
    },
    "ContainerRecipe": {
        "image_os_version_override": "what was asked for; `platform` is answered",
    },
    "Image": {
        "architecture": "of the AMIs, which EC2 shows",
        "ended_scan": "how the test had the scan end; `scan_state` is answered",
        "executions": "the runs of workflows, which have operations of their own",
        "group": "which group of the stage's workflows runs",
        "parent_os_version": "what the build will find",
        "plan": "the stages that the build goes through",
        "queue": "the workflows of the group that have not begun",
        "stage_ticket": "the scheduler's entry for the present stage",
        "transitions": "when the image entered its states",
        "workflow_outputs": "what workflows that ended gave to later ones",
    },
    "ImagePackage": {
        "sequence": "its place in the list",
    },
    "LifecyclePolicy": {
        "run_ticket": "the scheduler's entry for the next run",
    },
    "LifecycleExecution": {
        "account_id": "where it is, with the Region",
        "last_taken": "the image that was acted on last",
        "outputs": "what it acts on of what the images made",
        "region": "where it is, with the account",
        "resource_arn": "what it is listed under",
        "resources": "what it acts on",
        "sequence": "the order of their start",
        "ticket": "the scheduler's entry for the next move",
        "update_at": "when a scheduled update begins",
    },
    "LifecycleExecutionResource": {
        "exclusion": "why it will be skipped",
        "sequence": "the order in which it is acted on",
    },
    "ImagePipeline": {
        "schedule_ticket": "the scheduler's entry for the next run",
    },
    "ParameterDetail": {
        "allowed_values": "what a recipe's value is checked against",
    },
    "ImageScanFinding": {
        "sequence": "the order of making",
    },
    "WorkflowExecution": {
        "continues_on_failure": "whether the build goes on without it",
        "due": "when its rollback ends",
        "failure_context": "what the image shows if it fails of this",
        "parameters": "the values that the document's references mean",
        "sequence": "the order of making",
        "step_outputs": "what steps that ended gave to later ones",
        "steps": "its steps, which have operations of their own",
        "ticket": "the scheduler's entry for that end",
        "transition": "the stage that it runs in",
    },
    "WorkflowStepExecution": {
        "due": "when the step goes on by itself",
        "sequence": "the order of making",
        "ticket": "the scheduler's entry for that",
    },
}

# Classes of our own, which are in no answer.
OUR_OWN_CLASSES = {"Transition"}

# A base has the members that its kinds have.
BASES = {
    "Resource": ["Component", "Image", "ImageRecipe", "ImagePipeline"],
    "BuildSettings": ["Image", "ImagePipeline"],
    "Recipe": ["ImageRecipe", "ContainerRecipe"],
    "Document": ["Component", "Workflow"],
    "ResourceVersion": ["ComponentVersion", "ImageVersion", "WorkflowVersion"],
}

# The shapes of classes that the model calls otherwise.
SHAPES = {
    "ParameterDetail": ["ComponentParameterDetail", "WorkflowParameterDetail"],
    "WorkflowExecution": ["WorkflowExecutionMetadata", "GetWorkflowExecutionResponse"],
    "WorkflowStepExecution": [
        "WorkflowStepExecution",
        "WorkflowStepMetadata",
        "GetWorkflowStepExecutionResponse",
    ],
}


def classes() -> list[type]:
    modules = [
        import_module(f"{resources.__name__}.{module.name}")
        for module in pkgutil.iter_modules(resources.__path__)
    ]
    return [
        cls
        for module in modules
        for cls in vars(module).values()
        if isinstance(cls, type) and cls.__module__ == module.__name__ and is_record(cls)
    ]


CLASSES = [cls for cls in classes() if cls.__name__ not in OUR_OWN_CLASSES]


def members(cls: type) -> set[str]:
    """In snake case, of the shape of the same name and of its summary."""
    names = SHAPES.get(cls.__name__) or [
        name
        for base in BASES.get(cls.__name__, [cls.__name__])
        for name in (base, f"{base}Summary")
    ]
    return {
        xform_name(member)
        for name in names
        if name in service_model().shape_names
        for member in _structure(name).members
    }


def _structure(name: str) -> Any:
    return service_model().shape_for(name)


def our_own(cls: type) -> set[str]:
    return {name for base in cls.__mro__ for name in OUR_OWN.get(base.__name__, {})}


@only_with_the_pinned_botocore
@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_an_attribute_is_a_member_of_the_model_or_listed_as_our_own(cls):
    attributes = {member.name for member in members_of(cls)}
    listed = set(OUR_OWN.get(cls.__name__, {}))

    assert members(cls), f"the model has no {cls.__name__}: list it in OUR_OWN_CLASSES"
    assert attributes - our_own(cls) <= members(cls)
    assert listed <= attributes, "listed, but not there"
    assert not listed & members(cls), "listed as our own, but in an answer"


def test_a_list_names_only_classes_that_exist():
    names = {cls.__name__ for cls in classes()}

    assert OUR_OWN.keys() | OUR_OWN_CLASSES | BASES.keys() | SHAPES.keys() <= names


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_defaults_are_neither_shared_nor_methods(cls):
    """A default stands on the class: every record sees the same."""
    for member in members_of(cls):
        if member.default is not None and isinstance(member.default(), (list, dict, set)):
            assert member.default() is not member.default()


@pytest.mark.parametrize(
    "cls",
    [cls for cls in CLASSES if issubclass(cls, Resource) and cls.__name__ not in BASES],
    ids=lambda cls: cls.__name__,
)
def test_a_resource_is_called_what_its_arn_says(cls):
    assert cls.kind == xform_name(cls.__name__, "-")
