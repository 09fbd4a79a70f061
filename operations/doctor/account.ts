/** What the account says, by AWS's command line: skipped where it is not installed or has no credentials. */
import { type AccountQuota, requestCommand } from "../../analysis/account-quotas";
import { counted } from "../../analysis/counted";
import { CLOUDFRONT_PREFIX_LIST } from "../../facts/prefix-lists";
import type { StackConfig } from "../../schema";
import { imagesOf } from "../platform";
import { ADOPTED_IDS, adoptedFindings } from "./adopted";
import { type Aws, call, errorOf, strings } from "./ask";
import { type Finding, judged, ok, setup, skipped } from "./check";
import type { Bootstrap } from "./files";

/** A bucket that is asked for where it should be. */
interface Bucket {
  readonly name: string;
  readonly region: string;
}

/** What is asked about. */
export interface Asked {
  readonly stack: string;
  readonly config: StackConfig;
  readonly bootstrap: Bootstrap | undefined;
  /** Names of the buckets that the stack makes, with their regions. */
  readonly buckets: readonly Bucket[];
  /** What the stack needs together with those that share its account and region, deployed or not. */
  readonly quotas: readonly AccountQuota[];
  /** What the stack needs without the others. */
  readonly ownQuotas: readonly AccountQuota[];
}

const IDS = [
  "account-identity",
  "account-zones",
  "account-prefix-list",
  "account-state-bucket",
  "account-secrets-key",
  "account-boundary",
  "account-identity-provider",
  "account-buckets",
  "account-quotas",
  "account-images",
  "account-text-messages",
  ...ADOPTED_IDS,
] as const;

/** Every check of the account; all are skipped where it cannot be asked. */
export function accountFindings(asked: Asked, aws: Aws): Finding[] {
  const { config } = asked;
  const identity = call(aws, [
    ...["sts", "get-caller-identity", "--region", config.region, "--query", "Account"],
  ]);
  if (typeof identity === "string") {
    return IDS.map((id) => skipped(id, identity));
  }
  const account = String(identity.value);
  if (account !== config.accountId) {
    const evidence = `signed in to ${account}, crm:accountId is ${config.accountId}`;
    const [first, ...others] = IDS;
    const fix = "aws sso login --profile <profile of the account>";
    return [
      { id: first, status: "fail", evidence, fix },
      ...others.map((id) => skipped(id, "signed in to another account")),
    ];
  }
  const state = stateBucket(asked, aws);
  return [
    ok("account-identity", `signed in to ${account}`),
    zones(asked, aws),
    prefixList(asked, aws),
    state,
    secretsKey(asked, aws),
    boundary(asked, aws),
    identityProvider(asked, aws, state.status === "ok"),
    buckets(asked, aws),
    quotas(asked, aws),
    images(asked, aws),
    textMessages(asked, aws),
    ...adoptedFindings(asked, aws),
  ];
}

function zones({ stack, config }: Asked, aws: Aws): Finding {
  const id = "account-zones";
  const answer = call(aws, [
    ...["ec2", "describe-availability-zones", "--region", config.region],
    ...["--query", "AvailabilityZones[].ZoneName"],
  ]);
  if (typeof answer === "string") return skipped(id, answer);
  const has = strings(answer.value);
  const missing = config.network.availabilityZones.filter((zone) => !has.includes(zone));
  return judged(
    id,
    missing.map((zone) => `the account has no ${zone}, but ${has.join(", ")}`),
    has.join(", "),
    `pulumi config set --stack ${stack} --path 'crm:network.availabilityZones[${config.network.availabilityZones.indexOf(missing[0]!)}]' <zone>`,
  );
}

function prefixList({ stack, config }: Asked, aws: Aws): Finding {
  const id = "account-prefix-list";
  if (!config.edge.restrictOrigin) return ok(id, "crm:edge.restrictOrigin is false");
  const answer = call(aws, [
    ...["ec2", "describe-managed-prefix-lists", "--region", config.region],
    ...["--filters", `Name=prefix-list-name,Values=${CLOUDFRONT_PREFIX_LIST.name}`],
    ...["--query", "PrefixLists[].PrefixListId"],
  ]);
  if (typeof answer === "string") return skipped(id, answer);
  const [list] = strings(answer.value);
  const set = config.network.cloudFrontPrefixListId;
  return judged(
    id,
    list === set || set === undefined
      ? []
      : [
          `crm:network.cloudFrontPrefixListId is ${set}, CloudFront's list in ${config.region} is ${list}`,
        ],
    `CloudFront's list in ${config.region} is ${list}`,
    `pulumi config set --stack ${stack} --path crm:network.cloudFrontPrefixListId ${list}`,
  );
}

