/**
 * Every physical name of the platform comes from here, so that two stacks of one account never collide
 * and a name that AWS would refuse for its length fails before anything is planned.
 *
 * Production carries the plain names (`crm-auth-service`); any other stack has its qualifier in them
 * (`crm-staging-auth-service`).
 */

import { entryOf } from "../facts/entry-of";
import { lambdaLogOf } from "../facts/lambda-logs";
import { NAME_LENGTHS, type NameKind } from "../facts/name-lengths";

/** The parts that distinguish one stack's names from another's. */
export interface NamingArgs {
  /** First word of every name. */
  readonly application: string;
  /** Word that sets this stack apart, such as `staging`; none for the stack that owns the plain names. */
  readonly qualifier?: string;
  /** Word for the names that always carry one: `production` in `crm-production-alb`. */
  readonly environmentLabel: string;
  /** Last word of bucket names, which are unique in all of AWS: `prod` in `crm-user-uploads-prod`. */
  readonly bucketSuffix: string;
  /** Whole names of buckets, by what `bucket` is asked for. @default none */
  readonly bucketNames?: Readonly<Record<string, string>>;
  /** Whole names of alarms, by what `alarm` is asked for. @default none */
  readonly alarmNames?: Readonly<Record<string, string>>;
  /** Whole names of queues, by what `of` is asked for. @default none */
  readonly queueNames?: Readonly<Record<string, string>>;
  /** Whole names of functions' log groups, by what `functionLog` is asked for. @default none */
  readonly logGroupNames?: Readonly<Record<string, string>>;
}

/** `crm` or `crm-staging`: the start of a stack's names. */
export function prefixOf(application: string, qualifier: string | undefined): string {
  return [application, qualifier].filter(Boolean).join("-");
}

/** Name of a queue, of any length: `crm-social-processing`, or the whole name that the stack file has for it. */
export function queueNameOf(args: NamingArgs, part: string): string {
  const { application, qualifier, queueNames = {} } = args;
  return entryOf(queueNames, part) ?? `${prefixOf(application, qualifier)}-${part}`;
}

/** Name of a bucket, of any length: `crm-user-uploads-prod`, or the whole name that the stack file has for it. */
export function bucketNameOf(args: NamingArgs, part: string): string {
  const { application, bucketSuffix, bucketNames = {} } = args;
  return entryOf(bucketNames, part) ?? `${application}-${part}-${bucketSuffix}`;
}

/** Name of a function's log group, of any length: `/aws/lambda/crm-report-generator`, or the whole name that the stack file has for it. */
export function functionLogNameOf(args: NamingArgs, part: string): string {
  const { application, qualifier, logGroupNames = {} } = args;
  return entryOf(logGroupNames, part) ?? lambdaLogOf(`${prefixOf(application, qualifier)}-${part}`);
}

/** Makes the physical names of one stack. */
export class Names {
  /** `crm` or `crm-staging`: the start of every name. */
  public readonly prefix: string;

  public constructor(private readonly args: NamingArgs) {
    this.prefix = prefixOf(args.application, args.qualifier);
  }

  /** A name such as `crm-auth-service` or `crm-staging-auth-service`; of a queue, the whole name that the stack file has for it. */
  public of(part: string, kind: NameKind = "other"): string {
    return checked(
      kind === "queue" ? queueNameOf(this.args, part) : `${this.prefix}-${part}`,
      kind,
    );
  }

  /** A name that carries the environment in every stack: `crm-production`, `crm-production-alb`. */
  public environment(part = "", kind: NameKind = "other"): string {
    const words = [this.args.application, this.args.environmentLabel, part];
    return checked(words.filter(Boolean).join("-"), kind);
  }

  /** A bucket's name: `crm-user-uploads-prod`. */
  public bucket(part: string): string {
    return checked(bucketNameOf(this.args, part), "bucket");
  }

  /** The name of a function's log group: `/aws/lambda/crm-report-generator`. */
  public functionLog(part: string): string {
    return checked(functionLogNameOf(this.args, part), "logGroup");
  }

  /** An alarm's name: `crm-nat-ports`, or the whole name that the stack file has for it. */
  public alarm(part: string): string {
    return checked(entryOf(this.args.alarmNames ?? {}, part) ?? this.of(part, "alarm"), "alarm");
  }

  /** The repository of the images of `part`, under its own whole name where the stack file gives one. */
  public repository(part: string, given?: string): string {
    return given ?? this.of(part, "repository");
  }

  /** A parameter's path: `/crm/auth/jwt-secret`. */
  public parameter(...path: string[]): string {
    return checked(`/${[this.prefix, ...path].join("/")}`, "parameter");
  }

  /** A key's alias: `alias/crm-database`. */
  public keyAlias(part: string): string {
    return checked(`alias/${this.prefix}-${part}`, "keyAlias");
  }
}

/** The name itself, when AWS accepts its length for this kind of resource. */
function checked(name: string, kind: NameKind): string {
  const maximum = NAME_LENGTHS[kind].maximum;
  if (name.length > maximum) {
    throw new Error(
      `The ${kind} name "${name}" has ${name.length} characters; AWS accepts at most ${maximum}. ` +
        "Shorten crm:naming.qualifier or the part of the name that the stack file sets.",
    );
  }
  return name;
}
