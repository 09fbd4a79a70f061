/** Environments with all that the platform adds: AWS's limits are for the sum, which no section knows alone. */
import { entryOf } from "../facts/entry-of";
import { Arns } from "../platform/arns";
import { functionEnvironment, taskEnvironment } from "../platform/environments";
import { databaseUrlVersion, functionDatabaseParameter } from "../platform/function-database";
import { resolveLinks } from "../platform/link-resolver";
import { mapped } from "../platform/records";
import { type EnvironmentLimit, OF_FUNCTION, OF_TASK, type Report } from "./common";
import type { LinkConfig } from "./links";
import { namesOf } from "./names-of";
import type { StackConfig } from "./sections";

/** Environments that only the additions make too long; a section says where its own variables are too many. */
export function environmentSizeRules(config: Partial<StackConfig>, report: Report): void {
  const { naming, region, accountId, storage, eventing, services, database } = config;
  if (!naming || !region || !accountId || !storage || !database) return;
  const names = namesOf({ naming });
  const arns = new Arns({ partition: "aws", region, accountId });
  const ports = services && mapped(services, ({ port }) => port);
  const linked = (links: readonly LinkConfig[]) => {
    const keys = { keyAlias: "", managedBuckets: [], adopted: storage.adopted };
    // A link to nothing is reported with the links.
    const whole = links.filter(({ bucket, queue, topic, service }) =>
      service === undefined ? (bucket ?? queue ?? topic) : entryOf(ports ?? {}, service),
    );
    const resolved = resolveLinks(arns, names, { storage: keys, messaging: "", ports }, whole);
    return Object.assign({}, ...resolved.map(({ environment }) => environment)) as Variables;
  };
  const rule = (
    path: readonly string[],
    own: Variables,
    all: Variables,
    { most, bytes, counted }: EnvironmentLimit,
  ) => {
    if (bytes(own) > most || bytes(all) <= most) return;
    const added = Object.keys(all).filter((name) => !Object.hasOwn(own, name));
    const expected = `at most ${most} ${counted} with those that the platform adds (${added.join(", ")})`;
    report(path, bytes(all), expected);
  };
  for (const [name, fn] of Object.entries(eventing?.functions ?? {})) {
    const parameter = functionDatabaseParameter(names, name, fn);
    const all = functionEnvironment(fn.environment, {
      links: linked(fn.links),
      database:
        parameter === undefined
          ? undefined
          : { parameter, version: databaseUrlVersion(database, name) },
    });
    const path = ["eventing", "functions", name, "environment"];
    rule(path, fn.environment, all, OF_FUNCTION);
  }
  for (const [name, service] of Object.entries(services ?? {})) {
    const all = taskEnvironment(service.environment, {
      links: linked(service.links),
      tracedAs: service.tracing ? names.of(`${name}-service`, "service") : undefined,
      port: service.port,
    });
    rule(["services", name, "environment"], service.environment, all, OF_TASK);
  }
}

type Variables = Readonly<Record<string, string>>;
