/** What the recovery needs in the other region, and whether the stack puts it there. */
import { missingCertificates } from "./certificates";
import type { Missing } from "./missing";
import { missingParameters } from "./parameters";
import { exceeded, quotaNeeds, type QuotaNeed } from "./quotas";
import { records, text, value, type RecoveryResource, type RecoveryStack } from "./resources";

/** Regions that the stack's copies are in: replicated backups, vaults, buckets. */
export function copyRegions(stack: RecoveryStack): string[] {
  const types = [
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
    "aws:backup/vault:Vault",
  ];
  const regions = types
    .flatMap((type) => stack.ofType(type))
    .map((resource) => text(resource, "region"))
    .filter((region) => region !== undefined);
  return [...new Set(regions)].sort();
}

/** What the recovery needs, by kind: a rule of the policy pack is about each. */
export const CLOSURE = {
  copies: (stack: RecoveryStack, region: string) => [
    ...missingImages(stack, region),
    ...missingSecrets(stack, region),
    ...missingKeys(stack, region),
    ...missingRecords(stack),
  ],
  certificates: missingCertificates,
  parameters: missingParameters,
  quotas: missingQuotas,
} as const satisfies Record<string, (stack: RecoveryStack, region: string) => Missing[]>;

/** Everything that is not there yet; nothing for a stack without copies. */
export function missingElsewhere(stack: RecoveryStack): Missing[] {
  return copyRegions(stack).flatMap((region) =>
    Object.values(CLOSURE).flatMap((missing) => missing(stack, region)),
  );
}

function missingQuotas(stack: RecoveryStack, region: string): Missing[] {
  return exceeded(quotaNeeds(stack, region)).map((need) => ({
    urn: need.urn!,
    message: shortage(need, region),
  }));
}

function shortage(need: QuotaNeed, region: string): string {
  const { name, title, needed, standard, requested } = need;
  const given =
    requested === undefined ? `a new account has ${standard}` : `${requested} are asked for`;
  return `${title} in ${region}: ${needed} are needed, ${given}; raise crm:recovery.quotas.${name}.`;
}

/** Route 53 takes changes of records while us-east-1 is lost only for zones with accelerated recovery. */
function missingRecords(stack: RecoveryStack): Missing[] {
  return stack
    .ofType("aws:route53/zone:Zone")
    .filter(
      (zone) =>
        zone.inputs["vpcs"] === undefined && value(zone, "enableAcceleratedRecovery") !== true,
    )
    .map(({ urn }) => ({
      urn,
      message:
        "its records cannot be changed while us-east-1 is lost; set crm:edge.zone.acceleratedRecovery.",
    }));
}

/** Each repository's images are copied: the registry's rule names the region and the repository's prefix. */
function missingImages(stack: RecoveryStack, region: string): Missing[] {
  const rules = stack
    .ofType("aws:ecr/replicationConfiguration:ReplicationConfiguration")
    .flatMap((config) =>
      records((value(config, "replicationConfiguration") as Record<string, unknown>)?.["rules"]),
    )
    .filter((rule) => records(rule["destinations"]).some((one) => one["region"] === region));
  return stack
    .ofType("aws:ecr/repository:Repository")
    .filter((repository) => {
      const name = text(repository, "name") ?? "";
      return !rules.some((rule) => {
        const filters = records(rule["repositoryFilters"]);
        return (
          filters.length === 0 || filters.some((one) => name.startsWith(String(one["filter"])))
        );
      });
    })
    .map((repository) => ({
      urn: repository.urn,
      message: `images of ${text(repository, "name")} are not copied to ${region}; set crm:cluster.imageReplication.`,
    }));
}

function missingSecrets(stack: RecoveryStack, region: string): Missing[] {
  return stack
    .ofType("aws:secretsmanager/secret:Secret")
    .filter(
      (secret) =>
        !records(value(secret, "replicas")).some((replica) => replica["region"] === region),
    )
    .map((secret) => ({
      urn: secret.urn,
      message: `it is not copied to ${region}; add ${region} to its replicas, with a key there.`,
    }));
}

/** What is in another region is encrypted with a key there, one that is no region's default. */
function missingKeys(stack: RecoveryStack, region: string): Missing[] {
  const keys = stack
    .ofType("aws:kms/key:Key")
    .filter((key) => text(key, "region") === region)
    .map(({ urn }) => urn);
  const encrypted: [string, string][] = [
    ["aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication", "kmsKeyId"],
    ["aws:backup/vault:Vault", "kmsKeyArn"],
  ];
  return encrypted.flatMap(([type, property]) =>
    stack
      .ofType(type)
      .filter((resource) => text(resource, "region") === region)
      .filter((resource) => !usesKey(resource, property, keys, region))
      .map(({ urn }) => ({
        urn,
        message: `${property} names no key of ${region}; a key of another region cannot be used there.`,
      })),
  );
}

function usesKey(
  resource: RecoveryResource,
  property: string,
  keys: readonly string[],
  region: string,
): boolean {
  const arn = text(resource, property);
  return arn !== undefined
    ? arn.split(":")[3] === region
    : (resource.references[property] ?? []).some((urn) => keys.includes(urn));
}
