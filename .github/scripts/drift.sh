#!/usr/bin/env bash
# Compares what is deployed with main: drift.sh <stack> writes drift.md, which is empty where there is no difference.
set -euo pipefail
stack=$1
pulumi login "$BACKEND"
pulumi preview --stack "$stack" --refresh --json --non-interactive >drift.json
npm run --silent drift -- "$stack" drift.json --known known-differences.json >drift.md
cat drift.md >>"$GITHUB_STEP_SUMMARY"
