#!/usr/bin/env bash
# One step of an image's path: image.sh <where | build | push | scan> <service> <stacks>, the last two in one argument each.
# Its files are below `image`; IMAGE_CONTEXT and IMAGE_FILE name what is built.
set -euo pipefail
step=$1 service=$2
read -ra stacks <<<"$3"
out=image
mkdir -p "$out"
[ "${#stacks[@]}" -gt 0 ] || { echo "image.sh: expected the names of stacks, got none" >&2; exit 2; }

# A value that `where` wrote of a stack.
of() { sed -n "s/^$2=//p" "$out/$1.where"; }

# Waits for the scan of an image. The AWS CLI's own waiter ends where the scan has not begun yet, which it has not in the
# first seconds after a push, and waits for COMPLETE where the account's enhanced scanning says ACTIVE for good.
scanned() {
  local status="" tries
  for ((tries = 0; tries < 120; tries++)); do
    # Of the first page alone: text has an answer for each page, and the later ones have no status.
    if ! status=$(aws ecr describe-image-scan-findings "$@" --no-paginate --output text \
      --query imageScanStatus.status 2>"$out/scan.txt"); then
      grep -q ScanNotFoundException "$out/scan.txt" || { cat "$out/scan.txt" >&2; return 1; }
      status=PENDING
    fi
    case $status in
    COMPLETE | ACTIVE) return 0 ;;
    PENDING | IN_PROGRESS) sleep "${SCAN_PAUSE:-5}" ;;
    *) break ;;
    esac
  done
  echo "image.sh: expected the scan of $service to be COMPLETE within ten minutes, got ${status:-nothing}" >&2
  return 1
}

case $step in
where)
  for stack in "${stacks[@]}"; do
    npm run --silent image -- where "$service" --stack "$stack" >"$out/$stack.where"
  done
  platforms=$(for stack in "${stacks[@]}"; do of "$stack" platform; done | sort -u)
  if [ "$(wc -l <<<"$platforms")" != 1 ]; then
    echo "crm:services.$service.architecture: expected one processor in all stacks, got ${platforms//$'\n'/, }" >&2
    exit 1
  fi
  # Built on a machine of its own kind: emulation takes ten times as long.
  if [ "$platforms" = linux/arm64 ]; then runner=ubuntu-24.04-arm; else runner=ubuntu-24.04; fi
  echo "runner=$runner" >>"$GITHUB_OUTPUT"
  echo "region=$(of "${stacks[0]}" region)" >>"$GITHUB_OUTPUT"
  ;;
build)
  # Without an attestation it is one image. With one it would be an index of two, which ECR's basic scan refuses.
  docker buildx build --pull --load --provenance=false --platform "$(of "${stacks[0]}" platform)" \
    --tag "image/$service:built" --file "$IMAGE_CONTEXT/$IMAGE_FILE" "$IMAGE_CONTEXT"
  ;;
push)
  for stack in "${stacks[@]}"; do
    registry=$(of "$stack" registry)
    repository=$(of "$stack" repository)
    # Tags are written once; this one says which run has built the image.
    name="$registry/$repository:build-$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT"
    aws ecr get-login-password --region "$(of "$stack" region)" |
      docker login --username AWS --password-stdin "$registry"
    docker tag "image/$service:built" "$name"
    docker push "$name"
    digest=$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$name" |
      sed -n "s|^$registry/$repository@||p")
    if ! [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]]; then
      echo "image.sh: expected the digest of $name, got ${digest:-none}" >&2
      exit 1
    fi
    echo "$digest" >"$out/$stack.digest"
  done
  ;;
scan)
  refused=0
  for stack in "${stacks[@]}"; do
    where=(--region "$(of "$stack" region)" --repository-name "$(of "$stack" repository)"
      --image-id "imageDigest=$(cat "$out/$stack.digest")")
    scanned "${where[@]}"
    aws ecr describe-image-scan-findings "${where[@]}" --output json \
      --query 'imageScanFindings.findingSeverityCounts' >"$out/$stack.findings.json"
    # shellcheck disable=SC2016 # the dollars are JavaScript's
    counts=$(node -p '
      const counts = JSON.parse(fs.readFileSync(process.argv[1], "utf8")) ?? {};
      const refused = process.env.IMAGE_REFUSED.split(" ").filter((one) => counts[one] > 0);
      refused.map((one) => `${counts[one]} ${one}`).join(", ")' "$out/$stack.findings.json")
    if [ -n "$counts" ]; then
      echo "::error title=Image of $service for $stack::The scan found $counts; the stack file keeps its image." >&2
      refused=1
    fi
  done
  [ "$refused" = 0 ] || exit 1
  digests=$(for stack in "${stacks[@]}"; do echo "$stack=$(cat "$out/$stack.digest")"; done | paste -sd ' ' -)
  echo "digests=$digests" >>"$GITHUB_OUTPUT"
  ;;
*)
  echo "image.sh: expected where, build, push or scan, got $step" >&2
  exit 2
  ;;
esac
