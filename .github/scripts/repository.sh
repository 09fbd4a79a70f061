#!/usr/bin/env bash
# Sets what the workflows need in the repository on GitHub, from bootstrap's outputs: repository.sh <reviewer's login>. For a
# person who is logged in with gh and pulumi; a second run sets the same.
set -euo pipefail
[ $# = 1 ] || { echo "repository.sh: expected the login of who approves production, got $# arguments" >&2; exit 2; }
login=$1
# Pulumi cannot ask where its output is read. An empty passphrase is one as well.
if [ -t 0 ] && [ -z "${PULUMI_CONFIG_PASSPHRASE+set}${PULUMI_CONFIG_PASSPHRASE_FILE+set}" ]; then
  read -rsp "Passphrase of the stack bootstrap: " PULUMI_CONFIG_PASSPHRASE
  echo >&2
  export PULUMI_CONFIG_PASSPHRASE
fi
outputs=$(pulumi -C bootstrap stack output --stack bootstrap --json)
# A name in the outputs, as roles.preview; fails where there is none.
of() {
  # shellcheck disable=SC2016 # the dollars are JavaScript's
  node -e '
    const value = process.argv[1].split(".").reduce((all, name) => all?.[name], JSON.parse(fs.readFileSync(0, "utf8")));
    if (typeof value !== "string") throw new Error(`bootstrap has no output ${process.argv[1]}`);
    console.log(value);' "$1" <<<"$outputs"
}
name=$(gh repo view --json nameWithOwner --jq .nameWithOwner)
backend=$(of stateBackend)
variable() { gh variable set "$1" --repo "$name" "${@:3}" --body "$2"; }

variable PULUMI_BACKEND "$backend"
variable AWS_REGION "$(of region)"
for role in preview drift images; do
  arn=$(of "roles.$role")
  variable "AWS_${role^^}_ROLE" "$arn"
done
reviewer=$(gh api "users/$login" --jq .id)
# By name: where no branch has a protection rule, "protected branches" lets every branch through.
branches='"deployment_branch_policy": {"protected_branches": false, "custom_branch_policies": true}'
for stack in staging production; do
  # Production waits for a person; a role is of no use before the environment has its rules.
  reviewers=
  [ "$stack" = staging ] || reviewers=", \"reviewers\": [{\"type\": \"User\", \"id\": $reviewer}]"
  environment=repos/$name/environments/$stack
  if ! gh api --silent --method PUT "$environment" --input - <<<"{$branches$reviewers}"; then
    echo "repository.sh: GitHub refuses the rules of the environment $stack. A private repository has environments with GitHub Pro and Team, and required reviewers with GitHub Enterprise only: docs/new-account.md" >&2
    exit 1
  fi
  policies=$(gh api "$environment/deployment-branch-policies" --jq '.branch_policies[].name')
  if ! grep -qx main <<<"$policies"; then
    gh api --silent --method POST "$environment/deployment-branch-policies" -f name=main
  fi
  arn=$(of "roles.$stack")
  variable AWS_DEPLOY_ROLE "$arn" --env "$stack"
done

# GitHub, "OpenID Connect reference": a template of the organization or the repository replaces the whole claim. Without keys of
# its own, a repository that does not use the default has the organization's template, or GitHub's default if there is none.
trusted=$(of subject)
subject=$(gh api "repos/$name/actions/oidc/customization/sub" --jq '
  if .use_default then .sub_claim_prefix
  elif (.include_claim_keys // []) == [] then "the organization\u0027s template, if it has one"
  else "a template of \(.include_claim_keys | join(", "))" end')
if [ "$subject" != "$trusted" ]; then
  echo "repository.sh: subject of this repository's tokens: expected $trusted, got $subject. AWS refuses workflows whose tokens have another subject: docs/troubleshooting.md, sts:AssumeRoleWithWebIdentity" >&2
  exit 1
fi
