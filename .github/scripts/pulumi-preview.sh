#!/usr/bin/env bash
# Previews a stack with the state, for the comment on a pull request: pulumi-preview.sh <stack> <folder>. It ends well
# however the preview ends; <stack>.status.txt has its exit code, <stack>.stderr.txt what it said, and <stack>.undeployed.txt
# is there where the stack's first update is still to come.
set -euo pipefail
stack=$1 out=$2
mkdir -p "$out"
status=0
.github/scripts/judged-preview.sh "$stack" "$out/$stack.history.json" "$out/$stack.approved" "$out/$stack.pulumi.json" \
  2>"$out/$stack.stderr.txt" || status=$?
if [ "$status" = 3 ]; then
  touch "$out/$stack.undeployed.txt"
  status=0
fi
echo "$status" >"$out/$stack.status.txt"
cat "$out/$stack.stderr.txt" >&2
