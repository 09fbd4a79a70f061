/**
 * Names that refer to something else in the stack file: each exists, or the error shows the nearest one that does. They are judged
 * as the file gives them, so that one that is wrong is found beside any other error.
 */
import { expectedText, meantText } from "../facts/problem-text";
import { topicDeadLetters } from "../platform/dead-letters";
import { ORIGIN_SECRET } from "../platform/origin-header";
import { isGroup, nameRule, type Report } from "./common";
import type { ConfigProblem } from "./problems";
import type { StackConfig } from "./sections";

/** A setting that names something. A path's `*` is each entry of a group or list, `<key>` the key of each. */
interface Reference {
  readonly at: string;
  /** Where that something stands: groups whose keys are the names, or names themselves. */
  readonly known: readonly string[];
  /** What has a dead-letter queue of its own, which is known as well. @default nothing */
  readonly deadLetters?: readonly string[];
  /** What `known` is, in the error. */
  readonly of: string;
}

const QUEUES = { known: ["eventing.queues.<key>"], of: "the queues" };
const SERVICES = { known: ["services.<key>"], of: "the services" };
const BUCKETS = { known: ["storage.buckets.<key>"], of: "the stack's buckets" };
const FUNCTIONS = { known: ["eventing.functions.<key>"], of: "crm:eventing.functions" };

const REFERENCES: readonly Reference[] = [
  ...["services.*", "eventing.functions.*"].flatMap((owner) => [
    {
      at: `${owner}.links.*.bucket`,
      ...BUCKETS,
      known: [...BUCKETS.known, "storage.adopted.<key>"],
    },
    { at: `${owner}.links.*.queue`, ...QUEUES, of: "the stack's queues" },
    { at: `${owner}.links.*.topic`, known: ["eventing.topics.<key>"], of: "the stack's topics" },
  ]),
  { at: "services.*.links.*.service", ...SERVICES, of: "the stack's services" },
  { at: "services.*.scaling.backlog.queue", ...QUEUES },
  { at: "eventing.functions.*.triggers.objectCreated.bucket", ...BUCKETS },
  { at: "eventing.functions.*.triggers.queue.queue", ...QUEUES },
  { at: "eventing.topics.*.subscriptions.*.queue", ...QUEUES },
  { at: "observability.messaging.queueAgeMinutesByQueue.<key>", ...QUEUES },
  { at: "observability.tracing.samplingRules.*.service", ...SERVICES },
  { at: "database.urls.<key>", ...SERVICES },
  {
    at: "database.users.<key>",
    known: [...SERVICES.known, ...FUNCTIONS.known],
    of: "the services and functions",
  },
  { at: "cache.urls.*", ...SERVICES },
  { at: "edge.assetsBucket", ...BUCKETS },
  { at: "recovery.plan.buckets.*", ...BUCKETS },
  { at: "recovery.configuration.bucket", ...BUCKETS },
  { at: "naming.bucketNames.<key>", ...BUCKETS, of: "crm:storage.buckets" },
  { at: "naming.logGroupNames.<key>", ...FUNCTIONS },
  {
    at: "naming.queueNames.<key>",
    known: [...QUEUES.known, "eventing.queues.*.deadLetter.name"],
    deadLetters: ["queues", "topics", "functions"].map((kind) => `eventing.${kind}.<key>`),
    of: "the queues of crm:eventing",
  },
];

type Sections = Readonly<Record<string, unknown>>;
type Place = readonly [path: (string | number)[], value: unknown];

/** Checks the names in all sections; paths begin with the section. */
export function referenceRules(sections: Sections, report: Report): void {
  for (const { at, known, deadLetters = [], of } of REFERENCES) {
    // Of a section that is not there, or that is no group, nothing is known.
    const [group = ""] = known[0]!.split(".<key>");
    if (!isGroup(placesOf(sections, group)[0]?.[1])) continue;
    const names = [
      ...known.flatMap((path) => namesAt(sections, path)),
      ...deadLetters.flatMap((path) => namesAt(sections, path)).map(topicDeadLetters),
    ];
    for (const [path, name] of placesOf(sections, at)) {
      if (typeof name === "string") nameRule(path, name, [...new Set(names)], of, report);
    }
  }
}

const namesAt = (sections: Sections, path: string) =>
  placesOf(sections, path).flatMap(([, name]) => (typeof name === "string" ? [name] : []));

/** What stands at a path, each with its own. */
function placesOf(sections: Sections, path: string): Place[] {
  return path
    .split(".")
    .reduce<Place[]>(
      (places, part) => places.flatMap(([at, value]) => inside(at, value, part)),
      [[[], sections]],
    );
}

function inside(at: Place[0], value: unknown, part: string): Place[] {
  if (Array.isArray(value)) {
    const items = value as readonly unknown[];
    return part === "*" ? items.map((item, index): Place => [[...at, index], item]) : [];
  }
  if (!isGroup(value)) return [];
  if (part === "<key>") return Object.keys(value).map((key): Place => [[...at, key], key]);
  const keys = part === "*" ? Object.keys(value) : [part];
  return keys
    .filter((key) => Object.hasOwn(value, key))
    .map((key): Place => [[...at, key], value[key]]);
}

/** Values of `crm:secrets` that no setting names; an extension of the stack's own may read any. */
export function unusedSecrets(
  { services, extensions }: Pick<StackConfig, "services" | "extensions">,
  given: readonly string[],
): ConfigProblem[] {
  if (extensions.length > 0) return [];
  const known = Object.values(services).flatMap(({ secrets }) =>
    Object.values(secrets).flatMap(({ source, secret, parameter }) =>
      source === "config" ? [secret ?? parameter] : [],
    ),
  );
  return given
    .filter((name) => name !== ORIGIN_SECRET && !known.includes(name))
    .map((name) => {
      const key = `crm:secrets.${name}`;
      const said = expectedText(key, "a value that a service's secrets name", name);
      const message = said + meantText(name, known);
      const help = "`pulumi config rm --path crm:secrets.<name>` removes a value.";
      return { key, message, help };
    });
}
