#!/usr/bin/env bash
# What a pull request changes of a stack, without credentials: offline-diff.sh <stack> <folder>. BASE is the commit that the
# branch goes into. Leaves the document and a page that shows the same. A change to fear is no failure here: the comment and
# the guard say so; a program that fails leaves a document that says why, and no page.
set -euo pipefail
stack=$1 out=$2
mkdir -p "$out"
status=0
npm run --silent diff -- --base "$BASE" --stack "$stack" --json --html "$out/$stack.html" >"$out/$stack.diff.json" || status=$?
[ "$status" -ne 2 ] || exit 2
