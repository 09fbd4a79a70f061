#!/usr/bin/env bash
# Previews a stack with the state, for the comment on a pull request: pulumi-preview.sh <stack> <folder>. It ends well
# however the preview ends; <stack>.status.txt has its exit code, <stack>.stderr.txt what it said, and <stack>.undeployed.txt
# is there where the stack's first update is still to come.
set -euo pipefail
stack=$1 out=$2
mkdir -p "$out"

preview() {
  pulumi login "$BACKEND" >&2
  known=0
  .github/scripts/history.sh "$stack" "$out/$stack.history.json" || known=$?
  if [ "$known" = 3 ]; then
    touch "$out/$stack.undeployed.txt"
    exit 0
  fi
  [ "$known" = 0 ] || exit "$known"
  # The exceptions that a deployment of this branch could use: those of what is deployed.
  npm run --silent approved -- --stack "$stack" --history "$out/$stack.history.json" --out "$out/$stack.approved"
  judged=(--stack "$stack" --non-interactive --policy-pack policy-pack
    --policy-pack-config "$out/$stack.approved/policy-config.json")
  failed=0
  pulumi preview --json "${judged[@]}" >"$out/$stack.pulumi.json" || failed=$?
  # The document leaves out what the policy pack says: once more, as text, which ends with it.
  [ "$failed" = 0 ] || pulumi preview --color never "${judged[@]}" >&2 || true
  exit "$failed"
}

# In a shell of its own: `set -e` does not hold inside of a condition.
status=0
export -f preview
export stack out
bash -euo pipefail -c preview 2>"$out/$stack.stderr.txt" || status=$?
echo "$status" >"$out/$stack.status.txt"
cat "$out/$stack.stderr.txt" >&2
