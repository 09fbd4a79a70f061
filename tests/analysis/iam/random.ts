/** Random policies and requests, from a seed: the same seed gives the same cases. */

/** A small generator of random numbers (mulberry32). */
export class Random {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)]!;
  }

  some<T>(list: readonly T[], most: number): T[] {
    const count = 1 + Math.floor(this.next() * most);
    return Array.from({ length: count }, () => this.pick(list));
  }
}

const HERE = "111122223333";
const THERE = "444455556666";

/** Actions, with the resources on which they work. */
const WORK: Readonly<Record<string, readonly string[]>> = {
  "s3:GetObject": ["arn:aws:s3:::crm-data/a.txt", "arn:aws:s3:::crm-logs/2024/a:b.txt"],
  "s3:PutObject": ["arn:aws:s3:::crm-data/home/alice/x", "arn:aws:s3:::crm-data/a.txt"],
  "s3:ListBucket": ["arn:aws:s3:::crm-data", "arn:aws:s3:::crm-logs"],
  "sqs:SendMessage": [
    `arn:aws:sqs:eu-west-1:${HERE}:jobs`,
    `arn:aws:sqs:eu-west-1:${HERE}:alice-queue`,
  ],
  "lambda:InvokeFunction": [`arn:aws:lambda:eu-west-1:${HERE}:function:api`],
  "secretsmanager:GetSecretValue": [`arn:aws:secretsmanager:eu-west-1:${HERE}:secret:db-a1b2c3`],
  "kms:Decrypt": [`arn:aws:kms:eu-west-1:${HERE}:key/1234abcd`],
  "sts:AssumeRole": [`arn:aws:iam::${HERE}:role/deploy`],
  "ec2:DescribeInstances": ["*"],
};

const ACTION_PATTERNS = [
  ...["*", "s3:*", "s3:Get*", "S3:getobject", "s3:?etObject", "sqs:*", "sqs:SendMessage", "kms:*"],
  ...["kms:Dec*", "lambda:Invoke*", "secretsmanager:*", "sts:AssumeRole", "sts:*", "ec2:Describe*"],
  ...["s3:PutObject", "s3:List*", "iam:*", "*:*"],
];

const RESOURCE_PATTERNS = [
  ...[
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::crm-data/*",
    "arn:aws:s3:::crm-*",
    "arn:aws:s3:::crm-data",
  ],
  ...[
    "arn:aws:s3:::crm-data/home/${aws:username}/*",
    "arn:aws:s3:::crm-logs/20??/*",
    "arn:aws:s3:::*/a.txt",
  ],
  ...[
    `arn:aws:sqs:*:${HERE}:jobs`,
    "arn:aws:sqs:*:*:${aws:username}-queue",
    "arn:aws:sqs:eu-west-1:*:*",
  ],
  ...[`arn:aws:lambda:eu-west-1:${HERE}:function:*`, "arn:aws:secretsmanager:*:*:secret:db-??????"],
  ...[
    `arn:aws:kms:eu-west-1:${HERE}:key/*`,
    `arn:aws:iam::${HERE}:role/*`,
    "arn:aws:s3:::CRM-data/*",
  ],
  ...["arn:aws:s3:::crm-${aws:PrincipalTag/team, 'data'}/*", "arn:aws:s3:::crm-data/${*}"],
];

/** Who asks, as iam-simulate takes it, with the keys that follow. */
const CALLERS: readonly {
  readonly arn: string;
  readonly keys: Readonly<Record<string, string>>;
}[] = [
  ...["alice", "bob"].flatMap((name) =>
    [HERE, THERE].map((account) => ({
      arn: `arn:aws:iam::${account}:user/${name}`,
      keys: {
        "aws:PrincipalArn": `arn:aws:iam::${account}:user/${name}`,
        "aws:PrincipalAccount": account,
        "aws:username": name,
        "aws:PrincipalType": "User",
      },
    })),
  ),
  ...[HERE, THERE].map((account) => ({
    arn: `arn:aws:sts::${account}:assumed-role/app/session1`,
    keys: {
      "aws:PrincipalArn": `arn:aws:iam::${account}:role/app`,
      "aws:PrincipalAccount": account,
      "aws:PrincipalType": "AssumedRole",
    },
  })),
  {
    arn: "sns.amazonaws.com",
    keys: { "aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": "sns.amazonaws.com" },
  },
  { arn: "*", keys: { "aws:PrincipalAccount": "anonymous", "aws:PrincipalType": "Anonymous" } },
];

