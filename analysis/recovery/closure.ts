/** What the recovery needs in the other region, and whether the stack puts it there. */
import { missingCertificates } from "./certificates";
import { recoveryRegions } from "./copy-regions";
import { decided, undecidedBy, type Missing } from "./missing";
import { missingParameters } from "./parameters";
import { exceeded, quotaNeeds, type QuotaNeed } from "./quotas";
import {
  isSet,
  records,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "./resources";
import { missingWatch } from "./watch";

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
  watch: missingWatch,
} as const satisfies Record<string, (stack: RecoveryStack, region: string) => Missing[]>;

/** Something of one kind that is missing. */
export type MissingOfKind = Missing & { readonly kind: keyof typeof CLOSURE };

/** Everything that is not there yet; nothing for a stack without copies, or whose copies go home. */
export function missingElsewhere(stack: RecoveryStack): MissingOfKind[] {
  const kinds = Object.keys(CLOSURE) as (keyof typeof CLOSURE)[];
  return recoveryRegions(stack).flatMap((region) =>
    kinds.flatMap((kind) => CLOSURE[kind](stack, region).map((one) => ({ ...one, kind }))),
  );
}

function missingQuotas(stack: RecoveryStack, region: string): Missing[] {
  const needs = quotaNeeds(stack, region);
  return [
    ...needs.flatMap(({ unknown }) => (unknown === undefined ? [] : [undecidedBy(unknown)])),
    ...exceeded(needs.filter(({ unknown }) => unknown === undefined)).map((need) => ({
      urn: need.urn!,
      message: shortage(need, region),
    })),
  ];
}

function shortage(need: QuotaNeed, region: string): string {
  const { name, title, needed, newAccount, requested } = need;
  const given =
    requested === undefined ? `a new account has ${newAccount}` : `${requested} are asked for`;
  return `${title} in ${region}: ${needed} are needed, ${given}; raise ${name}.`;
}

/** What the resources of a type lack, each judged separately: unknown values of one leave the others decided. */
function lacking(
  stack: RecoveryStack,
  type: string,
  has: (resource: RecoveryResource) => boolean,
  message: (resource: RecoveryResource) => string,
): Missing[] {
  return stack
    .ofType(type)
    .flatMap((resource) =>
      decided(stack, () =>
        has(resource) ? [] : [{ urn: resource.urn, message: message(resource) }],
      ),
    );
}

/** Route 53 takes changes of records while us-east-1 is lost only for zones with accelerated recovery. */
function missingRecords(stack: RecoveryStack): Missing[] {
  return lacking(
    stack,
    "aws:route53/zone:Zone",
    (zone) => isSet(zone, "vpcs") || value(zone, "enableAcceleratedRecovery") === true,
    () =>
      "its records cannot be changed while us-east-1 is lost; give the zone accelerated recovery.",
  );
}

/** Each repository's images are copied: the registry's rule names the region and the repository's prefix. */
function missingImages(stack: RecoveryStack, region: string): Missing[] {
  return lacking(
    stack,
    "aws:ecr/repository:Repository",
    (repository) => areImagesCopied(stack, text(repository, "name") ?? "", region),
    (repository) =>
      `images of ${text(repository, "name")} are not copied to ${region}; name it in the registry's replication.`,
  );
}

function areImagesCopied(stack: RecoveryStack, name: string, region: string): boolean {
  return stack
    .ofType("aws:ecr/replicationConfiguration:ReplicationConfiguration")
    .flatMap((config) =>
      records((value(config, "replicationConfiguration") as Record<string, unknown>)?.["rules"]),
    )
    .filter((rule) => records(rule["destinations"]).some((one) => one["region"] === region))
    .some((rule) => {
      const filters = records(rule["repositoryFilters"]);
      return filters.length === 0 || filters.some((one) => name.startsWith(String(one["filter"])));
    });
}

function missingSecrets(stack: RecoveryStack, region: string): Missing[] {
  return lacking(
    stack,
    "aws:secretsmanager/secret:Secret",
    (secret) => records(value(secret, "replicas")).some((replica) => replica["region"] === region),
    () => `it is not copied to ${region}; add ${region} to its replicas, with a key there.`,
  );
}

/** What is in another region is encrypted with a key there, one that is no region's default. */
function missingKeys(stack: RecoveryStack, region: string): Missing[] {
  const encrypted: [string, string][] = [
    ["aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication", "kmsKeyId"],
    ["aws:backup/vault:Vault", "kmsKeyArn"],
  ];
  return encrypted.flatMap(([type, property]) =>
    lacking(
      stack,
      type,
      (resource) =>
        text(resource, "region") !== region || usesKey(stack, resource, property, region),
      () => `${property} names no key of ${region}; a key of another region cannot be used there.`,
    ),
  );
}

function usesKey(
  stack: RecoveryStack,
  resource: RecoveryResource,
  property: string,
  region: string,
): boolean {
  const keys = stack.madeOf(resource, property, "aws:kms/key:Key");
  return keys.length > 0
    ? keys.some((key) => text(key, "region") === region)
    : text(resource, property)?.split(":")[3] === region;
}
