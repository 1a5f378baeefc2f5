"""What Amazon offers to everybody."""

from __future__ import annotations

from imagebuilder_mock.cli.verify.claim import (
    Answered,
    Call,
    Claim,
    Matches,
    call,
)


def _shown(key: str, sentence: str, rows: tuple[str, ...], workflow: str, *steps: str) -> Claim:
    """Amazon's workflow, and the steps of its document in their order."""
    kind, _, name = workflow.partition("/")
    pattern = "".join(rf".*\bname: {step}\b" for step in steps)
    return Claim(
        id=f"managed.{key}",
        sentence=sentence,
        rows=rows,
        calls=(
            call(
                "GetWorkflow",
                {"workflowBuildVersionArn": f"<<amazon>>workflow/{workflow}/x.x.x"},
                Answered(
                    {
                        "workflow.name": name,
                        "workflow.type": kind.upper(),
                        "workflow.owner": "Amazon",
                        "workflow.data": Matches(
                            f"a document with the steps {', '.join(steps)}", f"(?s){pattern}.*"
                        ),
                    }
                ),
            ),
        ),
    )


def _is_there(key: str, sentence: str, rows: tuple[str, ...], one: Call) -> Claim:
    return Claim(id=f"managed.{key}", sentence=sentence, rows=rows, calls=(one,))


CLAIMS: tuple[Claim, ...] = (
    _shown(
        "build-image",
        "Amazon's workflow build-image has seven steps.",
        ("workflows.managed",),
        "build/build-image",
        "LaunchBuildInstance",
        "ApplyBuildComponents",
        "InventoryCollection",
        "RunSanitizeScript",
        "RunSysPrepScript",
        "CreateOutputAMI",
        "TerminateBuildInstance",
    ),
    _shown(
        "test-image",
        "Amazon's workflow test-image has four steps.",
        ("workflows.managed",),
        "test/test-image",
        "LaunchTestInstance",
        "CollectImageScanFindings",
        "ApplyTestComponents",
        "TerminateTestInstance",
    ),
    _is_there(
        "build-image-version",
        "Version 1.0.3 of build-image is there.",
        ("workflows.managed-versions",),
        call(
            "GetWorkflow",
            {"workflowBuildVersionArn": "<<amazon>>workflow/build/build-image/1.0.3/1"},
            Answered({"workflow.version": "1.0.3"}),
        ),
    ),
    _is_there(
        "test-image-version",
        "Version 1.0.3 of test-image is there.",
        ("workflows.managed-versions",),
        call(
            "GetWorkflow",
            {"workflowBuildVersionArn": "<<amazon>>workflow/test/test-image/1.0.3/1"},
            Answered({"workflow.version": "1.0.3"}),
        ),
    ),
    *(
        _is_there(
            name,
            f"Amazon has the workflow {name}.",
            ("workflows.other-managed-steps",),
            call(
                "GetWorkflow",
                {"workflowBuildVersionArn": f"<<amazon>>workflow/{kind}/{name}/x.x.x"},
                Answered({"workflow.name": name, "workflow.owner": "Amazon"}),
            ),
        )
        for kind, name in (
            ("test", "test-container"),
            ("distribution", "distribute-container"),
            ("distribution", "distribute-image"),
            ("build", "build-image-from-iso"),
        )
    ),
    *(
        _is_there(
            f"express-{name}",
            f"Amazon's workflow express-{name} does not wait for status checks.",
            ("workflows.express",),
            call(
                "GetWorkflow",
                {"workflowBuildVersionArn": f"<<amazon>>workflow/{kind}/express-{name}/x.x.x"},
                Answered(
                    {
                        "workflow.data": Matches(
                            "a document with healthCheck: RUNNING",
                            r"(?s)(?!.*Collect).*healthCheck: RUNNING.*",
                        )
                    }
                ),
            ),
        )
        for kind, name in (
            ("build", "build-image"),
            ("build", "build-container"),
            ("test", "test-image"),
        )
    ),
    *(
        _is_there(
            name,
            f"Amazon has the component {name}.",
            ("samples.names",),
            call(
                "GetComponent",
                {"componentBuildVersionArn": f"<<amazon>>component/{name}/x.x.x"},
                Answered(
                    {
                        "component.name": name,
                        "component.owner": "Amazon",
                        "component.platform": platform,
                        "component.type": component_type,
                        "component.state": {"status": "ACTIVE"},
                    }
                ),
            ),
        )
        for name, platform, component_type in (
            ("update-linux", "Linux", "BUILD"),
            ("update-windows", "Windows", "BUILD"),
            ("amazon-cloudwatch-agent-linux", "Linux", "BUILD"),
            ("simple-boot-test-linux", "Linux", "TEST"),
        )
    ),
    *(
        _is_there(
            f"image-{slug}",
            f"Amazon has the image {slug}.",
            ("samples.names",),
            call(
                "GetImage",
                {"imageBuildVersionArn": f"<<amazon>>image/{slug}/x.x.x"},
                Answered(
                    {
                        "image.type": "AMI",
                        "image.platform": platform,
                        "image.state.status": "AVAILABLE",
                    }
                ),
            ),
        )
        for slug, platform in (
            ("amazon-linux-2023-x86", "Linux"),
            ("ubuntu-server-22-lts-x86", "Linux"),
            ("windows-server-2022-english-full-base-x86", "Windows"),
        )
    ),
)
