#!/usr/bin/env bash
# Brings digests into the stack files: image-deliver.sh <service> <pull-request | commit> "<stack>=<digest> ...".
# OWN_TOKEN is true where GH_TOKEN is a person's: what GitHub's own token pushes starts no workflow, except by a dispatch.
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

git config user.name "github-actions[bot]"
git config user.email "41898282+github-actions[bot]@users.noreply.github.com"
stacks=$(printf '%s\n' "${digests[@]%%=*}" | paste -sd ' ' -)
title="feat($service): a new image for $stacks"

# Writes the digests and what is made of the stack files: CI refuses one without the other.
written() {
  local entry
  for entry in "${digests[@]}"; do
    npm run --silent image -- set "$service" --stack "${entry%%=*}" --digest "${entry#*=}"
  done
  if git diff --quiet; then
    echo "The stack files name this image already."
    exit 0
  fi
  npm run --silent accept
}

gh auth setup-git
if [ "$how" = commit ]; then
  # Another service's image may have come meanwhile: then once more on top of it, for pages that are made of both.
  for _ in 1 2 3; do
    written
    git commit --quiet --all --message "$title"
    if git push origin HEAD:main; then
      [ "${OWN_TOKEN:-false}" = true ] || gh workflow run deploy.yml --ref main
      exit 0
    fi
    git fetch --quiet origin main
    git reset --quiet --hard FETCH_HEAD
  done
  echo "image-deliver.sh: main has moved on three times; run the job again" >&2
  exit 1
fi
written
branch="image/$service-$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT"
git switch --quiet --create "$branch"
git commit --quiet --all --message "$title"
git push origin "$branch"
if ! gh pr create --base main --head "$branch" --title "$title" \
  --body "Built, pushed and scanned by $GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID."; then
  echo "::error title=No pull request for $branch::The branch is pushed. GitHub's own token opens one only where the repository allows it: set the secret STACK_FILES_TOKEN (docs/operations.md, Images)." >&2
  exit 1
fi
