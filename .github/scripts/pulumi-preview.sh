#!/usr/bin/env bash
# Previews a stack with the state, for the comment on a pull request: pulumi-preview.sh <stack> <folder>. It ends well
# however the preview ends; <stack>.status.txt has its exit code, <stack>.stderr.txt what it said.
set -euo pipefail
stack=$1 out=$2
mkdir -p "$out"

preview() {
  pulumi login "$BACKEND" >&2
  pulumi stack history --stack "$stack" --json --page-size 50 >"$out/$stack.history.json"
  # The exceptions that a deployment of this branch could use: those of what is deployed.
  npm run --silent approved -- --stack "$stack" --history "$out/$stack.history.json" --out "$out/$stack.approved"
  pulumi preview --stack "$stack" --json --non-interactive \
    --policy-pack policy-pack --policy-pack-config "$out/$stack.approved/policy-config.json" >"$out/$stack.pulumi.json"
}

# In a shell of its own: `set -e` does not hold inside of a condition.
status=0
export -f preview
export stack out
bash -euo pipefail -c preview 2>"$out/$stack.stderr.txt" || status=$?
echo "$status" >"$out/$stack.status.txt"
cat "$out/$stack.stderr.txt" >&2
