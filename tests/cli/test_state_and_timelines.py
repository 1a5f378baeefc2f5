"""``imagebuilder-mock run --state FILE`` and ``--timeline DIR``."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from textwrap import dedent

import pytest

from imagebuilder_mock import current_mock, mock_imagebuilder
from imagebuilder_mock.cli.command_line import main
from tests.builders import MANAGED_COMPONENT, MANAGED_PARENT, a_build, a_recipe

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)

BUILDS = f"""
    import boto3

    client = boto3.client("imagebuilder", "us-east-1")
    recipe = client.create_image_recipe(
        name="web",
        semanticVersion="1.0.0",
        parentImage="{MANAGED_PARENT}",
        components=[{{"componentArn": "{MANAGED_COMPONENT}"}}],
    )["imageRecipeArn"]
    infrastructure = client.create_infrastructure_configuration(
        name="web", instanceProfileName="builder"
    )["infrastructureConfigurationArn"]
    for _ in range(2):
        client.create_image(
            imageRecipeArn=recipe, infrastructureConfigurationArn=infrastructure
        )
"""

LOOKS = """
    import json
    from imagebuilder_mock import current_mock

    mock = current_mock()
    builds = mock.options.get("builds")
    print(json.dumps([mock.builds.running, mock.clock.now().isoformat(), builds]))
"""


@pytest.fixture
def program(tmp_path):
    def write(text):
        path = tmp_path / "program.py"
        path.write_text(dedent(text), encoding="utf-8")
        return str(path)

    return write


# A page of each build


def test_a_page_of_each_build_is_written(program, tmp_path, capsys):
    folder = tmp_path / "pages"

    assert main(["run", "--builds", "clock", "--timeline", str(folder), program(BUILDS)]) == 0

    names = [f"123456789012-us-east-1-web-1.0.0-{build}.html" for build in (1, 2)]
    assert sorted(path.name for path in folder.iterdir()) == names
    told = [f"timeline: {folder / name}" for name in names]
    assert capsys.readouterr().err.splitlines() == told
    for build, name in enumerate(names, start=1):
        page = (folder / name).read_text(encoding="utf-8")
        assert f"<h1>Build web/1.0.0/{build}</h1>" in page
        assert '<div class="name">PENDING</div>' in page


def test_pages_are_written_when_the_program_fails_too(program, tmp_path):
    failing = dedent(BUILDS) + "\nraise KeyError('mine')\n"

    with pytest.raises(KeyError, match="mine"):
        main(["run", "--timeline", str(tmp_path / "pages"), program(failing)])

    assert len(list((tmp_path / "pages").iterdir())) == 2
    with pytest.raises(RuntimeError):
        current_mock()


def test_a_deleted_image_keeps_its_page(program, tmp_path):
    deleting = dedent(BUILDS).rstrip() + dedent("""

        from imagebuilder_mock import current_mock

        current_mock().builds.finish_all()
        [image] = client.list_images(owner="Self")["imageVersionList"]
        client.delete_image(imageBuildVersionArn=f"{image['arn']}/1")
    """)

    main(["run", "--timeline", str(tmp_path / "pages"), program(deleting)])

    pages = sorted((tmp_path / "pages").iterdir())
    assert [page.name[-6:] for page in pages] == ["1.html", "2.html"]
    assert "AVAILABLE after" in pages[0].read_text(encoding="utf-8")


def test_a_program_without_builds_leaves_no_pages(program, tmp_path, capsys):
    main(["run", "--timeline", str(tmp_path / "pages"), program("print('nothing')")])

    assert not (tmp_path / "pages").exists()
    assert capsys.readouterr() == ("nothing\n", "")


# A state to begin with


@pytest.fixture
def state(tmp_path):
    path = tmp_path / "state.json"
    with mock_imagebuilder(builds="held", now=NOON) as mock:
        client = mock.client()
        a_build(client, imageRecipeArn=a_recipe(client, name="web"))
        mock.save(path)
    return path


def test_a_program_begins_with_a_saved_state_and_leaves_it(program, state, capsys):
    before = state.read_bytes()

    assert main(["run", "--builds", "held", "--state", str(state), program(LOOKS)]) == 0

    [running], now, builds = json.loads(capsys.readouterr().out)
    assert running.endswith(":image/web/1.0.0/1")
    assert (now, builds) == (NOON.isoformat(), "held")
    assert state.read_bytes() == before


def test_a_module_begins_with_it_too(program, state, tmp_path, capsys, monkeypatch):
    program(LOOKS)
    monkeypatch.chdir(tmp_path)

    assert main(["run", "--state", str(state), "-m", "program"]) == 0

    assert len(json.loads(capsys.readouterr().out)[0]) == 1


def test_options_win_over_the_state(program, state, capsys):
    now = "2026-02-03T12:00:00+00:00"

    main(["run", "--state", str(state), "--now", now, program(LOOKS)])

    assert json.loads(capsys.readouterr().out)[1] == now


@pytest.mark.parametrize("command", ["run", "serve"])
def test_a_damaged_state_is_explained_with_exit_status_1(program, state, capsys, command):
    state.write_text("{", encoding="utf-8")
    more = [program("print('it ran')")] if command == "run" else ["--port", "0"]

    with pytest.raises(SystemExit) as end:
        main([command, "--state", str(state), *more])

    assert end.value.code == 1
    output, said = capsys.readouterr()
    assert output == ""
    assert said == (
        f"imagebuilder-mock {command}: {state}:1:2: not JSON: Expecting property name enclosed "
        "in double quotes.\n"
    )


def test_a_state_that_is_not_there_is_named(program, tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        main(["run", "--state", str(tmp_path / "none.json"), program("print('it ran')")])

    assert end.value.code == 1
    output, said = capsys.readouterr()
    assert output == ""
    assert "none.json" in said


def test_an_error_of_the_program_is_not_taken_for_one_of_the_state(program, state):
    with pytest.raises(ValueError, match="mine"):
        main(["run", "--state", str(state), program("raise ValueError('mine')")])
