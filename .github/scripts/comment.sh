#!/usr/bin/env bash
# Writes comment.md from the documents in a folder, and shows it on the run's page: comment.sh <folder> [--offline]. RUN is
# the page of the run that made the documents; --offline: that run had no credentials. Each stack that preview.yml compares
# is in the comment, also one whose job has left nothing; a comment there is in any case, so that an old one does not stay.
set -euo pipefail
out=$1
shift
mkdir -p "$out"
stacks=$(sed -nE 's/^ *stack: \[(.*)\]$/\1/p' .github/workflows/preview.yml | tr ',' ' ')
# One word is one stack.
# shellcheck disable=SC2046
npm run --silent comment -- "$out" --run "$RUN" $(printf -- '--stack %s ' $stacks) "$@" >comment.md ||
  printf '%s\n' '<!-- crm-preview -->' '' '## What this changes' '' \
    "Changes not known: the comment could not be written. See [the run]($RUN)." >comment.md
cat comment.md >>"$GITHUB_STEP_SUMMARY"
