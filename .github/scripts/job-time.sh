#!/usr/bin/env bash
# How long a deployment of a stack may take, as outputs of a step: job-time.sh <stack>. Fails where no job is that long.
set -euo pipefail
npm run --silent job-time -- --stack "$1" >>"$GITHUB_OUTPUT"
