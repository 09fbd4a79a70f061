#!/usr/bin/env bash
# Compares what is deployed with main: drift.sh <stack> writes drift.md, which is empty where there is no difference, and
# where nothing is deployed yet.
set -euo pipefail
stack=$1
: >drift.md
pulumi login "$BACKEND"
status=0
.github/scripts/history.sh "$stack" history.json || status=$?
if [ "$status" = 3 ]; then
  echo "$stack is not deployed yet: its first update is still to come." | tee -a "$GITHUB_STEP_SUMMARY"
  exit 0
fi
[ "$status" = 0 ] || exit "$status"
pulumi preview --stack "$stack" --refresh --json --non-interactive >drift.json
npm run --silent drift -- "$stack" drift.json --known known-differences.json >drift.md
cat drift.md >>"$GITHUB_STEP_SUMMARY"
