import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";
import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import { policyDocument } from "../../platform/policy-documents";
import type { Tags } from "../../platform/tags";

export interface ZoneSigningArgs {
  readonly zoneId: pulumi.Input<string>;
  /** Whether Pulumi refuses to delete the key: without it, validating resolvers refuse a signed zone. */
  readonly protect: boolean;
  /** Days between the deletion of the key and its effect, 7 to 30. */
  readonly keyDeletionWindowDays: number;
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

/**
 * Signs a hosted zone (DNSSEC). Resolvers validate it once the parent zone has the DS record. The key is
 * asymmetric and in us-east-1, as Route 53 requires, so it is none of the platform's ordinary keys: KMS
 * does not rotate such keys. Its key costs by the month.
 * Source: Route 53 Developer Guide, "Working with customer managed keys for DNSSEC".
 */
export class ZoneSigning extends pulumi.ComponentResource {
  /** What the parent zone has to publish. */
  public readonly dsRecord: pulumi.Output<string>;

  public constructor(name: string, args: ZoneSigningArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:ZoneSigning", name, {}, opts);

    const key = new aws.kms.Key(
      name,
      {
        description: "Signs the hosted zone (DNSSEC)",
        customerMasterKeySpec: "ECC_NIST_P256",
        keyUsage: "SIGN_VERIFY",
        deletionWindowInDays: args.keyDeletionWindowDays,
        policy: keyPolicy(args.arns),
        region: CLOUDFRONT_REGION,
        tags: args.tags,
      },
      { parent: this, protect: args.protect },
    );
    new aws.kms.Alias(
      name,
      {
        name: args.names.keyAlias("zone-signing"),
        targetKeyId: key.keyId,
        region: CLOUDFRONT_REGION,
      },
      { parent: this },
    );
    const signingKey = new aws.route53.KeySigningKey(
      name,
      {
        hostedZoneId: args.zoneId,
        name: args.names.of("zone-signing").replaceAll("-", "_"),
        keyManagementServiceArn: key.arn,
        status: "ACTIVE",
      },
      { parent: this },
    );
    new aws.route53.HostedZoneDnsSec(
      name,
      { hostedZoneId: signingKey.hostedZoneId, signingStatus: "SIGNING" },
      { parent: this },
    );
    this.dsRecord = signingKey.dsRecord;
    this.registerOutputs({ dsRecord: this.dsRecord });
  }
}

function keyPolicy(arns: Arns): string {
  const dnssec = { services: [SERVICE_PRINCIPALS.dnssec] };
  return policyDocument(
    {
      sid: "AdministeredByIam",
      principals: { accounts: [arns.accountRoot()] },
      actions: ["kms:*"],
      resources: ["*"],
    },
    {
      sid: "SignedByRoute53",
      principals: dnssec,
      actions: ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"],
      resources: ["*"],
      conditions: { StringEquals: { "aws:SourceAccount": arns.accountId } },
    },
    {
      sid: "GrantedByRoute53",
      principals: dnssec,
      actions: ["kms:CreateGrant"],
      resources: ["*"],
      // As the page has it; nothing shows that Route 53 names an account here.
      conditions: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  );
}
