#!/usr/bin/env bash
# The stacks that there are, as the JSON list that a job's matrix takes.
set -euo pipefail
names=$(printf '%s\n' Pulumi.*.yaml | sed -E 's/^Pulumi\.(.+)\.yaml$/"\1"/' | paste -sd, -)
echo "names=[$names]" >>"$GITHUB_OUTPUT"
