import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";
import {
  type KeyServiceGrant,
  policyDocument,
  type Statement,
} from "../../platform/policy-documents";
import type { Tags } from "../../platform/tags";

export interface EncryptionKeyArgs {
  /** Alias with its `alias/` prefix; IAM policies name the key by it. */
  readonly alias: string;
  /** What the key encrypts, in a few words. */
  readonly description: string;
  /** Days between a deletion and its effect, 7 to 30. */
  readonly deletionWindowDays: number;
  /** Whether Pulumi refuses to delete the key: what it encrypted is lost with it. */
  readonly protect: boolean;
  /** Services that use the key by themselves. @default none */
  readonly services?: readonly KeyServiceGrant[];
  /** Further statements, for example for a role that IAM policies cannot reach. @default none */
  readonly statements?: readonly Statement[];
  /** Region of the key. @default the provider's region */
  readonly region?: string;
  readonly arns: Arns;
  readonly tags: Tags;
}

const USE = [
  "kms:Encrypt",
  "kms:Decrypt",
  "kms:ReEncrypt*",
  "kms:GenerateDataKey*",
  "kms:DescribeKey",
];

/**
 * A customer-managed key with its alias: rotated every year, administered by the account's IAM policies,
 * used only by the named services. Costs by the month, and as much again for each rotation kept. Where the stack file names a key
 * that exists, the stack creates the alias only, by which IAM policies allow its use.
 */
export class EncryptionKey extends pulumi.ComponentResource {
  public readonly arn: pulumi.Output<string>;
  public readonly keyId: pulumi.Output<string>;
  /** Alias with its prefix, known before the key exists. */
  public readonly aliasName: string;

  public constructor(
    name: string,
    args: EncryptionKeyArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:EncryptionKey", name, {}, opts);

    const existing = args.arns.existingKey(args.alias);
    const key = existing === undefined ? this.createKey(name, args) : existingKey(existing);
    const alias = new aws.kms.Alias(
      name,
      { name: args.alias, targetKeyId: key.keyId, region: args.region },
      { parent: this },
    );

    this.aliasName = args.alias;
    this.keyId = key.keyId;
    // Users of the key wait for its alias too: IAM policies allow the use by alias.
    this.arn = pulumi.all([key.arn, alias.id]).apply(([arn]) => arn);
    this.registerOutputs({ arn: this.arn, keyId: this.keyId });
  }

  private createKey(name: string, args: EncryptionKeyArgs): aws.kms.Key {
    return new aws.kms.Key(
      name,
      {
        description: args.description,
        enableKeyRotation: true,
        rotationPeriodInDays: 365,
        deletionWindowInDays: args.deletionWindowDays,
        policy: keyPolicy(args),
        region: args.region,
        tags: args.tags,
      },
      { parent: this, protect: args.protect },
    );
  }
}

/** A key of another owner, who keeps its policy, rotation and deletion. */
function existingKey(arn: string) {
  return { arn: pulumi.output(arn), keyId: pulumi.output(arn.slice(arn.indexOf("/") + 1)) };
}

function keyPolicy(args: EncryptionKeyArgs): string {
  const services = (args.services ?? []).map((grant, index): Statement => ({
    sid: `UsedByService${index + 1}`,
    principals: { services: [grant.service] },
    actions: grant.actions ?? USE,
    resources: ["*"],
    conditions: grant.conditions ?? {
      StringEquals: { "aws:SourceAccount": args.arns.accountId },
    },
  }));
  return policyDocument(
    {
      // Without it no IAM policy of the account could allow the key's use (KMS Developer Guide, "Default key policy").
      sid: "AdministeredByIam",
      principals: { accounts: [args.arns.accountRoot()] },
      actions: ["kms:*"],
      resources: ["*"],
    },
    ...services,
    ...(args.statements ?? []),
  );
}

/**
 * The grant that CloudWatch Logs needs for encrypted log groups. The service names the group in the
 * encryption context (CloudWatch Logs User Guide, "Encrypt log data using KMS").
 */
export function logServiceGrant(arns: Arns): KeyServiceGrant {
  return {
    service: `logs.${arns.region}.amazonaws.com`,
    conditions: {
      ArnLike: { "kms:EncryptionContext:aws:logs:arn": arns.regional("logs", "log-group:*") },
    },
  };
}
