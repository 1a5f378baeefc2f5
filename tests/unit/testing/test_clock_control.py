"""``mock.clock``: it follows the process's time or stands still, and moves only forwards."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest

from imagebuilder_mock import mock_imagebuilder
from tests.builders import a_build, a_pipeline, a_recipe
from tests.lifecycle_builders import a_policy

UTC = timezone.utc
NOON = datetime(2024, 1, 31, 12, tzinfo=UTC)

every_way_to_switch_on = pytest.mark.parametrize(
    "options", [{}, {"now": NOON}, {"builds": "clock"}], ids=["following", "still", "clock mode"]
)


A_WHILE = timedelta(minutes=30)
"""More than all the steps of a clock that steps at every look."""


def is_soon_after(moment, earlier):
    return timedelta() <= moment - earlier < A_WHILE


def status_of(client, build):
    return client.get_image(imageBuildVersionArn=build)["image"]["state"]["status"]


# What time it is


def test_the_clock_follows_the_real_time_in_utc():
    with mock_imagebuilder() as mock:
        before = datetime.now(UTC)
        now = mock.clock.now()
        after = datetime.now(UTC)

    assert now.utcoffset() == timedelta()
    assert before - timedelta(milliseconds=1) <= now <= after


def test_the_clock_goes_on_by_itself():
    with mock_imagebuilder() as mock:
        before = mock.clock.now()
        time.sleep(0.01)

        assert mock.clock.now() > before


def test_the_clock_stands_still_where_now_puts_it():
    elsewhere = NOON.astimezone(timezone(timedelta(hours=-5)))
    with mock_imagebuilder(now=elsewhere) as mock:
        assert mock.clock.now() == NOON
        assert mock.clock.now().tzinfo is UTC
        time.sleep(0.002)
        assert mock.clock.now() == NOON


def test_what_is_made_carries_the_time_of_the_clock():
    with mock_imagebuilder(now=NOON) as mock:
        client = mock.client()
        mock.clock.advance(hours=1)
        build = a_build(client)

        [summary] = client.list_image_build_versions(imageVersionArn=build.rpartition("/")[0])[
            "imageSummaryList"
        ]

    assert summary["dateCreated"] == "2024-01-31T13:00:00.000Z"


# Moving it


@every_way_to_switch_on
def test_the_clock_moves_by_a_span(options):
    with mock_imagebuilder(**options) as mock:
        before, began = mock.clock.now(), time.monotonic()
        mock.clock.advance(days=1, hours=2, minutes=3, seconds=4.5)

        moved = mock.clock.now() - before
        passed = timedelta(seconds=time.monotonic() - began)

    span = timedelta(days=1, hours=2, minutes=3, seconds=4.5)
    assert span <= moved < span + passed + timedelta(seconds=5)


@every_way_to_switch_on
def test_the_clock_moves_to_a_moment(options):
    moment = datetime(2124, 2, 29, tzinfo=timezone(timedelta(hours=1)))
    with mock_imagebuilder(**options) as mock:
        mock.clock.move_to(moment)

        assert is_soon_after(mock.clock.now(), moment)


def test_a_clock_that_was_moved_goes_on_from_there():
    with mock_imagebuilder() as mock:
        mock.clock.advance(days=1)
        before = mock.clock.now()
        time.sleep(0.01)

        assert mock.clock.now() > before


def test_a_clock_that_was_put_somewhere_stands_still_again_after_a_move():
    with mock_imagebuilder(now=NOON) as mock:
        mock.clock.advance(hours=1)
        time.sleep(0.002)

        assert mock.clock.now() == NOON.replace(hour=13)


@every_way_to_switch_on
@pytest.mark.parametrize("back", [{"seconds": -1}, {"days": 1, "hours": -25}])
def test_the_clock_never_runs_backwards(options, back):
    with mock_imagebuilder(**options) as mock:
        before = mock.clock.now()
        with pytest.raises(ValueError, match="never runs backwards"):
            mock.clock.advance(**back)
        with pytest.raises(ValueError, match=r"never runs backwards: it is .* was asked for"):
            mock.clock.move_to(before - timedelta(seconds=1))

        assert is_soon_after(mock.clock.now(), before)


@pytest.mark.parametrize("days", [1e12, 4e6, float("inf"), float("nan")])
def test_the_clock_goes_no_further_than_the_calendar(days):
    with mock_imagebuilder(now=NOON) as mock:
        with pytest.raises(ValueError, match="The calendar ends with the year 9999"):
            mock.clock.advance(days=days)
        assert mock.clock.now() == NOON


def test_the_clock_may_be_moved_to_where_it_is():
    with mock_imagebuilder(now=NOON) as mock:
        mock.clock.advance()
        mock.clock.move_to(NOON)

        assert mock.clock.now() == NOON


def test_a_moment_needs_a_time_zone():
    with mock_imagebuilder(now=NOON) as mock:
        with pytest.raises(ValueError, match=r"move_to\(\) needs a datetime with a time zone"):
            mock.clock.move_to(datetime(2124, 1, 1))  # noqa: DTZ001 - that is the test

        assert mock.clock.now() == NOON


def test_a_clock_kept_from_before_is_that_of_the_world_it_was_taken_from():
    mock = mock_imagebuilder(now=NOON)
    with mock:
        kept = mock.clock
        kept.advance(hours=1)
    with mock:
        assert mock.clock.now() == NOON
    assert kept.now() == NOON.replace(hour=13)


# What falls due on the way


@pytest.mark.parametrize(
    ("builds", "status"),
    [("observed", "AVAILABLE"), ("clock", "AVAILABLE"), ("held", "PENDING")],
)
def test_a_move_takes_all_builds_along_but_held_ones(builds, status):
    with mock_imagebuilder(builds=builds, now=NOON) as mock:
        build = a_build(mock.client())
        mock.clock.advance(hours=2)

        assert status_of(mock.client(), build) == status


def test_each_build_that_a_move_takes_along_has_its_own_times():
    with mock_imagebuilder(builds="clock", now=NOON) as mock:
        client = mock.client()
        pipeline = a_pipeline(
            client,
            schedule={
                "scheduleExpression": "cron(0 14 * * ? *)",
                "pipelineExecutionStartCondition": "EXPRESSION_MATCH_ONLY",
            },
        )
        mock.clock.advance(days=2)
        images = client.list_image_pipeline_images(imagePipelineArn=pipeline)["imageSummaryList"]

    assert sorted(image["dateCreated"] for image in images) == [
        "2024-01-31T14:00:00.000Z",
        "2024-02-01T14:00:00.000Z",
    ]


def test_too_many_runs_in_one_move_name_the_pipeline():
    with mock_imagebuilder(now=NOON, quotas=False) as mock:
        pipeline = a_pipeline(mock.client(), schedule={"scheduleExpression": "rate(1 hour)"})
        with pytest.raises(RuntimeError, match=f"More than 5 scheduled runs.*{pipeline}"):
            mock.clock.advance(days=1, limit=5)


def test_the_limit_of_runs_can_be_lifted():
    with mock_imagebuilder(now=NOON, builds="instant") as mock:
        a_pipeline(mock.client(), schedule={"scheduleExpression": "rate(1 hour)"})
        mock.clock.advance(hours=12, limit=None)

        assert mock.clock.now() == NOON + timedelta(hours=12)


# freezegun and time-machine


@pytest.mark.needs("freezegun")
def test_freezegun_is_followed():
    import freezegun

    with freezegun.freeze_time(NOON) as frozen, mock_imagebuilder() as mock:
        first = mock.clock.now()
        frozen.tick(timedelta(hours=1))

        assert (first, mock.clock.now()) == (NOON, NOON.replace(hour=13))
        assert mock.clock.now().tzinfo is UTC


def frozen_by_freezegun(moment):
    import freezegun

    return freezegun.freeze_time(moment)


def running_under_freezegun(moment):
    import freezegun

    return freezegun.freeze_time(moment, tick=True)


def steps_of_freezegun(moment):
    import freezegun

    return freezegun.freeze_time(moment, auto_tick_seconds=15)


def frozen_by_time_machine(moment):
    import time_machine

    return time_machine.travel(moment, tick=False)


def running_under_time_machine(moment):
    import time_machine

    return time_machine.travel(moment)


every_other_clock = pytest.mark.parametrize(
    "at",
    [
        frozen_by_freezegun,
        running_under_freezegun,
        steps_of_freezegun,
        frozen_by_time_machine,
        running_under_time_machine,
    ],
)
PAST, FUTURE = NOON, datetime(2124, 1, 31, 12, tzinfo=UTC)


@pytest.mark.needs("freezegun", "time_machine")
@every_other_clock
@pytest.mark.parametrize("moment", [PAST, FUTURE], ids=["past", "future"])
@pytest.mark.parametrize("added", [timedelta(), timedelta(days=400)], ids=["as it was", "moved"])
def test_a_clock_that_begins_and_ends_under_a_mock_is_followed_both_ways(at, moment, added):
    with mock_imagebuilder() as mock:
        mock.clock.advance(seconds=added.total_seconds())

        @at(moment)
        def body():
            return mock.clock.now(), mock.clock.advance(days=1), mock.clock.now()

        begun, moved, later = body()

        assert is_soon_after(begun, moment)
        assert is_soon_after(moved, moment + timedelta(days=1))
        assert is_soon_after(later, moved)
        assert is_soon_after(mock.clock.now(), datetime.now(UTC) - A_WHILE / 2)


@pytest.mark.needs("freezegun", "time_machine")
@every_other_clock
def test_a_clock_that_a_mock_begins_under_may_end_before_it(at):
    other = at(FUTURE)
    other.start()
    mock = mock_imagebuilder().start()
    mock.clock.advance(days=1)
    other.stop()
    after = mock.clock.now()
    mock.stop()

    assert is_soon_after(after, datetime.now(UTC) - A_WHILE / 2)


@pytest.mark.needs("freezegun", "time_machine")
@every_other_clock
def test_nested_clocks_are_followed_in_and_out(at):
    with at(PAST), mock_imagebuilder() as mock:
        mock.clock.advance(days=1)
        with at(FUTURE):
            assert is_soon_after(mock.clock.now(), FUTURE)
        assert is_soon_after(mock.clock.now(), PAST)


@pytest.mark.needs("freezegun")
def test_what_was_added_is_dropped_where_freezegun_moves_and_no_move_goes_back():
    with frozen_by_freezegun(NOON) as frozen, mock_imagebuilder() as mock:
        mock.clock.advance(hours=1)
        frozen.move_to(NOON - timedelta(days=1))
        with pytest.raises(ValueError, match="never runs backwards: it is 2024-01-30T12:00:00"):
            mock.clock.move_to(NOON - timedelta(days=2))

        assert mock.clock.now() == NOON - timedelta(days=1)


@pytest.mark.needs("freezegun")
def test_threads_see_the_time_that_the_test_has_frozen():
    with mock_imagebuilder() as mock, frozen_by_freezegun(NOON), ThreadPoolExecutor(1) as threads:
        assert threads.submit(mock.clock.now).result() == NOON


@pytest.mark.needs("freezegun")
def test_what_has_run_does_not_run_again_and_what_is_due_stays_due():
    daily = {
        "scheduleExpression": "cron(0 3 * * ? *)",
        "pipelineExecutionStartCondition": "EXPRESSION_MATCH_ONLY",
    }
    with mock_imagebuilder(builds="instant") as mock, frozen_by_freezegun(NOON) as frozen:
        client = mock.client()
        pipeline = a_pipeline(client, schedule=daily)

        def runs():
            listed = client.list_image_pipeline_images(imagePipelineArn=pipeline)
            return [image["dateCreated"][:10] for image in listed["imageSummaryList"]]

        mock.clock.advance(days=2)
        assert runs() == ["2024-02-01", "2024-02-02"]
        frozen.move_to(NOON - timedelta(days=30))
        mock.clock.advance(days=31)
        assert runs() == ["2024-02-01", "2024-02-02"]
        frozen.move_to(NOON + timedelta(days=4))
        assert runs() == ["2024-02-01", "2024-02-02"]
        mock.clock.advance(seconds=1)

        assert runs() == ["2024-02-01", "2024-02-02", "2024-02-03", "2024-02-04"]


@pytest.mark.needs("freezegun")
def test_the_next_run_of_a_policy_is_the_one_that_is_due_wherever_the_clock_has_been():
    with mock_imagebuilder() as mock, frozen_by_freezegun(NOON) as frozen:
        a_recipe(mock.client())
        policy = a_policy(mock.client())

        def runs():
            listed = mock.client().list_lifecycle_executions(resourceArn=policy)
            return [run["startTime"] for run in listed["lifecycleExecutions"]]

        mock.clock.advance(days=2)
        before, due = runs(), mock.lifecycle.next_run(policy)
        assert due is not None
        frozen.move_to(NOON - timedelta(days=30))
        assert mock.lifecycle.next_run(policy) == due
        frozen.move_to(due - timedelta(seconds=1))
        mock.clock.advance(seconds=1)

        assert runs() == [due, *before]


@pytest.mark.needs("freezegun")
def test_nothing_ends_before_it_begins_and_lists_keep_the_order_of_making():
    with mock_imagebuilder() as mock, frozen_by_freezegun(FUTURE) as frozen:
        client = mock.client()
        first = a_build(client)
        status_of(client, first)
        frozen.move_to(PAST)
        mock.builds.complete(first)
        second = a_build(client, imageRecipeArn=a_recipe(client, name="second"))
        mock.builds.complete(second)

        listed = client.list_images()["imageVersionList"]
        runs = client.list_workflow_executions(imageBuildVersionArn=first)["workflowExecutions"]
        timeline = mock.builds.timeline(first)

    assert [image["name"] for image in listed] == [arn.split("/")[1] for arn in (second, first)]
    assert [image["dateCreated"][:4] for image in listed] == ["2024", "2124"]
    assert all(run["startTime"] <= run["endTime"] for run in runs)
    assert not [row for row in timeline.rows if "-" in str(row["duration"])]


@pytest.mark.needs("freezegun")
def test_under_freezegun_answers_carry_the_frozen_time():
    import freezegun

    with freezegun.freeze_time(NOON), mock_imagebuilder() as mock:
        client = mock.client()
        a_build(client)

        [image] = client.list_images()["imageVersionList"]

    assert image["dateCreated"] == "2024-01-31T12:00:00.000Z"


@pytest.mark.needs("time_machine")
def test_time_machine_is_followed():
    import time_machine

    with time_machine.travel(NOON, tick=False) as traveller, mock_imagebuilder() as mock:
        first = mock.clock.now()
        traveller.shift(timedelta(hours=1))

        assert (first, mock.clock.now()) == (NOON, NOON.replace(hour=13))


@pytest.mark.needs("time_machine")
def test_now_wins_over_time_machine():
    import time_machine

    with time_machine.travel(NOON), mock_imagebuilder(now=NOON.replace(year=2030)) as mock:
        assert mock.clock.now() == NOON.replace(year=2030)


@pytest.mark.needs("time_machine")
def test_in_clock_mode_builds_run_on_as_time_machine_travels():
    import time_machine

    frozen = time_machine.travel(NOON, tick=False)
    with frozen as traveller, mock_imagebuilder(builds="clock") as mock:
        client = mock.client()
        build = a_build(client)
        traveller.shift(timedelta(minutes=5))
        during = status_of(client, build)
        traveller.shift(timedelta(hours=1))

        assert (during, status_of(client, build)) == ("BUILDING", "AVAILABLE")
