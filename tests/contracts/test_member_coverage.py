"""What the stories make of the model's members: each is met, or left out for a reason."""

from __future__ import annotations

from tests.contracts import every_member
from tests.contracts.installed import only_with_the_pinned_botocore
from tests.contracts.member_coverage import built, left_out, measure, modelled, reason_for, reasons
from tests.contracts.test_answers import CHAPTERS, Client

pytestmark = only_with_the_pinned_botocore

SIDES = ("inputs", "outputs")


def test_what_is_left_out_has_a_reason_and_nothing_else_has():
    """A reason for a shape must hold wherever it stands; else it is for one operation."""
    coverage = measure([*CHAPTERS, *every_member.CHAPTERS], Client)
    missing = {
        "inputs": left_out(coverage.effective, output=False),
        "outputs": left_out(coverage.filled, output=True),
    }
    without, needless = [], []
    for side in SIDES:
        known = reasons()[side]
        left = {str(member) for member in missing[side]}
        left_shapes = {member.shape for member in missing[side]}
        met_shapes = {
            member.shape
            for operation in built()
            for member in modelled(operation, output=side == "outputs")
            if str(member) not in left and not _is_below(member, missing[side])
        }
        without += [str(member) for member in missing[side] if not reason_for(member, known)]
        needless += [reason for reason in known if reason not in left | left_shapes - met_shapes]

    assert without == [], "fill them, or give a reason in members_left_out.json"
    assert needless == [], "they are met: take the reasons away"


def test_reasons_are_in_order():
    for side in SIDES:
        assert list(reasons()[side]) == sorted(reasons()[side])


def _is_below(member, others):
    return any(
        member.operation == other.operation and member.path.startswith(f"{other.path}.")
        for other in others
    )
