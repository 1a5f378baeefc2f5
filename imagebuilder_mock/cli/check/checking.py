"""Check a document as the service would, and find all problems, its own answer first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args

import yaml

from imagebuilder_mock.domain.documents.components.document import parse_component_document
from imagebuilder_mock.domain.documents.dockerfile import check_dockerfile_template
from imagebuilder_mock.domain.documents.errors import Problem, problems_of
from imagebuilder_mock.domain.documents.workflows.document import parse_workflow_document
from imagebuilder_mock.domain.documents.yaml_loading import load_document
from imagebuilder_mock.domain.errors import ServiceQuotaExceededException, not_valid
from imagebuilder_mock.domain.quotas import Quotas
from imagebuilder_mock.domain.states import Platform, WorkflowType
from imagebuilder_mock.operations.rules.documents import (
    COMPONENT_SIZE,
    TEMPLATE_SIZE,
    WORKFLOW_SIZE,
    check_component_quotas,
    check_workflow_quotas,
)
from imagebuilder_mock.protocol.model import input_members
from imagebuilder_mock.protocol.validation import form_problems

from .hints import with_hint
from .kinds import content_of
from .policies import check_policy_node, check_policy_text
from .problems import KINDS, TEMPLATE, DocumentProblem, Findings, Note
from .templates import as_written, documents_of, has_variables
from .warnings import warnings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from .problems import DocumentKind, Severity
    from .templates import Embedded

T = TypeVar("T")
D = TypeVar("D")

_PARAMETERS: Mapping[DocumentKind, tuple[str, str]] = {
    "component": ("CreateComponent", "data"),
    "workflow": ("CreateWorkflow", "data"),
    "dockerfile": ("CreateContainerRecipe", "dockerfileTemplateData"),
}
_QUOTAS = Quotas(True)  # noqa: FBT003 - as the option is given
_PLATFORMS: tuple[Platform, ...] = ("Linux", "Windows", "macOS")
_WORKFLOW_TYPES: tuple[WorkflowType, ...] = get_args(WorkflowType)


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
        msg = f"{kind!r} is no kind of document. There are: {', '.join(KINDS)}."
        raise ValueError(msg)
    findings = findings_of(text, kind)
    if findings is None:
        msg = f"The text is no document of a known kind. There are: {', '.join(KINDS)}."
        raise ValueError(msg)
    return [problem for problem in findings.problems if problem.severity == "error"]


def findings_of(
    text: str, kind: DocumentKind | None = None, *, is_named: bool = True
) -> Findings | None:
    """The problems of a text, and the notes on it; None if it is of no known kind."""
    content = kind or content_of(text, is_named=is_named)
    if content is None:
        return None
    if content == TEMPLATE:
        return _findings_in_template(text)
    problems = told(content, problems_in(text, content))
    return Findings(
        tuple(problems or told(content, warnings_of(text, content), severity="warning"))
    )


def _findings_in_template(template: str) -> Findings:
    try:
        documents = list(documents_of(template))
    except yaml.MarkedYAMLError as error:
        return _unreadable(error.problem, error.problem_mark)
    except (yaml.YAMLError, RecursionError):
        return _unreadable(None, None)
    problems: list[DocumentProblem] = []
    notes: list[Note] = []
    for each in documents:
        if each.text is None and each.properties is None:
            what = f"The {each.kind} of {each.resource} is passed over: a function makes its text."
            notes.append(Note(each.line, each.column, what))
        else:
            wrong = told(each.kind, _embedded_problems(each), resource=each.resource)
            problems += wrong or _embedded_warnings(each)
    return Findings(tuple(problems), tuple(notes))


def _unreadable(problem: str | None, mark: yaml.Mark | None) -> Findings:
    """The problem of a template that CloudFormation itself would refuse."""
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    message = f"The template cannot be read: {problem or 'it is not YAML'}."
    return Findings((DocumentProblem(line=line, column=column, message=message, kind=TEMPLATE),))


def _embedded_problems(document: Embedded) -> list[Problem]:
    """The problems of a document in a template, but for those that depend on a variable."""
    if document.properties is not None:
        return [*check_policy_node(document.properties, has_properties=True)]
    text = document.text or ""
    # One that is given by its text is bounded more closely than one that stands in S3.
    operation, member = _PARAMETERS[document.kind]
    form = form_problems(input_members(operation)[member], text, (member,))
    wrong = [Problem((), 1, 1, not_valid(error.path, error.detail)) for error in form]
    return _in_template(document, [*wrong, *problems_in(text, document.kind, document)])


def _embedded_warnings(document: Embedded) -> list[DocumentProblem]:
    warnings = _in_template(document, warnings_of(document.text or "", document.kind))
    return told(document.kind, warnings, resource=document.resource, severity="warning")


def _in_template(document: Embedded, found: Iterable[Problem]) -> list[Problem]:
    """The problems of a document, moved to their places in the template."""
    text = document.text or ""
    return [
        Problem(
            problem.path,
            *document.place(problem.line, problem.column),
            as_written(problem.sentence, document.variables),
        )
        for problem in found
        if not _hangs_on_a_variable(problem, text)
    ]


def _hangs_on_a_variable(problem: Problem, text: str) -> bool:
    if not problem.path or not has_variables(text):
        return False
    value: Any = load_document(text)
    for step in problem.path:
        value = value[step]
    # A name can be a value, as a step's is, or a key, as a parameter's is.
    return any(isinstance(each, str) and has_variables(each) for each in (value, problem.path[-1]))


def told(
    kind: DocumentKind,
    problems: Sequence[Problem],
    *,
    resource: str | None = None,
    severity: Severity = "error",
) -> list[DocumentProblem]:
    """Problems as they are reported: the first stays first, the others are in order of place."""
    others = sorted(problems[1:], key=lambda problem: (problem.line, problem.column))
    return [
        DocumentProblem(
            line=problem.line,
            column=problem.column,
            message=with_hint(kind, problem),
            kind=kind,
            path=cast("tuple[str | int, ...]", problem.path),
            resource=resource,
            severity=severity,
        )
        for problem in (*problems[:1], *others)
    ]


def problems_in(
    text: str, kind: DocumentKind, known: Embedded | None = None
) -> tuple[Problem, ...]:
    """The problems of a single document, the service's own answer first.

    A component of an unknown platform is fine if one of the platforms takes it, and so is a
    workflow of an unknown type.
    """
    size = len(text.encode(errors="surrogatepass"))
    if kind == "component":
        platforms = (known.platform,) if known and known.platform else _PLATFORMS
        return _over(COMPONENT_SIZE, size) or _best(_component, text, platforms)
    if kind == "workflow":
        types = (known.workflow_type,) if known and known.workflow_type else _WORKFLOW_TYPES
        return _over(WORKFLOW_SIZE, size) or _best(_workflow, text, types)
    if kind == "dockerfile":
        has_components = known is None or known.has_components
        return _over(TEMPLATE_SIZE, size) or problems_of(
            check_dockerfile_template, text, has_components=has_components
        )
    return check_policy_text(text)


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


def _over(quota: str, size: int) -> tuple[Problem, ...]:
    return _beyond(lambda quotas, size: quotas.check(quota, size), size)


def _beyond(check: Callable[[Quotas, D], None], measured: D) -> tuple[Problem, ...]:
    """The problem that one of the default quotas is exceeded, if it is."""
    try:
        check(_QUOTAS, measured)
    except ServiceQuotaExceededException as error:
        return (Problem((), 1, 1, error.message),)
    return ()
