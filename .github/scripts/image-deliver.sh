#!/usr/bin/env bash
# Brings digests into the stack files: image-deliver.sh <service> <pull-request | commit> "<stack>=<digest> ...".
set -euo pipefail
service=$1 how=$2
read -ra digests <<<"$3"
case $how in
pull-request | commit) ;;
*)
  echo "image-deliver.sh: expected pull-request or commit, got $how" >&2
  exit 2
  ;;
esac

for entry in "${digests[@]}"; do
  npm run --silent image -- set "$service" --stack "${entry%%=*}" --digest "${entry#*=}"
done
if git diff --quiet; then
  echo "The stack files name this image already."
  exit 0
fi
git config user.name "github-actions[bot]"
git config user.email "41898282+github-actions[bot]@users.noreply.github.com"
stacks=$(printf '%s\n' "${digests[@]%%=*}" | paste -sd ' ' -)
title="feat($service): a new image for $stacks"
gh auth setup-git
if [ "$how" = commit ]; then
  git commit --quiet --all --message "$title"
  # Another service's image may have come meanwhile.
  for _ in 1 2 3; do
    git push origin HEAD:main && exit 0
    git pull --quiet --rebase origin main
  done
  echo "image-deliver.sh: main has moved on three times; run the job again" >&2
  exit 1
fi
branch="image/$service-$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT"
git switch --quiet --create "$branch"
git commit --quiet --all --message "$title"
git push origin "$branch"
gh pr create --base main --head "$branch" --title "$title" \
  --body "Built, pushed and scanned by $GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID."
