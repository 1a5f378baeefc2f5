"""Documents in CloudFormation templates: where their mistakes stand, and what is passed over."""

from __future__ import annotations

import json

import pytest

from imagebuilder_mock import check_document
from imagebuilder_mock.cli.command_line import main

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Seconds: {Type: Number}
Resources:
  Bucket:
    Type: AWS::S3::Bucket
  Hardening:
    Type: AWS::ImageBuilder::Component
    Properties:
      Name: !Sub "${AWS::StackName}-hardening"
      Platform: Linux
      Version: 1.0.0
      Data: !Sub |  # the document

        schemaVersion: 1.0
        phases:
          - name: build
            steps:
              - name: Update${AWS::Region}
                action: ExecutBash
                timeoutSeconds: ${Seconds}
                inputs:
                  commands: ["echo ${!HOME} ${AWS::Region}"]
              - name: Second
                action: ExecutePowerShell
                timeoutSeconds: soon
                inputs:
                  commands: [a]
  Waiting:
    Type: AWS::ImageBuilder::Workflow
    Properties:
      Type: TEST
      Data:
        Fn::Sub:
          - |-
            schemaVersion: 1.0
            steps:
            - name: ${Name}
              action: DistributeImage
          - Name: Share
  Recipe:
    Type: AWS::ImageBuilder::ContainerRecipe
    Properties:
      Components: [{ComponentArn: !Ref Hardening}]
      DockerfileTemplateData: |
        FROM {{{ imagebuilder:parentImage }}}
        {{{ imagebuilder:component }}}
        {{{ imagebuilder:environments }}}
  Joined:
    Type: AWS::ImageBuilder::Component
    Properties:
      Data: !Join ["", [a, b]]
  CleanUp:
    Type: AWS::ImageBuilder::LifecyclePolicy
    Properties:
      Name: clean-up
      ExecutionRole: !GetAtt Role.Arn
      ResourceType: AMI_IMAGE
      PolicyDetails:
        - Action: {Type: DEPRECATE}
          Filter: {Type: COUNT, Value: "5"}
        - Action: {Type: DISABLE}
          Filter: {Type: COUNT, Value: !Ref Seconds}
      ResourceSelection: !If [A, {TagMap: {a: b}}, {TagMap: {a: c}}]
"""


def places(template):
    return [(each.resource, each.line, each.column) for each in check_document(template)]


def test_mistakes_stand_where_they_are_in_the_template():
    problems = check_document(TEMPLATE)

    assert [(each.resource, each.line, each.column) for each in problems] == [
        ("Hardening", 20, 17),
        ("Hardening", 25, 17),
        ("Hardening", 26, 17),
        ("Waiting", 39, 15),
        ("Recipe", 47, 9),
        ("Recipe", 46, 9),
        ("CleanUp", 61, 20),
    ]
    assert problems[1].message.endswith(
        "Unsupported action ExecutePowerShell for os platform linux."
    )
    assert problems[3].message.endswith("is not supported in a workflow of type TEST.")


def test_json_templates_have_exact_places_too():
    text = 'schemaVersion: 1.0\nphases:\n- name: build\n  steps:\n  - {name: ab, action: "Zz"}\n'
    template = json.dumps(
        {"Resources": {"A": {"Type": "AWS::ImageBuilder::Component", "Properties": {"Data": text}}}}
    )

    [(_, line, column), *others] = places(template)

    assert line == 1
    assert template[column - 1 :].startswith("name: ab")
    assert [template[column - 1 :].split(":")[0] for _, _, column in others] == ["action"]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ("|\n        schemaVersion: 2", (6, 9)),
        ("|2\n        schemaVersion: 2", (6, 9)),
        ("!Sub\n        |\n          schemaVersion: 2", (7, 11)),
        (">\n        schemaVersion: 2", (6, 9)),
        (">-  # folded\n        {schemaVersion: 1.0, phases: [],\n         x: 2}", (7, 10)),
        ("'schemaVersion: 2'", (5, 14)),
        ("'{description: it''s,\n        schemaVersion: 2}'", (6, 9)),
        ('"schemaVersion:\n        2"', (5, 14)),
        ("!Sub &here\n        schemaVersion", (6, 9)),
        ("schemaVersion", (5, 13)),
        ('!Sub "\\n\\u0020schemaVersion: 2"', (5, 27)),
    ],
)
def test_a_text_can_be_written_in_any_way(data, place):
    lines = ["Resources:", "  A:", "    Type: AWS::ImageBuilder::Component", "    Properties:"]

    assert places("\n".join([*lines, f"      Data: {data}\n"]))[0] == ("A", *place)


@pytest.mark.parametrize(
    "properties", ["{}", "!Ref A", "{Data: {Ref: A}}", "{Data: !Ref A}", "{Data: {'Fn::Sub': []}}"]
)
def test_what_is_not_written_out_is_passed_over(properties):
    template = (
        f"Resources:\n  A:\n    Type: AWS::ImageBuilder::Component\n    Properties: {properties}\n"
    )

    assert check_document(template) == []


NAMED = """\
Resources:
  A:
    Type: AWS::ImageBuilder::Component
    Properties:
      Data: !Sub |
        schemaVersion: 1.0
        parameters:
          - ${Parameter}: {type: string}
          - Unused: {type: string}
        phases:
          - name: ${Phase}
            steps:
              - name: ${Name}
                action: ${Action}
                inputs: {commands: ["{{ ${Parameter} }} {{ build.${Name}.outputs.stdout }}"]}
          - name: build
            steps:
              - name: ${Name}
                action: ExecuteBash
                loop: {forEach: ["${A}"], name: "${Loop}"}
                inputs: {commands: ["{{ ${Loop}.value }}"]}
