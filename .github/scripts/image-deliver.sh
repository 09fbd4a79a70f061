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
    if git push origin HEAD:main; then
      [ "${OWN_TOKEN:-false}" = true ] || gh workflow run deploy.yml --ref main
      exit 0
    fi
    git pull --quiet --rebase origin main
  done
  echo "image-deliver.sh: main has moved on three times; run the job again" >&2
  exit 1
fi
branch="image/$service-$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT"
git switch --quiet --create "$branch"
git commit --quiet --all --message "$title"
git push origin "$branch"
if ! gh pr create --base main --head "$branch" --title "$title" \
  --body "Built, pushed and scanned by $GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID."; then
  echo "::error title=No pull request for $branch::The branch is pushed. GitHub's own token opens one only where the repository allows it: set the secret STACK_FILES_TOKEN (docs/operations.md, Images)." >&2
  exit 1
fi
