"""What Amazon offers to everybody."""

from __future__ import annotations

from imagebuilder_mock.cli.verify.claim import Call, Expected, Matches, claim

from .standing import get


def _workflow(path: str, expected: Expected) -> Call:
    return get("Workflow", expected, f"<<amazon>>workflow/{path}")


def _steps(path: str, *steps: str) -> Call:
    """Amazon's workflow, and the steps of its document in their order."""
    kind, _, name = path.partition("/")
    pattern = "".join(rf".*\bname: {step}\b" for step in steps)
    document = Matches(f"a document with the steps {', '.join(steps)}", f"(?s){pattern}.*")
    return _workflow(
        f"{path}/x.x.x",
        {"name": name, "type": kind.upper(), "owner": "Amazon", "data": document},
    )


_EXPRESS = Matches(
    "a document with healthCheck: RUNNING", r"(?s)(?!.*Collect).*healthCheck: RUNNING.*"
)

CLAIMS = (
    claim(
        "managed.build-image",
        "Amazon's workflow build-image has seven steps.",
        ("workflows.managed",),
        _steps(
            "build/build-image",
            "LaunchBuildInstance",
            "ApplyBuildComponents",
            "InventoryCollection",
            "RunSanitizeScript",
            "RunSysPrepScript",
            "CreateOutputAMI",
            "TerminateBuildInstance",
        ),
    ),
    claim(
        "managed.test-image",
        "Amazon's workflow test-image has four steps.",
        ("workflows.managed",),
        _steps(
            "test/test-image",
            "LaunchTestInstance",
            "CollectImageScanFindings",
            "ApplyTestComponents",
            "TerminateTestInstance",
        ),
    ),
    *(
        claim(
            f"managed.{name}-version",
            f"Amazon's workflow {name} has the version 1.0.3.",
            ("workflows.managed-versions",),
            _workflow(f"{kind}/{name}/1.0.3/1", {"version": "1.0.3"}),
        )
        for kind, name in (("build", "build-image"), ("test", "test-image"))
    ),
    *(
        claim(
            f"managed.{name}",
            f"Amazon has the workflow {name}.",
            ("workflows.other-managed-steps",),
            _workflow(f"{kind}/{name}/x.x.x", {"name": name, "owner": "Amazon"}),
        )
        for kind, name in (
            ("test", "test-container"),
            ("distribution", "distribute-container"),
            ("distribution", "distribute-image"),
            ("build", "build-image-from-iso"),
        )
    ),
    *(
        claim(
            f"managed.express-{name}",
            f"Amazon's workflow express-{name} does not wait for status checks.",
            ("workflows.express",),
            _workflow(f"{kind}/express-{name}/x.x.x", {"data": _EXPRESS}),
        )
        for kind, name in (
            ("build", "build-image"),
            ("build", "build-container"),
            ("test", "test-image"),
        )
    ),
    *(
        claim(
            f"managed.{name}",
            f"Amazon has the component {name}.",
            ("samples.names",),
            get(
                "Component",
                {
                    "name": name,
                    "owner": "Amazon",
                    "platform": platform,
                    "type": component_type,
                    "state": {"status": "ACTIVE"},
                },
                f"<<amazon>>component/{name}/x.x.x",
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
        claim(
            f"managed.image-{slug}",
            f"Amazon has the image {slug}.",
            ("samples.names",),
            get(
                "Image",
                {"type": "AMI", "platform": platform, "state.status": "AVAILABLE"},
                f"<<amazon>>image/{slug}/x.x.x",
            ),
        )
        for slug, platform in (
            ("amazon-linux-2023-x86", "Linux"),
            ("ubuntu-server-22-lts-x86", "Linux"),
            ("windows-server-2022-english-full-base-x86", "Windows"),
        )
    ),
)