const PRINCIPALS: readonly unknown[] = [
  "*",
  { AWS: "*" },
  ...[HERE, THERE].flatMap((account) => [
    { AWS: account },
    { AWS: `arn:aws:iam::${account}:root` },
    { AWS: `arn:aws:iam::${account}:user/alice` },
    { AWS: [`arn:aws:iam::${account}:role/app`, `arn:aws:iam::${account}:user/bob`] },
    { AWS: `arn:aws:sts::${account}:assumed-role/app/session1` },
  ]),
  { Service: ["sns.amazonaws.com", "s3.amazonaws.com"] },
  { AWS: `arn:aws:iam::${HERE}:user/alice`, Service: "sns.amazonaws.com" },
];

/** Keys of a request with values, some of which policies name. */
const KEYS: Readonly<Record<string, readonly (string | readonly string[])[]>> = {
  "aws:RequestedRegion": ["eu-west-1", "us-east-1"],
  "aws:SourceIp": ["203.0.113.7", "198.51.100.9", "2001:db8:1234:5678::9"],
  "aws:SecureTransport": ["true", "false"],
  "aws:MultiFactorAuthAge": ["60", "3600", "7200.5"],
  "aws:CurrentTime": ["2024-05-01T12:00:00Z", "2023-01-01T00:00:00Z"],
  "aws:TokenIssueTime": ["2024-01-01T00:00:01Z"],
  "aws:PrincipalTag/team": ["data", "logs", "Data"],
  "aws:TagKeys": [["team"], ["team", "cost"], ["other"], ["team", "other"]],
  "aws:PrincipalOrgID": ["o-1234567890"],
  "aws:SourceArn": [`arn:aws:sns:eu-west-1:${HERE}:topic`, "arn:aws:s3:::crm-data"],
  "aws:SourceAccount": [HERE, THERE],
  "s3:prefix": ["home/alice/", "public/"],
  "aws:PrincipalOrgPaths": [["o-1234567890/r-ab12/ou-ab12-11111111/"]],
};

const SETS = ["ForAllValues:", "ForAnyValue:"];

/** Operators with keys and values that make sense for them. */
const CONDITIONS: readonly (readonly [string, string, readonly unknown[]])[] = [
  ...["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"].flatMap((operator) => [
    [operator, "aws:RequestedRegion", ["eu-west-1", "us-east-1", "eu-*"]] as const,
    [
      operator,
      "aws:PrincipalTag/team",
      ["data", "${aws:PrincipalTag/team}", "d*", "${aws:nothing, 'logs'}"],
    ] as const,
    [operator, "aws:sourceaccount", [HERE, "${aws:PrincipalAccount}", "*"]] as const,
    [
      operator,
      "s3:prefix",
      ["home/${aws:username}/*", "public/", "home/alice/", "p?blic/"],
    ] as const,
    [operator, "AWS:PrincipalOrgId", ["o-1234567890", "*"]] as const,
  ]),
  ["StringEqualsIgnoreCase", "aws:PrincipalTag/team", ["DATA", "x"]],
  ["StringNotEqualsIgnoreCase", "aws:PrincipalTag/team", ["DATA", "x"]],
  ...["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"].flatMap((operator) => [
    [
      operator,
      "aws:SourceArn",
      [`arn:aws:sns:*:${HERE}:*`, "arn:aws:s3:::*", "arn:aws:*:*:*:*"],
    ] as const,
    [
      operator,
      "aws:PrincipalArn",
      [`arn:aws:iam::${HERE}:user/*`, "arn:aws:iam::*:role/app"],
    ] as const,
  ]),
  ...[
    "Equals",
    "NotEquals",
    "LessThan",
    "LessThanEquals",
    "GreaterThan",
    "GreaterThanEquals",
  ].flatMap((operator) => [
    [`Numeric${operator}`, "aws:MultiFactorAuthAge", ["3600", "60", 7200.5]] as const,
    [
      `Date${operator}`,
      "aws:CurrentTime",
      ["2024-05-01T12:00:00Z", "2023-06-01", "1704067200"],
    ] as const,
    [`Date${operator}`, "aws:TokenIssueTime", ["2024-01-01T00:00:01Z"]] as const,
  ]),
  ["Bool", "aws:SecureTransport", ["true", "false", true, "False"]],
  [
    "IpAddress",
    "aws:SourceIp",
    ["203.0.113.0/24", "198.51.100.9", "2001:DB8:1234:5678::/64", "0.0.0.0/0"],
  ],
  ["NotIpAddress", "aws:SourceIp", ["203.0.113.0/24", "198.51.100.9", "2001:DB8::/32"]],
  ["Null", "aws:TokenIssueTime", ["true", "false"]],
  ["Null", "aws:TagKeys", ["true", "false"]],
  ...["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"].flatMap((operator) =>
    SETS.flatMap((set) => [
      [set + operator, "aws:TagKeys", ["team", "cost", "t*"]] as const,
      [set + operator, "aws:PrincipalOrgPaths", ["o-1234567890/*", "o-9/*"]] as const,
    ]),
  ),
];

