/** Rights on the stacks' state: reading it, writing one stack's files, its lock among them, and using its key. */
import type { Arns } from "../platform/arns";
import type { Statement } from "../platform/policy-documents";

/** A stack whose state a role may use. */
export interface StateScope {
  readonly arns: Arns;
  readonly bucket: string;
  /** Project of the stacks, as in the platform's Pulumi.yaml. */
  readonly project: string;
  readonly stacks: readonly string[];
  /** Regions of the keys of the stacks' secrets. @default the state bucket's */
  readonly keyRegions?: readonly string[];
}

/** Alias of the key that encrypts the state bucket. */
export const STATE_KEY_ALIAS = "alias/crm-pulumi-state";

/** Alias of the key that encrypts a stack's secrets: the secrets provider is `awskms://<alias>`. */
export function secretsKeyAlias(stack: string): string {
  return `alias/crm-pulumi-${stack}`;
}

/** Files of a stack below `.pulumi`. Source: Pulumi, "Using a DIY backend"; locks carry the organization's name. */
export function stateObjects({ arns, bucket, project, stacks }: StateScope): string[] {
  const root = `${arns.bucket(bucket)}/.pulumi`;
  return stacks.flatMap((stack) => [
    `${root}/stacks/${project}/${stack}.*`,
    `${root}/history/${project}/${stack}/*`,
    `${root}/backups/${project}/${stack}/*`,
    `${root}/locks/organization/${project}/${stack}/*`,
  ]);
}

/** Uses keys by alias: a key's id is unknown before it exists. */
function keyUse(scope: StateScope, actions: readonly string[]): Statement {
  return {
    sid: "Keys",
    actions,
    resources: [...new Set([scope.arns.region, ...(scope.keyRegions ?? [])])].map((region) =>
      scope.arns.inRegion(region).anyKey(),
    ),
    conditions: {
      "ForAnyValue:StringEquals": {
        "kms:ResourceAliases": [STATE_KEY_ALIAS, ...scope.stacks.map(secretsKeyAlias)],
      },
    },
  };
}

/** Decrypts stacks' state and their secrets with their keys. */
export function decryptState(scope: StateScope): Statement {
  return keyUse(scope, ["kms:Decrypt"]);
}

/** Reads stacks' state and decrypts it: what a preview needs. */
export function readState(scope: StateScope): Statement[] {
  return [...findState(scope), decryptState(scope)];
}

function findState(scope: StateScope): Statement[] {
  return [
    { sid: "FindState", actions: ["s3:ListBucket"], resources: [scope.arns.bucket(scope.bucket)] },
    {
      sid: "ReadState",
      actions: ["s3:GetObject"],
      resources: [`${scope.arns.bucket(scope.bucket)}/.pulumi/meta.yaml`, ...stateObjects(scope)],
    },
  ];
}

/** Reads and writes one stack's state. Versions are kept: only a person deletes one. */
export function writeState(scope: StateScope): Statement[] {
  return [
    ...findState(scope),
    {
      sid: "WriteState",
      actions: ["s3:PutObject", "s3:DeleteObject"],
      resources: stateObjects(scope),
    },
    keyUse(scope, ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]),
  ];
}
