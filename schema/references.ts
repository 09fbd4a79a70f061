/** Names that refer to something in another section: each exists, or the error shows the nearest one that does. */
import { expectedText, meantText, valueAt } from "../facts/problem-text";
import { ORIGIN_SECRET } from "../platform/origin-header";
import { nameRule, type Report } from "./common";
import { linkTargetRules } from "./links";
import type { ConfigProblem } from "./problems";
import type { StackConfig } from "./sections";

/** Checks the names between the sections that are valid on their own; paths begin with the section. */
export function referenceRules(config: Partial<StackConfig>, report: Report): void {
  linkRules(config, report);
  watchedRules(config, report);
}

/** Everything that services and functions refer to exists. */
function linkRules({ services, eventing, storage }: Partial<StackConfig>, report: Report): void {
  if (!eventing || !storage) return;
  const buckets = Object.keys(storage.buckets);
  const targets = {
    buckets: [...new Set([...buckets, ...Object.keys(storage.adopted)])],
    queues: Object.keys(eventing.queues),
    topics: Object.keys(eventing.topics),
    services: [],
  };
  const known = Object.keys(services ?? {});
  for (const [name, service] of Object.entries(services ?? {})) {
    const called = { ...targets, services: known };
    linkTargetRules(service.links, ["services", name, "links"], called, report);
  }
  for (const [name, settings] of Object.entries(eventing.functions)) {
    const path = ["eventing", "functions", name];
    linkTargetRules(settings.links, [...path, "links"], targets, report);
    const bucket = settings.triggers.objectCreated?.bucket;
    if (bucket !== undefined) {
      const at = [...path, "triggers", "objectCreated", "bucket"];
      nameRule(at, bucket, buckets, "the stack's buckets", report);
    }
  }
}

/** Who gets the URL of a store is a service: of the sections as they are given, as names are there beside other errors. */
export function urlRules(sections: Readonly<Record<string, unknown>>, report: Report): void {
  const known = keysOf(sections["services"]);
  if (known.length === 0) return;
  for (const name of keysOf(valueAt(sections, ["database", "urls"]))) {
    nameRule(["database", "urls", name], name, known, "the services", report);
  }
  const urls = valueAt(sections, ["cache", "urls"]);
  for (const [index, name] of Array.isArray(urls) ? urls.entries() : []) {
    if (typeof name !== "string") continue;
    nameRule(["cache", "urls", index], name, known, "the services", report);
  }
}

function keysOf(group: unknown): string[] {
  return typeof group === "object" && group !== null ? Object.keys(group) : [];
}

/** Everything that alarms and traces refer to exists. */
function watchedRules(
  { observability, eventing, services }: Partial<StackConfig>,
  report: Report,
): void {
  if (observability && eventing) {
    const queues = Object.keys(eventing.queues);
    for (const queue of Object.keys(observability.messaging.queueAgeMinutesByQueue)) {
      const at = ["observability", "messaging", "queueAgeMinutesByQueue", queue];
      nameRule(at, queue, queues, "the queues", report);
    }
  }
  if (observability && services) {
    for (const [name, { service }] of Object.entries(observability.tracing.samplingRules)) {
      if (service === undefined) continue;
      const at = ["observability", "tracing", "samplingRules", name, "service"];
      nameRule(at, service, Object.keys(services), "the services", report);
    }
  }
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