/** Bootstrap is deployed when its bucket is there and ours. */
function stateBucket({ config, bootstrap }: Asked, aws: Aws): Finding {
  const id = "account-state-bucket";
  const name = bootstrap?.stateBucket;
  if (name === undefined) return skipped(id, "bootstrap's file names no state bucket");
  const region = bootstrap?.stateRegion ?? bootstrap?.region ?? config.region;
  const state = bucketState(aws, { name, region }, config.accountId);
  return judged(
    id,
    state === "ours" ? [] : [`${name} is ${state}: deploy bootstrap first`],
    `${name} is there`,
    "pulumi -C bootstrap up --stack bootstrap",
  );
}

/** Whether a bucket is there. HeadBucket answers 404 where there is none, and 403 where another account owns it or access is denied. */
function bucketState(aws: Aws, { name, region }: Bucket, owner: string): string {
  const args = [
    ...["s3api", "head-bucket", "--bucket", name, "--region", region],
    ...["--expected-bucket-owner", owner],
  ];
  const { status, stderr } = aws(args);
  if (status === 0) return "ours";
  if (/\b404\b/.test(stderr)) return "not there";
  if (/\b403\b/.test(stderr)) return "another account's, or access to it is denied";
  return errorOf(stderr);
}

function there(id: string, what: string, answer: ReturnType<typeof call>, fix: string): Finding {
  if (typeof answer !== "string") return ok(id, `${what} is there`);
  const missing = /NotFound|NoSuchEntity/.test(answer);
  return missing
    ? { id, status: "fail", evidence: `${what} is not there: deploy bootstrap first`, fix }
    : skipped(id, answer);
}

const BOOTSTRAP_UP = "pulumi -C bootstrap up --stack bootstrap";

function secretsKey({ stack, config, bootstrap }: Asked, aws: Aws): Finding {
  const alias = `alias/crm-pulumi-${stack}`;
  const region = bootstrap?.stacks?.[stack]?.region ?? bootstrap?.region ?? config.region;
  const answer = call(aws, ["kms", "describe-key", "--key-id", alias, "--region", region]);
  return there("account-secrets-key", `${alias} in ${region}`, answer, BOOTSTRAP_UP);
}

function boundary({ config }: Asked, aws: Aws): Finding {
  const id = "account-boundary";
  const name = config.permissionsBoundary;
  if (name === undefined) return ok(id, "crm:permissionsBoundary is not set");
  const arn = `arn:aws:iam::${config.accountId}:policy/${name}`;
  return there(
    id,
    name,
    call(aws, ["iam", "get-policy", "--policy-arn", arn, "--region", config.region]),
    BOOTSTRAP_UP,
  );
}

/** An account has one provider for GitHub: bootstrap makes it, or uses the one that is there. @param isDeployed whether bootstrap is */
function identityProvider({ config, bootstrap }: Asked, aws: Aws, isDeployed: boolean): Finding {
  const id = "account-identity-provider";
  const answer = call(aws, [
    ...["iam", "list-open-id-connect-providers", "--region", config.region],
    ...["--query", "OpenIDConnectProviderList[].Arn"],
  ]);
  if (typeof answer === "string") return skipped(id, answer);
  const exists = strings(answer.value).some((arn) =>
    arn.endsWith("token.actions.githubusercontent.com"),
  );
  const creates = String(bootstrap?.createIdentityProvider) === "true";
  return judged(
    id,
    [
      ...(exists && creates && !isDeployed
        ? ["the account has a provider for GitHub, and bootstrap would create another"]
        : []),
      ...(!exists && !creates
        ? ["the account has no provider for GitHub, and bootstrap creates none"]
        : []),
    ],
    exists ? "the account has a provider for GitHub" : "bootstrap creates the provider for GitHub",
    `pulumi -C bootstrap config set --stack bootstrap crm-bootstrap:createIdentityProvider ${!creates}`,
  );
}

function buckets({ stack, config, buckets: names }: Asked, aws: Aws): Finding {
  const states = names.map((bucket) => ({
    name: bucket.name,
    state: bucketState(aws, bucket, config.accountId),
  }));
  const odd = states.filter(({ state }) => state !== "ours" && state !== "not there");
  return judged(
    "account-buckets",
    odd.map(({ name, state }) => `${name} is ${state}`),
    `${states.filter(({ state }) => state === "not there").length} of ${names.length} names are free, the others are this account's`,
    setup(stack, "suffix <word>"),
  );
}

