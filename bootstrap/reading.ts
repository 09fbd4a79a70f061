/** What the drift check looks at: how things are set and the values that a refresh compares, and not what is in them. */
import type { Arns } from "../platform/arns";
import type { Statement } from "../platform/policy-documents";

/**
 * Narrows AWS's `ReadOnlyAccess` to what the drift check needs: how things are set, and not what is in them.
 * The state itself is not denied here, and the objects that a stack manages are read by HeadObject, which needs
 * `s3:GetObject` (S3 API Reference, "HeadObject"). No condition key holds the ARN of what is called, so the exceptions
 * stand where the resources would.
 */
export function noContents(
  arns: Arns,
  stateBucket: string,
  managedObjects: readonly string[],
): Statement[] {
  return [
    {
      sid: "NoObjects",
      effect: "Deny",
      actions: ["s3:GetObject", "s3:GetObjectVersion"],
      notResources: [`${arns.bucket(stateBucket)}/*`, ...managedObjects],
    },
    {
      sid: "NoMessages",
      effect: "Deny",
      actions: [
        "logs:FilterLogEvents",
        "logs:GetLogEvents",
        "logs:StartQuery",
        "sqs:ReceiveMessage",
      ],
      // Everything that is there, in any group or queue.
      resources: ["*"],
    },
  ];
}

/**
 * A refresh compares the values of parameters, secrets and functions' variables as well: those of these name prefixes.
 * Sources: Secrets Manager User Guide, "Secret encryption and decryption"; Lambda Developer Guide, "Securing Lambda
 * environment variables": who looks at them needs `kms:Decrypt`.
 */
export function readSecrets(
  arns: Arns,
  prefixes: readonly string[],
  regions: readonly string[],
): Statement[] {
  const places = regions.map((region) => arns.inRegion(region));
  const decrypt = (sid: string, key: string, conditions: Statement["conditions"] = {}) => ({
    sid,
    actions: ["kms:Decrypt"],
    resources: places.map((place) => place.anyKey()),
    conditions: {
      ...conditions,
      "ForAnyValue:StringEquals": {
        "kms:ResourceAliases": prefixes.map((prefix) => `alias/${prefix}-${key}`),
      },
    },
  });
  return [
    {
      sid: "ReadSecrets",
      actions: ["secretsmanager:GetSecretValue"],
      resources: places.flatMap((place) =>
        prefixes.map((prefix) => place.regional("secretsmanager", `secret:${prefix}*`)),
      ),
    },
    decrypt("DecryptSecrets", "secrets"),
    decrypt("DecryptVariables", "messaging", {
      StringEquals: { "kms:ViaService": regions.map((region) => `lambda.${region}.amazonaws.com`) },
    }),
  ];
}
