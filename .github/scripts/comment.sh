#!/usr/bin/env bash
# Writes comment.md from the documents in a folder, and shows it on the run's page: comment.sh <folder>. RUN is the page of
# the run that made the documents.
set -euo pipefail
npm run --silent comment -- "$1" --run "$RUN" >comment.md
cat comment.md >>"$GITHUB_STEP_SUMMARY"
