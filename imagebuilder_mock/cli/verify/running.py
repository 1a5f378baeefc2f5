"""One run through the claims: what they share is made when it is needed, and all is removed."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from botocore.exceptions import BotoCoreError
from botocore.parsers import ResponseParserError

from .claim import ACCEPTED, Call, expected_with, filled
from .claims.standing import STANDING
from .comparing import Answer, Difference, at, differences
from .service import is_no_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from .claim import Claim
    from .service import Service

Verdict: TypeAlias = Literal["same", "differs", "not asked"]

OPTIONS = {
    "instance_profile": "--instance-profile",
    "role": "--role",
    "topic": "--topic",
    "repository": "--repository",
}
"""The words that only the caller can give, and how."""

_MOST_PAGES = 40
_UNREACHABLE = (BotoCoreError, ResponseParserError)
_OVER_QUOTA = "ServiceQuotaExceededException"


@dataclass(frozen=True, slots=True)
class Told:
    """A call that did not answer as expected."""

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


class Run:
    """Puts claims to the service, one after the other."""

    def __init__(self, service: Service, *, region: str, options: Mapping[str, str]) -> None:
        self._service = service
        self._words: dict[str, str] = {"run": service.run, "region": region, **options}
        self._failed: dict[str, _NotAskedError] = {}

    def through(self, claims: Sequence[Claim], tell: Callable[[Outcome], None]) -> Result:
        """All of them; ``tell`` hears of each. What was made is gone afterwards, if it can be."""
        result = Result()
        try:
            with self._cleared_up(result):
                words = _Words(self._words, self._standing)
                # Before all else: what must not be asked depends on whose account it is.
                self._service.account = words["account"]
                for claim in claims:
                    outcome = self._outcome(claim)
                    result.outcomes.append(outcome)
                    tell(outcome)
        except KeyboardInterrupt:
            result.stopped = "interrupted"
        except (*_UNREACHABLE, _NotAskedError, _StoppedError) as error:
            result.stopped = str(error)
        for claim in claims[len(result.outcomes) :]:
            result.outcomes.append(Outcome(claim, "not asked", result.stopped))
        return result

    @contextmanager
    def _cleared_up(self, result: Result) -> Iterator[None]:
        try:
            yield
        finally:
            reasons: dict[str, str] = {}
            try:
                self._service.find_lost()
                for arn, answer in self._service.remove(list(self._service.made)).items():
                    reasons[arn] = f"{answer.code}: {answer.message}"
            except _UNREACHABLE as error:
                reasons = dict.fromkeys(self._service.made, str(error))
            finally:
                # Whatever came between: also a second Ctrl-C.
                result.left = {arn: reasons.get(arn, "not deleted") for arn in self._service.made}
                if self._service.unsure:
                    creates = ", ".join(self._service.unsure)
                    result.left[f"{self._service.run}-…"] = f"{creates} may have made something"

    def _outcome(self, claim: Claim) -> Outcome:
        before = set(self._service.made)
        words = _Words(self._words, self._standing)
        words["name"] = f"{self._service.run}-{claim.id.replace('.', '-')}"
        try:
            told = self._told(claim, words)
        except _NotAskedError as error:
            return Outcome(claim, "not asked", str(error), error.is_by_choice)
        finally:
            self._remove_own(before)
        return Outcome(claim, "same" if told is None else "differs", told=told)

    def _remove_own(self, before: set[str]) -> None:
        """Delete what a claim has made; who may not delete must not make more."""
        shared = {self._words.get(word) for word in STANDING}
        made = [arn for arn in self._service.made if arn not in before and arn not in shared]
        for answer in self._service.remove(made).values():
            if is_no_answer(answer):
                raise _StoppedError(f"what is made cannot be deleted: {answer.code}")

    def _told(self, claim: Claim, words: _Words) -> Told | None:
        for call in claim.calls:
            missing = self._service.lacks(call)
            if missing is not None:
                raise _NotAskedError(f"this botocore has no {missing}", is_by_choice=True)
        for call in claim.calls:
            params = filled(dict(call.params), words)
            expected = expected_with(call.expected, words)
            answer = self._answer(call, params)
            if is_no_answer(answer) or (answer.code == _OVER_QUOTA and call.expected == ACCEPTED):
                raise _NotAskedError(f"{call.operation}: {answer.code}")
            found = differences(expected, answer, run=self._service.run)
            if found:
                return Told(call.operation, params, found)
            for word, path in call.saved.items():
                words[word] = str(at(answer.members, path))
        return None

    def _answer(self, call: Call, params: Mapping[str, Any]) -> Answer:
        answer = self._service.ask(call.operation, params, body=call.body)
        if not call.all_pages:
            return answer
        whole = dict(answer.members)
        for _ in range(_MOST_PAGES):
            token = answer.members.get("nextToken")
            if answer.code is not None or not token:
                break
            answer = self._service.ask(call.operation, {**params, "nextToken": token})
            for name, value in answer.members.items():
                if isinstance(value, list):
                    whole[name] = [*whole.get(name, []), *value]
        return Answer(answer.status, answer.code, answer.message, whole)

    def _standing(self, word: str) -> str:
        """What all claims share, made now if it is not there yet."""
        if word in self._words:
            return self._words[word]
        if word in self._failed:
            raise self._failed[word]
        try:
            value = self._words[word] = self._found(word)
        except _NotAskedError as error:
            self._failed[word] = error
            raise
        return value

    def _found(self, word: str) -> str:
        if word in OPTIONS:
            raise _NotAskedError(f"it needs {OPTIONS[word]}", is_by_choice=True)
        if word in {"account", "partition"}:
            # What has been made says whose it is.
            _, partition, _, _, account, _ = self._standing("component").split(":", 5)
            self._words.update(partition=partition, account=account)
            return self._words[word]
        if word in {"own", "amazon"}:
            words = _Words(self._words, self._standing)
            account = "aws" if word == "amazon" else words["account"]
            return f"arn:{words['partition']}:imagebuilder:{words['region']}:{account}:"
        call = STANDING[word]
        missing = self._service.lacks(call)
        if missing is not None:
            raise _NotAskedError(f"this botocore has no {missing}", is_by_choice=True)
        params = filled(dict(call.params), _Words(self._words, self._standing))
        answer = self._service.ask(call.operation, params)
        if answer.code is not None:
            raise _NotAskedError(f"{call.operation}: {answer.code}: what it needs was not made")
        return str(at(answer.members, call.saved[word]))


class _Words(dict[str, str]):
    """The words of one claim; what they do not have yet is found elsewhere."""

    def __init__(self, known: Mapping[str, str], find: Callable[[str], str]) -> None:
        super().__init__(known)
        self._find = find

    def __missing__(self, word: str) -> str:
        return self._find(word)
