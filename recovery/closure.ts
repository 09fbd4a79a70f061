/** What the recovery needs in the other region, and whether the stack puts it there. */
import {
  number,
  records,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "./resources";

/** Something that would be missing. */
export interface Missing {
  readonly urn: string;
  readonly message: string;
}

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

/** What is not there yet; nothing for a stack without copies. */
export function missingElsewhere(stack: RecoveryStack): Missing[] {
  return copyRegions(stack).flatMap((region) => [
    ...missingImages(stack, region),
    ...missingSecrets(stack, region),
    ...missingKeys(stack, region),
  ]);
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

/** A quota that the same platform needs in the other region. */
export interface QuotaNeed {
  /** Codes of Service Quotas. */
  readonly service: string;
  readonly code: string;
  readonly name: string;
  /** What AWS gives a new account. */
  readonly standard: number;
  readonly needed: number;
}

/**
 * What the platform needs of quotas that count by region. Sources: Service Quotas' defaults: VPC and EC2 User
 * Guides, AWS Fargate and Lambda quotas, as of 2026-11.
 */
export function quotaNeeds(stack: RecoveryStack): QuotaNeed[] {
  const reserved = stack
    .ofType("aws:lambda/function:Function")
    .reduce((sum, fn) => sum + (number(fn, "reservedConcurrentExecutions") ?? 0), 0);
  const cpu = new Map(
    stack
      .ofType("aws:ecs/taskDefinition:TaskDefinition")
      .map((definition) => [definition.urn, Number(text(definition, "cpu") ?? 0) / 1024]),
  );
  // Blue and green tasks run beside each other in a deployment.
  const vcpus = stack.ofType("aws:ecs/service:Service").reduce((sum, service) => {
    const [definition] = (service.references["taskDefinition"] ?? []).filter((urn) => cpu.has(urn));
    return sum + 2 * (number(service, "desiredCount") ?? 0) * (cpu.get(definition ?? "") ?? 0);
  }, 0);
  return [
    {
      service: "ec2",
      code: "L-0263D0A3",
      name: "Elastic IP addresses",
      standard: 5,
      needed: stack.ofType("aws:ec2/eip:Eip").length,
    },
    {
      service: "vpc",
      code: "L-F678F1CE",
      name: "VPCs",
      standard: 5,
      needed: stack.ofType("aws:ec2/vpc:Vpc").length,
    },
    {
      service: "fargate",
      code: "L-3032A538",
      name: "Fargate vCPUs on demand",
      standard: 6,
      needed: Math.ceil(vcpus),
    },
    {
      service: "lambda",
      code: "L-B99A9384",
      name: "Lambda concurrency (100 stay unreserved)",
      standard: 1000,
      needed: reserved + 100,
    },
  ];
}
