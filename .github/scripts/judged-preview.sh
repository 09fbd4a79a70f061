#!/usr/bin/env bash
# Previews a stack with its state under the policy pack as it was deployed last, for a deployment and for a pull request:
# judged-preview.sh <stack> <history file> <folder of what is approved> <preview file>. What the commit itself excepts counts
# from the deployment after it on. Exit code 3: the stack's first update is still to come. The preview file is there once
# the preview has begun.
set -euo pipefail
stack=$1 history=$2 approved=$3 preview=$4
pulumi login "$BACKEND" >&2
.github/scripts/history.sh "$stack" "$history"
npm run --silent approved -- --stack "$stack" --history "$history" --out "$approved"
judged=(--stack "$stack" --non-interactive --policy-pack policy-pack
  --policy-pack-config "$approved/policy-config.json")
failed=0
pulumi preview --json "${judged[@]}" >"$preview" || failed=$?
# The document leaves out what the policy pack says: once more, as text, which ends with it.
[ "$failed" = 0 ] || pulumi preview --color never "${judged[@]}" >&2 || true
[ "$failed" != 3 ] || failed=1
exit "$failed"
