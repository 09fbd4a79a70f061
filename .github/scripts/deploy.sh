#!/usr/bin/env bash
# One step of a deployment: deploy.sh <guard | up | check | drift> <stack>. Its files are below `deployment`.
set -euo pipefail
step=$1 stack=$2
out=deployment

# Ends the step, with its reason on the run's page.
refused() {
  echo "::error title=$1::$2"
  exit 1
}

case $step in
guard)
  mkdir -p "$out"
  rm -f "$out/preview.json"
  status=0
  .github/scripts/judged-preview.sh "$stack" "$out/history.json" "$out" "$out/preview.json" || status=$?
  if [ "$status" = 3 ]; then
    refused "$stack is not deployed yet" \
      "Its first update is a person's: README.md, \"First deployment\"; production's a day after staging's."
  elif [ "$status" != 0 ] && [ -f "$out/preview.json" ]; then
    refused "The preview of $stack is refused" \
      "What the program or the policy pack says stands above. What this commit excepts counts from the deployment after it on."
  elif [ "$status" != 0 ]; then
    exit "$status"
  fi
  # What was shown to whom approved what this deployment brings: a plan may have become another one since.
  node .github/scripts/approved-comments.cjs "$out"
  npm run --silent guard -- "$out/preview.json" --exceptions "$out/guard-exceptions.json" \
    --shown "$out/approved-comments.json"
  ;;
up)
  # Before the job's time is over: Pulumi ends what it has begun, and saves the state.
  timeout --foreground --signal=INT --kill-after=10m "${UP_MINUTES}m" \
    pulumi up --stack "$stack" --yes --non-interactive --skip-preview \
    --policy-pack policy-pack --policy-pack-config "$out/policy-config.json"
  ;;
check)
  outputs=$(pulumi stack output --stack "$stack" --json)
  of() { node -p "JSON.parse(fs.readFileSync(0, 'utf8'))$1" <<<"$outputs"; }
  echo "url=https://$(of .hosts.app)" >>"$GITHUB_OUTPUT"
  urls=$(of ".probeUrls.join('\n')")
  while read -r url; do
    curl --fail --silent --show-error --retry 10 --retry-delay 15 --retry-all-errors --output /dev/null "$url" ||
      refused "$stack does not answer as it should" "$url: what it answered stands above."
  done <<<"$urls"
  # What customers feel: of the alarms, those that ECS rolls a deployment back for.
  npm run --silent status -- --stack "$stack" --gate
  ;;
drift)
  # A report: a change that waits for its maintenance window, or that a provider always sees, delays no deployment. Nor does
  # a report that cannot be made: what is to be deployed has been, and production waits for this job.
  mkdir -p "$out"
  if ! pulumi preview --stack "$stack" --refresh --json --non-interactive >"$out/drift.json" ||
    ! npm run --silent drift -- "$stack" "$out/drift.json" --known known-differences.json >"$out/drift.md"; then
    echo "::warning title=What differs after the deployment of $stack is not known::The refresh or its report failed: the reason stands above."
  elif [ -s "$out/drift.md" ]; then
    cat "$out/drift.md" >>"$GITHUB_STEP_SUMMARY"
    echo "::warning title=Still different after the deployment of $stack::See the summary of this run."
  fi
  ;;
*)
  echo "deploy.sh: expected guard, up, check or drift, got $step" >&2
  exit 2
  ;;
esac
