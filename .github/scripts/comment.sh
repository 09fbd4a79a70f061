#!/usr/bin/env bash
# Writes comment.md from the documents in a folder, and shows it on the run's page: comment.sh <folder>.
set -euo pipefail
npm run --silent comment -- "$1" >comment.md
cat comment.md >>"$GITHUB_STEP_SUMMARY"
