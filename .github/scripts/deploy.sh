#!/usr/bin/env bash
# One step of a deployment: deploy.sh <guard | up | check | drift> <stack>. Its files are below `deployment`.
set -euo pipefail
step=$1 stack=$2
out=deployment

case $step in
guard)
  mkdir -p "$out"
  pulumi login "$BACKEND"
  pulumi stack history --stack "$stack" --json --page-size 50 >"$out/history.json"
  # What this commit excepts counts from the next deployment on.
  npm run --silent approved -- --stack "$stack" --history "$out/history.json" --out "$out"
  pulumi preview --stack "$stack" --json --non-interactive \
    --policy-pack policy-pack --policy-pack-config "$out/policy-config.json" >"$out/preview.json"
  npm run --silent guard -- "$out/preview.json" --exceptions "$out/guard-exceptions.json"
  ;;
up)
  pulumi up --stack "$stack" --yes --non-interactive --skip-preview \
    --policy-pack policy-pack --policy-pack-config "$out/policy-config.json"
  ;;
check)
  host=$(pulumi stack output --stack "$stack" --json |
    node -p 'JSON.parse(fs.readFileSync(0, "utf8")).hosts.app')
  echo "url=https://$host" >>"$GITHUB_OUTPUT"
  curl --fail --silent --show-error --retry 10 --retry-delay 15 --retry-all-errors \
    --output /dev/null "https://$host/api/auth/health"
  npm run --silent status -- --stack "$stack"
  ;;
drift)
  pulumi preview --stack "$stack" --refresh --expect-no-changes --non-interactive
  ;;
*)
  echo "deploy.sh: expected guard, up, check or drift, got $step" >&2
  exit 2
  ;;
esac
