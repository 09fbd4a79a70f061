#!/usr/bin/env bash
# Both sides of a pull request without credentials: offline-previews.sh <stack> <folder>. BASE is the commit that the
# branch goes into; a preview that fails leaves a document that says why.
set -euo pipefail
stack=$1 out=$2
mkdir -p "$out"
npm run --silent preview -- --stack "$stack" --json >"$out/$stack.offline.json" || true
git worktree add --detach base "$BASE"
if [ -f "base/Pulumi.$stack.yaml" ]; then
  (cd base && npm ci >&2 && npm run --silent preview -- --stack "$stack" --json) >"$out/$stack.base.json" || true
fi