/** One request with its policies. */
export interface Case {
  readonly caller: string;
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string;
  readonly context: Readonly<Record<string, string | string[]>>;
  readonly identity: readonly unknown[];
  readonly boundary?: unknown;
  readonly session?: unknown;
  readonly scps: readonly unknown[];
  readonly rcps: readonly unknown[];
  readonly resourcePolicy?: unknown;
}

/** The next case. */
export function randomCase(random: Random): Case {
  const action = random.pick(Object.keys(WORK));
  const caller = random.pick(CALLERS);
  const owns = /^(\*|[a-z]+\.amazonaws\.com)$/.test(caller.arn);
  const identity = owns ? 0 : 1 + Math.floor(random.next() * 2);
  const resource = random.pick(WORK[action]!);
  return {
    caller: caller.arn,
    action,
    resource,
    resourceAccount: resource === "*" ? (caller.keys["aws:PrincipalAccount"] ?? HERE) : HERE,
    context: { ...randomContext(random), ...caller.keys },
    identity: Array.from({ length: identity }, () => randomPolicy(random, "identity", action)),
    boundary: !owns && random.chance(0.35) ? randomPolicy(random, "identity", action) : undefined,
    session:
      caller.arn.includes(":assumed-role/") && random.chance(0.3)
        ? randomPolicy(random, "identity", action)
        : undefined,
    scps: !owns && random.chance(0.15) ? [randomPolicy(random, "identity", action)] : [],
    rcps: random.chance(0.1) ? [randomPolicy(random, "rcp", action)] : [],
    resourcePolicy: random.chance(0.6) ? randomPolicy(random, "resource", action) : undefined,
  };
}

function randomContext(random: Random): Record<string, string | string[]> {
  const context: Record<string, string | string[]> = {};
  for (const [key, values] of Object.entries(KEYS)) {
    if (random.chance(0.6)) {
      const value = random.pick(values);
      context[key] = typeof value === "string" ? value : [...value];
    }
  }
  return context;
}

type Kind = "identity" | "resource" | "rcp";

function randomPolicy(random: Random, kind: Kind, action: string): unknown {
  const version = random.chance(0.9) ? { Version: "2012-10-17" } : {};
  const old = random.chance(0.5) ? { Version: "2008-10-17" } : version;
  const statements = Array.from({ length: 1 + Math.floor(random.next() * 4) }, (_, index) =>
    randomStatement(random, kind, action, index),
  );
  return { ...(random.chance(0.1) ? old : version), Statement: statements };
}

function randomStatement(random: Random, kind: Kind, action: string, index: number): unknown {
  const own = random.chance(0.5) ? [action] : [];
  const actions = [...own, ...random.some(ACTION_PATTERNS, 3)];
  const resources = random.some(RESOURCE_PATTERNS, 3);
  if (random.chance(0.4)) {
    resources.push("*");
  }
  const principal = kind === "rcp" ? "*" : random.pick(PRINCIPALS);
  const notPrincipal = kind === "resource" && random.chance(0.08);
  return {
    Sid: `S${index}`,
    Effect: kind === "rcp" || random.chance(0.25) ? "Deny" : "Allow",
    ...(kind === "identity" ? {} : { [notPrincipal ? "NotPrincipal" : "Principal"]: principal }),
    [random.chance(0.15) ? "NotAction" : "Action"]: random.chance(0.3) ? actions[0] : actions,
    [random.chance(0.12) ? "NotResource" : "Resource"]: resources,
    ...(random.chance(0.45) ? { Condition: randomConditions(random) } : {}),
  };
}

function randomConditions(random: Random): unknown {
  const block: Record<string, Record<string, unknown>> = {};
  for (const [operator, key, values] of random.some(CONDITIONS, 2)) {
    const name = operator !== "Null" && random.chance(0.25) ? `${operator}IfExists` : operator;
    const chosen = random.some(values, 2);
    (block[name] ??= {})[key] = chosen.length === 1 && random.chance(0.5) ? chosen[0] : chosen;
  }
  return block;
}
