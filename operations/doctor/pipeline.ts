/** What bootstrap's file, CODEOWNERS and the recorded releases say of a stack and its pipeline. */
import { EXAMPLE_ACCOUNT_ID, type StackConfig } from "../../schema";
import { namesOf } from "../../schema/names-of";
import { bucketNames } from "../../schema/naming-rules";
import { foreignRepositories, isCovered } from "../setup/bootstrap-file";
import { BOOTSTRAP_FILE, CODE_OWNERS_FILE } from "../setup/files";
import { isLeftOut, ownersOf } from "../setup/present";
import { SHIPPED } from "../setup/questions";
import { type Finding, judged, setup, skipped } from "./check";
import type { Bootstrap, Files } from "./files";

/** What the workflows download, by SHA-256, below the project's folder. */
export const RELEASES_FILE = ".github/pulumi-releases.json";

/** Bootstrap is deployed first: its roles know the stack by name, prefix, buckets and regions. */
export function bootstrapKnows({ stack, config, bootstrap }: Files): Finding {
  if (isLeftOut(config.accountId, bootstrap?.accountId)) {
    const evidence = `not set up: crm:accountId is AWS's example, the pipeline's account is ${bootstrap!.accountId}`;
    return { ...skipped("bootstrap", evidence), fix: setup(stack) };
  }
  const known = bootstrap?.stacks?.[stack];
  const set = (key: string, value: string) =>
    `pulumi -C bootstrap config set --stack bootstrap --path crm-bootstrap:${key} ${value}`;
  if (bootstrap === undefined || known === undefined) {
    const listed = Object.keys(bootstrap?.stacks ?? {}).join(", ");
    return judged(
      "bootstrap",
      [
        `${BOOTSTRAP_FILE}: crm-bootstrap:stacks has no ${stack} (${listed}): no role may deploy it`,
      ],
      "",
      set(`stacks.${stack}.environment`, config.environment),
    );
  }
  const boundary = `crm-pipeline-boundary-${stack}`;
  // Findings that setup cannot decide come first: the owner decides whether the stack's or bootstrap's value is right.
  const [account, bound, follows] = [
    bootstrap.accountId === config.accountId
      ? []
      : [`crm-bootstrap:accountId is ${bootstrap.accountId}, crm:accountId ${config.accountId}`],
    config.permissionsBoundary === boundary
      ? []
      : [`crm:permissionsBoundary is ${config.permissionsBoundary}, bootstrap creates ${boundary}`],
    bootstrapLacks(stack, config, bootstrap),
  ] as const;
  const fix =
    account.length > 0
      ? set("accountId", config.accountId)
      : bound.length > 0
        ? `pulumi config set --stack ${stack} crm:permissionsBoundary ${boundary}`
        : setup(stack);
  return judged(
    "bootstrap",
    [...account, ...bound, ...follows],
    `${BOOTSTRAP_FILE} lists the stack, its buckets and regions`,
    fix,
  );
}

/** What bootstrap has to know of the stack and does not: `npm run setup` writes it. */
function bootstrapLacks(stack: string, config: StackConfig, bootstrap: Bootstrap): string[] {
  const known = bootstrap.stacks?.[stack] ?? {};
  const { prefix: knownPrefix, buckets: patterns = [], queues = [], repositories = [] } = known;
  const names = namesOf(config);
  return [
    ...[...bucketNames(config).values()]
      .filter((name) => !isCovered(name, patterns))
      .map((name) => `crm-bootstrap:stacks.${stack}.buckets has no pattern for ${name}`),
    ...Object.values(config.naming.queueNames)
      .filter((name) => !name.startsWith(`${names.prefix}-`) && !queues.includes(name))
      .map((name) => `crm-bootstrap:stacks.${stack}.queues does not have ${name}`),
    ...foreignRepositories({ ...config, prefix: names.prefix }, config.eventing, config.services)
      .filter((name) => !repositories.includes(name))
      .map((name) => `crm-bootstrap:stacks.${stack}.repositories does not have ${name}`),
    ...(knownPrefix === names.prefix
      ? []
      : [
          `crm-bootstrap:stacks.${stack}.prefix is ${knownPrefix}, names begin with ${names.prefix}`,
        ]),
    ...[config.region, config.recovery.region ?? config.region]
      .filter((region) => !(bootstrap.regions ?? []).includes(region))
      .map((region) => `crm-bootstrap:regions has no ${region}`),
  ];
}

export function bootstrapPlaceholders({ stack, bootstrap }: Files): Finding {
  const shipped = [
    ["repository", SHIPPED.repository],
    ["ownerId", SHIPPED["owner-id"]],
    ["repositoryId", SHIPPED["repository-id"]],
    ["accountId", EXAMPLE_ACCOUNT_ID],
  ] as const;
  const left = shipped.filter(([key, value]) => bootstrap?.[key] === value);
  return judged(
    "placeholder-bootstrap",
    left.map(([key, value]) => `crm-bootstrap:${key} is the shipped ${value}`),
    `the pipeline of ${bootstrap?.repository} gets the roles`,
    setup(stack, "repository <owner>/<name> --owner-id <number> --repository-id <number>"),
  );
}

/**
 * Who has to look at a change of what runs with credentials. GitHub requests no review from a team that does not exist, and reports that only
 * on request. Source: GitHub, "About code owners"; REST, "List CODEOWNERS errors".
 */
export function owners({ stack, codeOwners = "", bootstrap }: Files): Finding {
  const named = ownersOf(codeOwners);
  const shipped = named.filter((one) => one === SHIPPED.reviewers);
  const problems =
    named.length === 0
      ? [`${CODE_OWNERS_FILE} names no owner: a change of roles and workflows needs no review`]
      : shipped.map(
          (one) =>
            `${CODE_OWNERS_FILE} names the shipped ${one}, which does not exist: GitHub requests no review`,
        );
  return judged(
    "code-owners",
    problems,
    `${named.join(", ")}; whether they exist: gh api repos/${bootstrap?.repository}/codeowners/errors`,
    named.length === 0
      ? `git checkout main -- ${CODE_OWNERS_FILE}`
      : setup(stack, "reviewers @<organization>/<team>"),
    "warn",
  );
}

/** Every job with credentials fetches Pulumi by these digests first; without one, two public records have to agree in each job. */
export function downloads({ releases = '{ "releases": [] }' }: Files): Finding {
  const listed = (JSON.parse(releases) as { releases: { file: string; sha256: string | null }[] })
    .releases;
  const id = "pipeline-downloads";
  if (listed.length === 0) {
    const fix = `git checkout main -- ${RELEASES_FILE}`;
    return judged(id, [`${RELEASES_FILE} lists no download`], "", fix);
  }
  const open = listed.filter(({ sha256 }) => sha256 === null).map(({ file }) => file);
  return judged(
    id,
    open.length === 0
      ? []
      : [`${RELEASES_FILE} pins no SHA-256: each job compares two public records instead`, ...open],
    `${RELEASES_FILE} has a SHA-256 for each of ${listed.length} downloads`,
    "npm run pulumi:update",
    "warn",
  );
}
