/** Names that the stack file chooses are part of longer ones: each of these fits into what AWS accepts, before anything is planned. */
import { NAME_LENGTHS, type NameKind } from "../facts/name-lengths";
import { bucketNameOf, type NamingArgs, prefixOf, queueNameOf } from "../platform/names";
import type { Report } from "./common";
import { claimedQueues } from "./eventing-rules";
import { namingArgs } from "./names-of";
import type { StackConfig } from "./sections";

type Path = readonly (string | number)[];

/** A name of the stack file, the physical name that it is part of, and the kind of what has it. */
interface Composed {
  readonly path: Path;
  readonly part: string;
  readonly whole: string;
  readonly kind: NameKind;
}

/** Checks the sections that are valid on their own; paths begin with the section. */
export function nameLengthRules(config: Partial<StackConfig>, report: Report): void {
  const { naming } = config;
  if (naming === undefined) return;
  const args = namingArgs(naming);
  const all = [
    ...ofEventing(config, args),
    ...ofStorage(config, args),
    ...ofServices(config, args),
    ...ofTracing(config, args),
  ];
  const tooLong = new Map<string, Composed & { readonly over: number }>();
  for (const one of all) {
    const over = one.whole.length - NAME_LENGTHS[one.kind].maximum;
    const key = one.path.join(".");
    // Of several names with the same part the longest decides.
    if (over > (tooLong.get(key)?.over ?? 0)) tooLong.set(key, { ...one, over });
  }
  for (const { path, part, whole, kind, over } of tooLong.values()) {
    const most = part.length - over;
    const fitting =
      most > 0 ? `a name of at most ${most} characters` : "a shorter crm:naming.qualifier";
    const { maximum } = NAME_LENGTHS[kind];
    report(path, part, `${fitting}, as AWS accepts ${maximum} for the ${kind} ${whole}`);
  }
}

function ofEventing({ eventing }: Partial<StackConfig>, args: NamingArgs): Composed[] {
  if (eventing === undefined) return [];
  const prefix = prefixOf(args.application, args.qualifier);
  const queues = claimedQueues(eventing).map(([queue, , at]): Composed => {
    const chosen = at.at(-1) === "name" && eventing.queues[at[1]!]?.deadLetter.name !== undefined;
    // A dead-letter queue without a name of its own is called after what it belongs to.
    const path = ["eventing", ...(chosen ? at : at.slice(0, 2))];
    return { path, part: chosen ? queue : at[1]!, whole: queueNameOf(args, queue), kind: "queue" };
  });
  const topics = Object.keys(eventing.topics).map((part): Composed => ({
    path: ["eventing", "topics", part],
    part,
    whole: `${prefix}-${part}`,
    kind: "topic",
  }));
  const functions = Object.keys(eventing.functions).map((part): Composed => {
    return {
      path: ["eventing", "functions", part],
      part,
      whole: `${prefix}-${part}-function`,
      kind: "role",
    };
  });
  return [...queues, ...topics, ...functions];
}

function ofStorage({ storage }: Partial<StackConfig>, args: NamingArgs): Composed[] {
  const prefix = prefixOf(args.application, args.qualifier);
  return Object.entries(storage?.buckets ?? {}).flatMap(([part, { replication }]) => {
    const at = { path: ["storage", "buckets", part], part };
    const copied: Composed = { ...at, whole: `${prefix}-${part}-replication`, kind: "role" };
    return [
      { ...at, whole: bucketNameOf(args, part), kind: "bucket" } as const,
      ...(replication === undefined ? [] : [copied]),
    ];
  });
}

function ofServices({ services }: Partial<StackConfig>, args: NamingArgs): Composed[] {
  const prefix = prefixOf(args.application, args.qualifier);
  return Object.entries(services ?? {}).flatMap(([service, { tasks, secrets }]) => [
    ...Object.entries(tasks).flatMap(([part, { schedule }]): Composed[] => {
      const path = ["services", service, "tasks", part];
      const whole = `${prefix}-${service}-${part}-schedule`;
      return schedule === undefined ? [] : [{ path, part, whole, kind: "role" }];
    }),
    ...Object.entries(secrets).map(([variable, { parameter }]): Composed => {
      const path = ["services", service, "secrets", variable, "parameter"];
      return {
        path,
        part: parameter,
        whole: `/${prefix}/${service}/${parameter}`,
        kind: "parameter",
      };
    }),
  ]);
}

function ofTracing({ observability }: Partial<StackConfig>, args: NamingArgs): Composed[] {
  const prefix = prefixOf(args.application, args.qualifier);
  return Object.keys(observability?.tracing.samplingRules ?? {}).map((part) => {
    const path = ["observability", "tracing", "samplingRules", part];
    return { path, part, whole: `${prefix}-${part}`, kind: "samplingRule" };
  });
}
