"""``imagebuilder-mock lifecycle preview``: what a policy would do to a state file's images."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

from imagebuilder_mock import current_mock, mock_imagebuilder
from imagebuilder_mock.cli.command_line import main
from tests.builders import a_recipe
from tests.lifecycle_builders import a_policy, a_rule

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)
RULE = a_rule("DELETE", 100, include=("amis",))


@pytest.fixture
def state(tmp_path):
    """Images of 10 and of 200 days in us-east-1, one of 300 in eu-west-1, and a policy."""
    path = tmp_path / "state.json"
    with mock_imagebuilder(now=NOON) as mock:
        for region, ages in (("us-east-1", (10, 200)), ("eu-west-1", (300,))):
            client = mock.client(region=region)
            recipe = a_recipe(client, name="web")
            for days in ages:
                mock.images.add(recipe=recipe, created=NOON - timedelta(days=days))
        a_policy(mock.client(region="us-east-1"), RULE, name="old")
        mock.save(path)
    return path


@pytest.fixture
def policy(tmp_path):
    path = tmp_path / "policy.json"
    path.write_text(json.dumps({"policyDetails": [RULE]}), encoding="utf-8")
    return path


@pytest.fixture
def preview(state, capsys):
    """Run it; the answer is the fate of each image, by its Region and build, and what was told."""

    def run(policy, *options):
        before = state.read_bytes()
        assert main(["lifecycle", "preview", str(state), str(policy), *options]) == 0
        assert state.read_bytes() == before
        with pytest.raises(RuntimeError):
            current_mock()
        output, told = capsys.readouterr()
        head, *rows = output.splitlines()[2:]
        assert head.split()[:4] == (["IMAGE", "STATE", "CREATED", "FATE"] if rows else [])
        fates = {}
        for row in rows:
            arn, _, _, _, fate, *_ = row.split()
            fates[arn.split(":")[3], arn.rpartition("/")[2]] = fate
        return fates, told

    return run


def test_it_prints_what_a_policy_of_a_file_would_do(preview, policy):
    fates, told = preview(policy, "--region", "us-east-1")

    assert fates == {("us-east-1", "1"): "KEEP", ("us-east-1", "2"): "DELETE"}
    assert told == ""


def test_it_prints_what_the_mock_itself_would_say(state, policy, capsys):
    with mock_imagebuilder(state=state) as mock:
        expected = str(mock.lifecycle.preview({"policyDetails": [RULE]}, region="us-east-1"))

    main(["lifecycle", "preview", str(state), str(policy), "--region", "us-east-1"])

    assert capsys.readouterr().out == f"{expected}\n"


def test_a_policy_of_the_state_is_named_by_its_arn(preview):
    arn = "arn:aws:imagebuilder:us-east-1:123456789012:lifecycle-policy/old"

    fates, _ = preview(arn)

    assert fates == {("us-east-1", "1"): "KEEP", ("us-east-1", "2"): "DELETE"}


def test_it_looks_ahead_to_a_time(preview, policy):
    fates, _ = preview(policy, "--region", "us-east-1", "--at", "2026-06-01T12:00:00Z")

    assert fates == {("us-east-1", "1"): "DELETE", ("us-east-1", "2"): "DELETE"}


def test_it_looks_at_a_region_and_an_account(preview, policy):
    assert preview(policy, "--region", "eu-west-1")[0] == {("eu-west-1", "1"): "DELETE"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "Give --region: {state} has resources in {held}."),
        (
            ("--region", "eu-west-2"),
            "{state} has nothing in eu-west-2. It has resources in {held}.",
        ),
        (
            ("--region", "eu-west-1", "--account-id", "444455556666"),
            "{state} has nothing in eu-west-1 444455556666. It has resources in {held}.",
        ),
    ],
)
def test_a_place_without_resources_is_no_empty_preview(state, policy, capsys, options, message):
    """``--fail-on`` would pass."""
    with pytest.raises(SystemExit) as end:
        main(["lifecycle", "preview", str(state), str(policy), *options])

    assert end.value.code == 1
    held = "eu-west-1 (123456789012), us-east-1 (123456789012)"
    assert message.format(state=state, held=held) in capsys.readouterr().err


def test_it_writes_a_page_too(preview, policy, tmp_path):
    page = tmp_path / "pages" / "preview.html"

    _, told = preview(policy, "--region", "us-east-1", "--html", str(page))

    assert told == f"{page}\n"
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert 'class="bad"' in text
    assert "image/web/1.0.0/2" in text


def test_it_looks_at_runs_one_after_the_other(state, policy, capsys):
    rules = [a_rule("DEPRECATE", 5), a_rule("DELETE", 5)]
    policy.write_text(json.dumps(rules), encoding="utf-8")
    arguments = ["lifecycle", "preview", str(state), str(policy), "--region", "us-east-1"]

    assert main([*arguments, "--runs", "settled"]) == 0
    _, settled, head, *rows = capsys.readouterr().out.splitlines()
    assert main([*arguments, "--runs", "2", "--at", "2026-01-02T12:00:00Z"]) == 0
    _, daily, *_ = capsys.readouterr().out.splitlines()

    assert settled == "2 deprecated, then 2 deleted"
    assert head.split()[:4] == ["IMAGE", "STATE", "CREATED", "RUN"]
    assert len(rows) == 4
    assert daily == "2 deprecated on 2026-01-02, then 2 deleted on 2026-01-03"


def test_it_prints_json_with_members_that_stay(state, policy, capsys):
    arguments = ["lifecycle", "preview", str(state), str(policy), "--region", "us-east-1"]

    assert main([*arguments, "--at", "2026-01-02T12:00:00Z", "--json"]) == 0

    document = json.loads(capsys.readouterr().out)
    assert [*document] == ["title", "summary", "rows"]
    assert document["summary"] == "1 deleted, 1 kept"
    kept, deleted = document["rows"]
    arn = "arn:aws:imagebuilder:us-east-1:123456789012:image/web/1.0.0/"
    assert deleted == {
        "image": f"{arn}2",
        "state": "AVAILABLE",
        "created": "2025-06-16T12:00:00+00:00",
        "run": 1,
        "at": "2026-01-02T12:00:00+00:00",
        "fate": "DELETE",
        "rule": "DELETE after 100 days",
        "reason": "The image is 100 days old or older.",
        "resources": [
            {
                "resource": deleted["resources"][0]["resource"],
                "region": "us-east-1",
                "fate": "DELETE",
                "reason": None,
            }
        ],
        "obstacle": None,
    }
    assert (kept["image"], kept["fate"], kept["run"], kept["at"]) == (f"{arn}1", "KEEP", None, None)


@pytest.mark.parametrize(
    ("fates", "status", "told"),
    [
        ("DELETE", 3, "1 image(s) would get DELETE."),
        ("disable,delete", 3, "1 image(s) would get DELETE."),
        ("DISABLE,DEPRECATE", 0, ""),
    ],
)
def test_its_exit_status_can_tell_of_a_fate(state, policy, capsys, fates, status, told):
    arguments = ["lifecycle", "preview", str(state), str(policy), "--region", "us-east-1"]

    assert main([*arguments, "--at", "2026-01-02T12:00:00Z", "--fail-on", fates]) == status

    assert told in capsys.readouterr().err


def test_a_policy_that_selects_nothing_says_what_there_is(state, policy, capsys):
    selection = {"recipes": [{"name": "wbe", "semanticVersion": "1.0.0"}]}
    document = {"policyDetails": [RULE], "resourceSelection": selection}
    policy.write_text(json.dumps(document), encoding="utf-8")

    main(["lifecycle", "preview", str(state), str(policy), "--region", "us-east-1"])

    assert "no image of 123456789012 in us-east-1 is selected (recipes: web)" in (
        capsys.readouterr().out
    )


# Mistakes


def test_a_state_in_the_place_of_the_policy_is_recognised(state, policy, capsys):
    with pytest.raises(SystemExit) as end:
        main(["lifecycle", "preview", str(policy), str(state)])

    assert end.value.code == 1
    assert f"{state} is a state file. Give the state first" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{\n  "policyDetails": ]', "2:20: not JSON: Expecting value"),
        (b"\xff", ": not JSON: 'utf-8' codec can't decode"),
        ("3", ": The value supplied for parameter 'policyDetails' is not valid."),
        ('{"policyDetails": []}', "1:2: The value supplied for parameter 'policyDetails'"),
        (
            '{"policyDetails":\n [{"action": {"type": "BURN"}}]}',
            "2:15: The value supplied for parameter 'policyDetails[0].action.type' is not valid.",
        ),
        ('{"policyDetials": []}', "Did you mean 'policyDetails'?"),
    ],
    ids=["no JSON", "no text", "no policy", "no rules", "wrong action", "unknown member"],
)
def test_a_policy_that_is_none_is_explained_with_its_place(state, policy, capsys, content, message):
    policy.write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(SystemExit) as end:
        main(["lifecycle", "preview", str(state), str(policy)])

    assert end.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith(f"imagebuilder-mock lifecycle preview: {policy}:")
    assert message in said


def test_a_policy_is_checked_before_the_state_is_read(policy, tmp_path, capsys):
    policy.write_text('{"policyDetails": []}', encoding="utf-8")

    with pytest.raises(SystemExit):
        main(["lifecycle", "preview", str(tmp_path / "none.json"), str(policy)])

    assert f"{policy}:1:2:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--runs", "all", "'all' is neither a number of runs nor 'settled'"),
        ("--fail-on", "BURN", "'BURN' is none of DELETE, DISABLE, DEPRECATE"),
    ],
)
def test_a_wrong_option_says_what_there_is(state, policy, capsys, option, value, message):
    with pytest.raises(SystemExit) as end:
        main(["lifecycle", "preview", str(state), str(policy), option, value])

    assert end.value.code == 2
    assert message in capsys.readouterr().err


def test_files_and_policies_that_are_not_there_are_named(state, policy, tmp_path, capsys):
    missing = str(tmp_path / "none.json")
    stranger = "arn:aws:imagebuilder:us-east-1:123456789012:lifecycle-policy/new"
    for arguments, name in (
        ([missing, str(policy)], "none.json"),
        ([str(state), missing], "none.json"),
        ([str(state), stranger], "lifecycle-policy/old"),
    ):
        with pytest.raises(SystemExit) as end:
            main(["lifecycle", "preview", *arguments])
        assert end.value.code == 1
        assert name in capsys.readouterr().err


def test_a_damaged_state_says_where(state, policy, capsys):
    document = json.loads(state.read_text(encoding="utf-8"))
    state.write_text(json.dumps({**document, "seed": "none"}), encoding="utf-8")

    with pytest.raises(SystemExit) as end:
        main(["lifecycle", "preview", str(state), str(policy)])

    assert end.value.code == 1
    assert "$.seed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("time", "message"),
    [
        ("noon", "argument --at: give a time such as 2024-01-31T12:00:00Z"),
        (
            "2026-06-01",
            "argument --at: give a time with its zone, such as 2024-01-31T12:00:00Z",
        ),
    ],
)
def test_a_time_that_is_none_is_explained(state, policy, capsys, time, message):
    with pytest.raises(SystemExit) as end:
        main(["lifecycle", "preview", str(state), str(policy), "--at", time])

    assert end.value.code == 2
    assert message in capsys.readouterr().err


def test_runs_that_the_calendar_does_not_have_are_refused(state, policy, capsys):
    arguments = ["lifecycle", "preview", str(state), str(policy), "--region", "us-east-1"]

    with pytest.raises(SystemExit) as end:
        main([*arguments, "--at", "9999-12-30T00:00:00Z", "--runs", "9"])

    assert end.value.code == 1
    assert "the calendar ends with the year 9999" in capsys.readouterr().err