/** Fails for what the stack alone needs; the needs of other stacks only warn, as these may never be deployed. */
function quotas({ quotas: needed, ownQuotas }: Asked, aws: Aws): Finding {
  const id = "account-quotas";
  /** Titles by the reason why the value is unknown: many usually share one. */
  const unanswered = new Map<string, string[]>();
  const short: { readonly quota: AccountQuota; readonly has: number }[] = [];
  for (const quota of needed) {
    const has = quotaValue(aws, quota);
    if (typeof has === "string") {
      unanswered.set(has, [...(unanswered.get(has) ?? []), quota.title]);
    } else if (has < quota.toBegin) short.push({ quota, has });
  }
  const silent = [...unanswered].map(
    ([why, titles]) => `Service Quotas does not say: ${titles.join(", ")} (${why})`,
  );
  if (short.length === 0 && silent.length > 0) {
    return skipped(id, silent.join("; "));
  }
  const own = short.filter(({ quota, has }) =>
    ownQuotas.some(({ name, toBegin }) => name === quota.name && toBegin > has),
  );
  const shown = [...own, ...short.filter((one) => !own.includes(one))];
  const lines = shown.map(
    ({ quota, has }) =>
      `${quota.title} in ${quota.region ?? "your region"}: ${quota.toBegin} needed to begin by ${quota.stacks.join(" and ")}, the account has ${has}`,
  );
  return judged(
    id,
    // What is not known comes first: a long list is cut at its end.
    lines.length === 0 ? [] : [...silent, ...lines],
    `${counted(needed.length, "quota is", "quotas are")} enough to begin`,
    shown.length === 0 ? "" : requestCommand(shown[0]!.quota),
    own.length > 0 ? "fail" : "warn",
  );
}

/**
 * What the account has, or why that is unknown. Only where nothing is applied to the account, AWS's default counts, and where new
 * accounts begin with less, that: the default says nothing of this account then. Source: Service Quotas API Reference,
 * "GetServiceQuota": for some quotas, only the default values are available.
 */
function quotaValue(aws: Aws, quota: AccountQuota): number | string {
  const { service, code, region, newAccount, usual } = quota;
  const ask = (command: string) => {
    const answer = call(aws, [
      ...["service-quotas", command, "--service-code", service, "--quota-code", code],
      ...(region === undefined ? [] : ["--region", region]),
      ...["--query", "Quota.Value"],
    ]);
    if (typeof answer === "string") return answer;
    return typeof answer.value === "number" ? answer.value : "no number";
  };
  const applied = ask("get-service-quota");
  if (typeof applied === "number" || !applied.includes("NoSuchResourceException")) return applied;
  const value = ask("get-aws-default-service-quota");
  return typeof value === "number" && newAccount < usual ? Math.min(value, newAccount) : value;
}

/**
 * Lambda creates no function whose image is not there, ECS starts no task of it, and neither waits for a push. The repository of a
 * first deployment is not there yet. Source: AWS Lambda Developer Guide, "Create a Lambda function using a container image".
 */
function images({ config }: Asked, aws: Aws): Finding {
  const id = "account-images";
  const named = imagesOf(config);
  if (named.length === 0) return ok(id, "the stack file names no image of its repositories");
  const missing: string[] = [];
  let push = "";
  for (const { key, image } of named) {
    const { repository, reference } = image;
    const digest = reference.startsWith("sha256:");
    const answer = call(aws, [
      ...["ecr", "describe-images", "--region", config.region, "--repository-name", repository],
      ...["--image-ids", `${digest ? "imageDigest" : "imageTag"}=${reference}`],
      ...["--query", "imageDetails[].imageDigest"],
    ]);
    if (typeof answer !== "string") continue;
    if (!/(Image|Repository)NotFoundException/.test(answer)) return skipped(id, answer);
    missing.push(
      answer.includes("RepositoryNotFound")
        ? `${key}: the repository ${repository} is not there: deploy without this image first, then push it`
        : `${key}: ${repository} has no ${reference}`,
    );
    push ||= `docker push ${config.accountId}.dkr.ecr.${config.region}.amazonaws.com/${repository}:<tag>`;
  }
  return judged(id, missing, `${counted(named.length, "image is", "images are")} there`, push);
}

/** A new account sends text messages only to verified numbers. Source: Amazon SNS Developer Guide, "SMS sandbox". */
function textMessages({ config }: Asked, aws: Aws): Finding {
  const id = "account-text-messages";
  const numbers = Object.values(config.eventing.topics).flatMap(({ subscriptions }) =>
    subscriptions.flatMap((one) => ("sms" in one && typeof one.sms === "string" ? [one.sms] : [])),
  );
  if (numbers.length === 0) return ok(id, "the stack sends no text message");
  const answer = call(aws, [
    ...["sns", "get-sms-sandbox-account-status", "--region", config.region],
    ...["--query", "IsInSandbox"],
  ]);
  if (typeof answer === "string") return skipped(id, answer);
  return judged(
    id,
    answer.value === true
      ? [
          `the account is in the sandbox for text messages: ${numbers.join(", ")} get none until verified`,
        ]
      : [],
    "the account is out of the sandbox for text messages",
    `aws sns create-sms-sandbox-phone-number --region ${config.region} --phone-number ${numbers[0]}`,
    "warn",
  );
}
