#!/usr/bin/env bash
# Ends as the preview of a stack did: verdict.sh <stack> <folder of pulumi-preview.sh>.
set -euo pipefail
status=$(cat "$2/$1.status.txt")
[[ $status =~ ^[0-9]+$ ]] || { echo "verdict.sh: expected an exit code, got $status" >&2; exit 2; }
exit "$status"
