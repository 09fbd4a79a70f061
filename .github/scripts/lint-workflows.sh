#!/usr/bin/env bash
# Lints the workflows with actionlint and zizmor, and the scripts with ShellCheck where it is installed:
# lint-workflows.sh <folder to install into>. Exit code 2: this machine cannot install one of them.
set -euo pipefail
mkdir -p "$1"
folder=$(cd "$1" && pwd)

# Both by hashes that stand in this repository: requirements.txt and go.sum.
install() {
  python3 -m venv "$folder/venv" &&
    "$folder/venv/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: \
      --require-hashes --requirement .github/requirements.txt &&
    (cd .github/actionlint && GOBIN=$folder go install tool)
}
if ! install >"$folder/install.txt" 2>&1; then
  tail -n 5 "$folder/install.txt" >&2
  echo "lint-workflows.sh: actionlint or zizmor cannot be installed here" >&2
  exit 2
fi

status=0
"$folder/actionlint" || status=1
# With a token it asks GitHub for advisories and for the commits that actions are pinned to.
offline=()
[ -n "${GH_TOKEN:-}" ] || offline=(--offline)
"$folder/venv/bin/zizmor" "${offline[@]}" --quiet --persona=auditor .github || status=1
if command -v shellcheck >/dev/null; then
  shellcheck .github/scripts/*.sh .ci/run || status=1
fi
exit "$status"
