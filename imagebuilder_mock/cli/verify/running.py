"""One run through the claims, which makes what they share when needed, and deletes all it made."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from botocore.exceptions import BotoCoreError
from botocore.parsers import ResponseParserError

from . import OFFERS, option_of
from .claim import Answer, Difference, at, differences, expected_with, filled
from .claims.standing import STANDING
from .service import is_no_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from .claim import Call, Claim
    from .service import Service

Verdict: TypeAlias = Literal["same", "differs", "not asked"]

UNREACHABLE = (BotoCoreError, ResponseParserError)
"""What botocore raises when there is no answer that it can read."""

_OVER_QUOTA = "ServiceQuotaExceededException"


class Told(NamedTuple):
    """A call that was not answered as expected."""

    operation: str
    params: Mapping[str, Any]
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class Outcome:
    claim: Claim
    verdict: Verdict
    reason: str = ""
    """Why it was not asked."""
    is_by_choice: bool = False
    """Whether it was not asked because the caller left something out, or has an old botocore."""
    told: Told | None = None


@dataclass(slots=True)
class Result:
    """What came out of a run."""

    outcomes: list[Outcome] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)
    """What could not be deleted, and why."""
    stopped: str = ""
    """Why it did not come to its end."""

    def count(self, verdict: Verdict) -> int:
        return sum(outcome.verdict == verdict for outcome in self.outcomes)

    @property
    def exit_code(self) -> int:
        if self.count("differs"):
            return 1
        is_unasked = any(
            outcome.verdict == "not asked" and not outcome.is_by_choice for outcome in self.outcomes
        )
        return 2 if self.stopped or is_unasked or not self.count("same") else 0


class _NotAskedError(Exception):
    def __init__(self, reason: str, *, is_by_choice: bool = False) -> None:
        super().__init__(reason)
        self.is_by_choice = is_by_choice


class _StoppedError(Exception):
    """It would do harm to go on."""


class _Words(dict[str, str]):
    """The words of one claim; ``find`` is asked for those that are not known yet."""

    def __init__(self, known: Mapping[str, str], find: Callable[[str], str]) -> None:
        super().__init__(known)
        self._find = find

    def __missing__(self, word: str) -> str:
        return self._find(word)


class Run:
    """Puts claims to the service, one after the other."""

    def __init__(self, service: Service, *, region: str, options: Mapping[str, str]) -> None:
        self._service = service
        self._known: dict[str, str] = {"run": service.run, "region": region, **options}
        self._failed: dict[str, _NotAskedError] = {}

    def through(self, claims: Sequence[Claim], tell: Callable[[Outcome], None]) -> Result:
        """Put all claims, and then delete what was made; ``tell`` gets each outcome at once."""
        result = Result()
        try:
            with self._cleared_up(result):
                # Before all else: what must not be asked depends on whose account it is.
                self._service.account = self._words()["account"]
                for claim in claims:
                    outcome = self._outcome(claim)
                    result.outcomes.append(outcome)
                    tell(outcome)
        except KeyboardInterrupt:
            result.stopped = "interrupted"
        except (*UNREACHABLE, _NotAskedError, _StoppedError) as error:
            result.stopped = str(error)
        for claim in claims[len(result.outcomes) :]:
            result.outcomes.append(Outcome(claim, "not asked", result.stopped))
        return result

    @contextmanager
    def _cleared_up(self, result: Result) -> Iterator[None]:
        service = self._service
        try:
            yield
        finally:
            reasons: dict[str, str] = {}
            try:
                service.find_lost()
                for arn, answer in service.remove(list(service.made)).items():
                    reasons[arn] = f"{answer.code}: {answer.message}"
            except UNREACHABLE as error:
                reasons = dict.fromkeys(service.made, str(error))
            finally:
                # Whatever came between: also a second Ctrl-C.
                result.left = {arn: reasons.get(arn, "not deleted") for arn in service.made}
                if service.unsure:
                    creates = ", ".join(service.unsure)
                    result.left[f"{service.run}-…"] = f"{creates} may have made something"

    def _outcome(self, claim: Claim) -> Outcome:
        before = set(self._service.made)
        words = self._words()
        words["name"] = f"{self._service.run}-{claim.id.replace('.', '-')}"
        try:
            told = self._told(claim, words)
        except _NotAskedError as error:
            return Outcome(claim, "not asked", str(error), error.is_by_choice)
        finally:
            self._remove_own(before)
        return Outcome(claim, "same" if told is None else "differs", told=told)

    def _remove_own(self, before: set[str]) -> None:
        """Delete what a claim has made; without permission to delete, no more must be made."""
        shared = {self._known.get(word) for word in STANDING}
        made = [arn for arn in self._service.made if arn not in before and arn not in shared]
        for answer in self._service.remove(made).values():
            if is_no_answer(answer):
                raise _StoppedError(f"what is made cannot be deleted: {answer.code}")

    def _told(self, claim: Claim, words: _Words) -> Told | None:
        for call in claim.calls:
            self._check_is_known(call)
        for call in claim.calls:
            params = filled(call.params, words)
            expected = expected_with(call.expected, words)
            if call.all_pages:
                answer = self._service.ask_all_pages(call.operation, params)
            else:
                answer = self._service.ask(call.operation, params, body=call.body)
            if is_no_answer(answer) or (
                answer.code == _OVER_QUOTA and not isinstance(expected, Answer)
            ):
                raise _NotAskedError(f"{call.operation}: {answer.code}")
            found = differences(expected, answer, run=self._service.run)
            if found:
                return Told(call.operation, params, found)
            words.update({word: str(at(answer.members, path)) for word, path in call.saved.items()})
        return None

    def _check_is_known(self, call: Call) -> None:
        missing = self._service.lacks(call)
        if missing is not None:
            raise _NotAskedError(f"this botocore has no {missing}", is_by_choice=True)

    def _words(self) -> _Words:
        return _Words(self._known, self._shared)

    def _shared(self, word: str) -> str:
        """A word that all claims share: what it stands for is made if it is not there yet."""
        if word in self._failed:
            raise self._failed[word]
        if word not in self._known:
            try:
                self._known[word] = self._found(word)
            except _NotAskedError as error:
                self._failed[word] = error
                raise
        return self._known[word]

    def _found(self, word: str) -> str:
        words = self._words()
        if word in OFFERS:
            raise _NotAskedError(f"it needs {option_of(word)}", is_by_choice=True)
        if word in {"account", "partition"}:
            # What has been made says whose it is.
            _, self._known["partition"], _, _, self._known["account"], _ = words["component"].split(
                ":", 5
            )
            return self._known[word]
        if word in {"own", "amazon"}:
            account = "aws" if word == "amazon" else words["account"]
            return f"arn:{words['partition']}:imagebuilder:{words['region']}:{account}:"
        call = STANDING[word]
        self._check_is_known(call)
        answer = self._service.ask(call.operation, filled(call.params, words))
        if answer.code is not None:
            raise _NotAskedError(f"{call.operation}: {answer.code}: what it needs was not made")
        return str(at(answer.members, call.saved["made"]))