"""


def test_what_a_variable_names_may_be_fine(tmp_path, capsys):
    file = tmp_path / "stack.yml"
    file.write_text(NAMED, encoding="utf-8")

    assert main(["check", str(file)]) == 0
    assert capsys.readouterr().out == (
        f"{file}:9:13: warning: The parameter 'Unused' is not used.\n"
    )


def test_a_text_in_a_template_is_bounded_more_closely():
    text = "schemaVersion: 1.0\\nphases: []\\n#" + "x" * 16000
    template = (
        "Resources: {A: {Type: 'AWS::ImageBuilder::Component', "
        f'Properties: {{Data: "{text}"}}}}}}'
    )

    assert "must contain at most 16000 characters" in check_document(template)[0].message


def test_what_is_passed_over_is_noted(tmp_path, capsys):
    file = tmp_path / "stack.yml"
    file.write_text(TEMPLATE, encoding="utf-8")

    for form, stream in {"text": "err", "json": "out", "github": "out"}.items():
        assert main(["check", "--format", form, str(file)]) == 1
        said = getattr(capsys.readouterr(), stream)
        assert "The component of Joined is passed over: a function makes its text." in said


def test_a_template_without_documents_is_fine():
    assert check_document("Resources: {A: {Type: 'AWS::S3::Bucket'}}") == []
    assert check_document("Resources: {A: {Type: 'AWS::ImageBuilder::ImagePipeline'}}") == []


@pytest.mark.parametrize(
    ("resources", "place"),
    [("[", (2, 1)), ("[" * 5000, (2, 1)), ("\0", (1, 1))],
    ids=["open", "deep", "unprintable"],
)
def test_a_template_that_cannot_be_read_is_refused(resources, place):
    [problem] = check_document(f"Resources: {resources} AWS::ImageBuilder::Component\n")

    assert (problem.kind, problem.line, problem.column) == ("template", *place)
    assert problem.message.startswith("The template cannot be read: ")


def test_strange_templates_have_no_documents():
    alias = "Resources:\n  A: &a\n    Type: AWS::ImageBuilder::Component\n    Properties: *a\n"
    keys = "Resources:\n  ? {a: b}\n  : 1\n  A: {Type: AWS::ImageBuilder::Component}\n"

    assert check_document(alias) == check_document(keys) == []


def test_what_a_policy_lacks_stands_where_its_properties_begin():
    begins = TEMPLATE.splitlines().index("      Name: clean-up") + 1

    assert ("CleanUp", begins, 7) in places(TEMPLATE.replace("ExecutionRole", "Description"))
