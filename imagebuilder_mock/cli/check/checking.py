"""Check a document as the service would, and find all problems, its own answer first."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args

import yaml

from imagebuilder_mock.domain.documents.components.document import parse_component_document
from imagebuilder_mock.domain.documents.dockerfile import PLACEHOLDERS, check_dockerfile_template
from imagebuilder_mock.domain.documents.errors import Problem, problems_of
from imagebuilder_mock.domain.documents.workflows.document import parse_workflow_document
from imagebuilder_mock.domain.documents.workflows.variables import SUFFIX
from imagebuilder_mock.domain.documents.yaml_loading import load_document, place_at
from imagebuilder_mock.domain.errors import ServiceQuotaExceededException, not_valid
from imagebuilder_mock.domain.quotas import Quotas
from imagebuilder_mock.domain.states import Platform, WorkflowType
from imagebuilder_mock.domain.suggestions import closest
from imagebuilder_mock.operations.rules.documents import (
    COMPONENT_SIZE,
    TEMPLATE_SIZE,
    WORKFLOW_SIZE,
    check_component_quotas,
    check_workflow_quotas,
)
from imagebuilder_mock.protocol.model import input_members
from imagebuilder_mock.protocol.validation import form_problems

from .kinds import content_of
from .policies import check_policy_node, check_policy_text
from .problems import KINDS, TEMPLATE, DocumentProblem, Findings, Note
from .schemas import schema_of
from .templates import Document, as_written, documents_of, has_variables
from .warnings import warnings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from .problems import DocumentKind, Severity

T = TypeVar("T")
D = TypeVar("D")

_PARAMETERS: Mapping[DocumentKind, tuple[str, str, str]] = {
    "component": ("CreateComponent", "data", COMPONENT_SIZE),
    "workflow": ("CreateWorkflow", "data", WORKFLOW_SIZE),
    "dockerfile": ("CreateContainerRecipe", "dockerfileTemplateData", TEMPLATE_SIZE),
}
"""The operation that takes a document by its text, its parameter, and the quota of its size."""
_QUOTAS = Quotas(True)  # noqa: FBT003 - as the option is given
_PLATFORMS: tuple[Platform, ...] = ("Linux", "Windows", "macOS")
_WORKFLOW_TYPES: tuple[WorkflowType, ...] = get_args(WorkflowType)

_UNKNOWN = re.compile(
    r"Unsupported action '?([^'.\s]+)'?"
    r"|has an unknown (?:member|input) '([^']+)'"
    r"|Invalid \w+ '([^']+)'\. Valid values are: (.+)\.$"
    r"|'([^']+)' is not a parameter of this request"
    r"|The property '([^']+)' is not known"
    r"|The placeholder '\{\{\{ imagebuilder:(\w+) \}\}\}' is not supported"
)
_LEAST_ALIKE = 0.7


def check_document(text: str, kind: DocumentKind | None = None) -> list[DocumentProblem]:
    """What Image Builder would refuse in a document; an empty list if it would accept it.

    ``kind`` is ``component``, ``workflow``, ``dockerfile`` or ``lifecycle-policy``. Without it, the
    kind is recognized from the text, which can also be a CloudFormation template with such
    documents in it. The first problem is the one that the service answers with; the others follow
    in the order of their places. ValueError for a text of no known kind, TypeError for what is no
    text. Sizes are checked against the service's default quotas.
    """
    given: object = text
    if not isinstance(given, str):
        msg = f"check_document() takes the text of a document, not {type(given).__name__}."
        raise TypeError(msg)
    if kind is not None and kind not in KINDS:
        msg = f"{kind!r} is not a kind of document. There are: {', '.join(KINDS)}."
        raise ValueError(msg)
    findings = findings_of(text, kind)
    if findings is None:
        msg = f"The text is not a document of a known kind. There are: {', '.join(KINDS)}."
        raise ValueError(msg)
    return [problem for problem in findings.problems if problem.severity == "error"]


def findings_of(
    text: str, kind: DocumentKind | None = None, *, is_named: bool = True
) -> Findings | None:
    """The problems of a text, and the notes on it; None if it is of no known kind."""
    content = kind or content_of(text, is_named=is_named)
    if content is None:
        return None
    try:
        documents = [Document(content, text)] if content != TEMPLATE else [*documents_of(text)]
    except yaml.MarkedYAMLError as error:
        return _unreadable(error.problem, error.problem_mark)
    except (yaml.YAMLError, RecursionError):
        return _unreadable(None, None)
    problems: list[DocumentProblem] = []
    notes: list[Note] = []
    for each in documents:
        if each.text is None and each.properties is None:
            what = f"The {each.kind} of {each.resource} is passed over: a function makes its text."
            notes.append(Note(*each.place(1, 1), what))
        else:
            problems += _told(each, _problems_of(each)) or _told(
                each, _placed(each, warnings_of(each.text or "", each.kind)), severity="warning"
            )
    return Findings(tuple(problems), tuple(notes))


def _unreadable(problem: str | None, mark: yaml.Mark | None) -> Findings:
    """The problem of a template that CloudFormation itself would refuse."""
    line, column = place_at(mark)
    message = f"The template cannot be read: {problem or 'it is not YAML'}."
    return Findings((DocumentProblem(line=line, column=column, message=message, kind=TEMPLATE),))


def _problems_of(document: Document) -> list[Problem]:
    """The problems of a document, but for those that depend on a variable of its template."""
    if document.properties is not None:
        return [*check_policy_node(document.properties, has_properties=True)]
    text, wrong = document.text or "", []
    if document.resource is not None:
        # One that is given by its text is bounded more closely than one that stands in S3.
        operation, member, _ = _PARAMETERS[document.kind]
        form = form_problems(input_members(operation)[member], text, (member,))
        wrong = [Problem((), 1, 1, not_valid(error.path, error.detail)) for error in form]
    return _placed(document, [*wrong, *_problems_in(text, document)])


def _placed(document: Document, found: Iterable[Problem]) -> list[Problem]:
    """The problems of a document, moved to their places in the template that it is in."""
    return [
        Problem(
            problem.path,
            *document.place(problem.line, problem.column),
            as_written(problem.sentence, document.variables),
        )
        for problem in found
        if not _hangs_on_a_variable(problem, document)
    ]


def _hangs_on_a_variable(problem: Problem, document: Document) -> bool:
    if not problem.path or not document.variables:
        return False
    value: Any = load_document(document.text or "")
    for step in problem.path:
        value = value[step]
    # A name can be a value, as a step's is, or a key, as a parameter's is.
    return any(isinstance(each, str) and has_variables(each) for each in (value, problem.path[-1]))


def _told(
    document: Document, problems: Sequence[Problem], *, severity: Severity = "error"
) -> list[DocumentProblem]:
    """Problems as they are reported: the first stays first, the others are in order of place."""
    others = sorted(problems[1:], key=lambda problem: (problem.line, problem.column))
    return [
        DocumentProblem(
            line=problem.line,
            column=problem.column,
            message=_with_hint(document.kind, problem),
            kind=document.kind,
            path=cast("tuple[str | int, ...]", problem.path),
            resource=document.resource,
            severity=severity,
        )
        for problem in (*problems[:1], *others)
    ]


def _problems_in(text: str, document: Document) -> tuple[Problem, ...]:
    """The problems of the text of a document, the service's own answer first.

    A component of an unknown platform is fine if one of the platforms takes it, and so is a
    workflow of an unknown type.
    """
    if document.kind == "lifecycle-policy":
        return check_policy_text(text)
    *_, quota = _PARAMETERS[document.kind]
    size = len(text.encode(errors="surrogatepass"))
    if too_large := _beyond(lambda quotas, size: quotas.check(quota, size), size):
        return too_large
    if document.kind == "component":
        return _best(_component, text, (document.platform,) if document.platform else _PLATFORMS)
    if document.kind == "workflow":
        types = (document.workflow_type,) if document.workflow_type else _WORKFLOW_TYPES
        return _best(_workflow, text, types)
    return problems_of(check_dockerfile_template, text, has_components=document.has_components)


def _best(
    problems_for: Callable[[str, T | None], tuple[Problem, ...]], text: str, choices: Sequence[T]
) -> tuple[Problem, ...]:
    """The problems for the choice that fits best, where the document does not name one."""
    of_choices = []
    for choice in choices:
        of_choices.append(problems_for(text, choice))
        if not of_choices[-1]:
            return ()
    if len(of_choices) == 1:
        return of_choices[0]
    of_all = problems_for(text, None)
    paths = {problem.path for problem in of_all}

    def misfits(problems: tuple[Problem, ...]) -> int:
        return sum(problem.path not in paths for problem in problems)

    best = min(of_choices, key=misfits)
    return best if misfits(best) else of_all


def _component(text: str, platform: Platform | None) -> tuple[Problem, ...]:
    problems = problems_of(parse_component_document, text, platform=platform)
    return problems or _beyond(check_component_quotas, parse_component_document(text))


def _workflow(text: str, workflow_type: WorkflowType | None) -> tuple[Problem, ...]:
    problems = problems_of(parse_workflow_document, text, workflow_type)
    return problems or _beyond(check_workflow_quotas, parse_workflow_document(text, workflow_type))


def _beyond(check: Callable[[Quotas, D], None], measured: D) -> tuple[Problem, ...]:
    """The problem that one of the default quotas is exceeded, if it is."""
    try:
        check(_QUOTAS, measured)
    except ServiceQuotaExceededException as error:
        return (Problem((), 1, 1, error.message),)
    return ()


# Suggestions


def _with_hint(kind: DocumentKind, problem: Problem) -> str:
    """The sentence, followed by the known word that is most like the one that it refuses."""
    match = _UNKNOWN.search(problem.sentence)
    if match is None:
        return problem.sentence
    word = next(group for group in match.groups() if group)
    words = match[4].split(", ") if match[4] else _words(kind)
    meant = closest(word.rpartition(".")[2], words, cutoff=_LEAST_ALIKE)
    return problem.sentence if meant is None else f"{problem.sentence} Did you mean '{meant}'?"


@cache
def _words(kind: DocumentKind) -> frozenset[str]:
    return frozenset(PLACEHOLDERS if kind == "dockerfile" else _names_in(schema_of(kind)))


def _names_in(schema: object) -> Iterator[str]:
    """The names of all members that a schema has, and of the actions of steps."""
    if isinstance(schema, list):
        for each in schema:
            yield from _names_in(each)
    elif isinstance(schema, dict):
        for key, part in schema.items():
            if key == "properties":
                yield from (name for name in part if not name.endswith(SUFFIX))
                yield from part.get("action", {}).get("enum", ())
            yield from _names_in([*part.values()] if key == "properties" else part)
