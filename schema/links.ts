/** What a service or function may use: the `links` of `crm:services` and `crm:eventing.functions`. */
import type { z } from "zod";

import { linkVariable } from "../platform/link-resolver";
import { group, list, oneOf, queueWord, word, type Report } from "./common";

/** The kinds of target and what each allows. */
const ACCESS = {
  bucket: ["read", "write", "read-write"],
  queue: ["send", "receive", "send-receive"],
  topic: ["publish"],
  service: ["call"],
} as const;

type Kind = keyof typeof ACCESS;

const KINDS = Object.keys(ACCESS) as Kind[];

/** What a function may link to. */
export const DATA_KINDS: readonly Kind[] = ["bucket", "queue", "topic"];

const DATA_TARGETS = {
  bucket: word().optional().describe("Linked bucket, by its key in the stack file"),
  queue: queueWord().optional().describe("Linked queue, by its key in the stack file"),
  topic: queueWord().optional().describe("Linked topic, by its key in the stack file"),
};

const DATA_ACCESS = [...ACCESS.bucket, ...ACCESS.queue, ...ACCESS.topic] as const;

const DATA_ALLOWS =
  "What is allowed: read, write or read-write for a bucket, send, receive or send-receive for a queue, publish for a topic";

/** One link of a function: exactly one target and what its user may do with it. */
const dataLinkSchema = group({
  ...DATA_TARGETS,
  access: oneOf(DATA_ACCESS).describe(DATA_ALLOWS),
});

/** One link of a service, which may also call another one. */
const linkSchema = group({
  ...DATA_TARGETS,
  service: word()
    .optional()
    .describe(
      "Called service, by its key in the stack file, which is its host name (ECS Service Connect): both get a proxy, which takes 256 of the task's CPU units (docs/decisions.md); tasks that run once get no address. The deployment role needs servicediscovery: crm-bootstrap:stacks.<stack>.extraServices",
    ),
  access: oneOf([...DATA_ACCESS, ...ACCESS.service]).describe(`${DATA_ALLOWS}, call for a service`),
});

/** All links of one service. */
export const linksSchema = list(linkSchema, 0, 20, "links")
  .default([])
  .describe(
    "Buckets, queues, topics and services that the code may use; each also sets an environment variable",
  );

/** All links of one function. */
export const functionLinksSchema = list(dataLinkSchema, 0, 20, "links")
  .default([])
  .describe(
    "Buckets, queues and topics that the code may use; each also sets an environment variable",
  );

/** A link of a service, or of a function, which has no `service`. */
export type LinkConfig = z.infer<typeof linkSchema>;

/**
 * Each link names one target, with an access that this kind of target allows, and no two are the same; `path`
 * leads to the list, `kinds` are those that may be linked.
 */
export function linkRules(
  links: readonly LinkConfig[],
  path: readonly (string | number)[],
  report: Report,
  kinds: readonly Kind[] = KINDS,
): void {
  const seen = new Set<string>();
  const variables = new Map<string, string>();
  links.forEach((link, index) => {
    const named = KINDS.filter((kind) => link[kind] !== undefined);
    const [kind] = named;
    if (kind === undefined || named.length > 1) {
      report([...path, index], named.join(" and ") || "no target", `one of ${kinds.join(", ")}`);
      return;
    }
    const target = `${kind} ${link[kind]}`;
    if (seen.has(target)) {
      report([...path, index, kind], link[kind], `a ${kind} without another link in the list`);
    }
    const variable = linkVariable(link);
    const other = variables.get(variable);
    if (other !== undefined && !seen.has(target)) {
      report([...path, index, kind], link[kind], `no link beside ${other}: both set ${variable}`);
    }
    variables.set(variable, target);
    seen.add(target);
    const accepted: readonly string[] = ACCESS[kind];
    if (!accepted.includes(link.access)) {
      report(
        [...path, index, "access"],
        link.access,
        `${accepted.join(", ").replace(/, (?=[^,]*$)/, " or ")} for a ${kind}`,
      );
    }
  });
}

/** No variable of the settings has the name of one that a link sets. */
export function linkVariableRules<K extends string>(
  settings: Readonly<Record<K, Readonly<Record<string, unknown>>>> & {
    readonly links: readonly LinkConfig[];
  },
  path: readonly (string | number)[],
  keys: readonly K[],
  report: Report,
): void {
  const linked = settings.links
    .filter((link) => KINDS.some((kind) => link[kind] !== undefined))
    .map(linkVariable);
  for (const key of keys) {
    for (const variable of Object.keys(settings[key])) {
      if (linked.includes(variable)) {
        report([...path, key, variable], "a variable", "another name: a link sets this one");
      }
    }
  }
}
