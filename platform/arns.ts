/**
 * ARNs built from names, so that policy documents are complete in a first preview, when no resource
 * exists yet. Formats: Service Authorization Reference, "Resource types defined by ...", of each service.
 */
import { entryOf } from "../facts/entry-of";

export interface ArnScope {
  /** `aws`, `aws-us-gov` or `aws-cn`. */
  readonly partition: string;
  /** Region of the stack. */
  readonly region: string;
  /** Account of the stack, 12 digits. */
  readonly accountId: string;
  /** ARNs of keys that exist, by the alias that the stack gives them. @default none */
  readonly keys?: Readonly<Record<string, string>>;
}

/** Builds the ARNs of one stack's resources. */
export class Arns {
  public readonly partition: string;
  public readonly region: string;
  public readonly accountId: string;

  private readonly keys: Readonly<Record<string, string>>;

  public constructor(scope: ArnScope) {
    this.partition = scope.partition;
    this.region = scope.region;
    this.accountId = scope.accountId;
    this.keys = scope.keys ?? {};
  }

  /** A key that exists and gets this alias; undefined where the stack creates it. */
  public existingKey(alias: string): string | undefined {
    return entryOf(this.keys, alias);
  }

  /** The same account seen from another region, for what is copied there; its keys are created. */
  public inRegion(region: string): Arns {
    return new Arns({ partition: this.partition, region, accountId: this.accountId });
  }

  /** An ARN with region and account: `arn:aws:sqs:us-east-1:123456789012:crm-email`. */
  public regional(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.accountId}:${resource}`;
  }

  /** An ARN without a region: `arn:aws:iam::123456789012:role/crm-auth-task`. */
  public global(service: string, resource: string): string {
    return `arn:${this.partition}:${service}::${this.accountId}:${resource}`;
  }

  /** The account's root principal, which delegates to the account's IAM policies in a key policy. */
  public accountRoot(): string {
    return this.global("iam", "root");
  }

  public role(name: string): string {
    return this.global("iam", `role/${name}`);
  }

  /** A bucket; its objects are `${bucket(name)}/*`. */
  public bucket(name: string): string {
    return `arn:${this.partition}:s3:::${name}`;
  }

  public queue(name: string): string {
    return this.regional("sqs", name);
  }

  public topic(name: string): string {
    return this.regional("sns", name);
  }

  public lambda(name: string): string {
    return this.regional("lambda", `function:${name}`);
  }

  /** A cluster of ECS. */
  public cluster(name: string): string {
    return this.regional("ecs", `cluster/${name}`);
  }

  /** Every task of a cluster. */
  public tasksOf(cluster: string): string {
    return this.regional("ecs", `task/${cluster}/*`);
  }

  /** A CloudWatch alarm. */
  public alarm(name: string): string {
    return this.regional("cloudwatch", `alarm:${name}`);
  }

  /** A managed policy of the account. */
  public policy(name: string): string {
    return this.global("iam", `policy/${name}`);
  }

  /** A parameter by its path, which begins with a slash. */
  public parameter(path: string): string {
    return this.regional("ssm", `parameter${path}`);
  }

  /** A log group itself; its streams are `${logGroup(name)}:*`. */
  public logGroup(name: string): string {
    return this.regional("logs", `log-group:${name}`);
  }

  /** Every key of the account; narrow it by alias with `keyByAlias` of policy-documents. */
  public anyKey(): string {
    return this.regional("kms", "key/*");
  }
}
