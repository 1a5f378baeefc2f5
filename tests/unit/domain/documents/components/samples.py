"""Component documents as users write them."""

from __future__ import annotations

import json

INSTALL_PACKAGES = """\
# Installs a web server, and says which one it got.
name: InstallNginx
description: Installs nginx and starts it.
schemaVersion: 1.0
parameters:
  - Packages:
      type: string
      default: nginx,curl
      description: What to install, between commas.
constants:
  - FailExitCode:
      type: string
      value: 1
phases:
  - name: build
    steps:
      - name: Update
        action: UpdateOS
      - name: Install
        action: ExecuteBash
        timeoutSeconds: 600
        maxAttempts: 3
        onFailure: Abort
        loop:
          name: Package
          forEach:
            list: '{{ Packages }}'
        inputs:
          commands:
            - dnf install -y "{{ Package.value }}" || exit {{ FailExitCode }}
            - |
              # Braces of other programs are left alone.
              docker ps --format '{{ .ID }}' || true
  - name: validate
    steps:
      - name: Version
        action: ExecuteBash
        inputs:
          commands:
            - nginx -v 2>&1 | grep -oE '[0-9.]+$'
      - name: VersionIsNew
        action: Assert
        inputs:
          or:
            - numberGreaterThan: 1.10
              value: '{{ validate.Version.outputs.stdout }}'
            - stringEquals: 2.0
              value: '{{ validate.Version.outputs.stdout }}'
"""

REBOOT = """\
schemaVersion: "1.0"
phases:
  - name: build
    steps:
      - name: InstallUpdates
        action: UpdateOS
        onFailure: Continue
        inputs:
          exclude: [KB1234567]
      - name: RebootAfterUpdates
        action: Reboot
        onFailure: Abort
        maxAttempts: 2
        inputs:
          delaySeconds: 60
      - name: AllowRemoteDesktop
        action: SetRegistry
        inputs:
          - path: HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server
            name: fDenyTSConnections
            value: 0
            type: DWORD
      - name: Report
        action: ExecutePowerShell
        disableLogging: true
        inputs:
          commands:
            - |
              Get-HotFix | Sort-Object InstalledOn
              Write-Host "on {{ context:hostname }}"
"""

DOWNLOADS = """\
name: Agents
schemaVersion: '1'
phases:
  - name: build
    steps:
      - name: Download
        action: S3Download
        loop:
          for: {start: 1, end: 3, updateBy: 1}
        if:
          and:
            - binaryExists: systemctl
            - not:
                - folderExists: /opt/agents
          then: Execute
          else: Abort
        inputs:
          - source: s3://amzn-s3-demo-bucket/agents/{{ loop.value }}.rpm
            destination: /tmp/{{ loop.index }}.rpm
            expectedBucketOwner: 012345678901
            overwrite: yes
      - name: Fetch
        action: WebDownload
        timeoutSeconds: -1
        inputs:
          - source: https://example.com/agent.tar.gz
            destination: /tmp/agent.tar.gz
            checksum: ac68bbf921d953d1cfab916cb6120864
            algorithm: MD5
      - name: Unpack
        action: ExecuteBinary
        inputs:
          path: tar
          arguments: [-xzf, '{{ build.Fetch.inputs[0].destination }}']
      - name: Configure
        action: CreateFile
        inputs:
          - path: /etc/agent.conf
            content: "{{ build.Unpack.outputs.stdout }}\\n"
            permissions: 0644
      - name: Remove
        action: DeleteFile
        onFailure: Ignore
        inputs:
          - path: '{{ build.Fetch.inputs[0].destination }}'
"""

HARDENING = """\
name: Hardening level 1
description: 'Settings of a benchmark: files, services, kernel.'
schemaVersion: 1
phases:
  - name: harden
    steps:
      - name: 1-1-1_DisableFilesystems
        action: ExecuteBash
        loop: {forEach: [cramfs, squashfs, udf]}
        inputs:
          commands: ['echo "install {{loop.value}} /bin/true" >> /etc/modprobe.d/cis.conf']
      - name: 1-1-2_FilePermissions
        action: SetFilePermissions
        inputs: &files
          - {path: /etc/passwd, permissions: '0644'}
          - {path: /etc/group, permissions: '0644'}
      - {name: 1-1-3_Again, action: SetFilePermissions, inputs: *files}
      - name: 1-2-1_Nested
        action: ExecuteDocument
        inputs:
          document: arn:aws:imagebuilder:us-west-2:aws:component/reboot-linux/x.x.x
          phases: build
          parameters: [{name: Level, value: 1}]
  - name: build
    steps:
      - name: Audit
        action: ExecuteBash
        inputs: {commands: [sysctl -a]}
"""

TEST_ONLY = json.dumps(
    {
        "schemaVersion": "1.0",
        "phases": [
            {
                "name": "test",
                "steps": [
                    {
                        "name": "HelloWorld",
                        "action": "ExecuteBash",
                        "inputs": {"commands": ["echo 'Hello, world'"]},
                    }
                ],
            }
        ],
    }
)
