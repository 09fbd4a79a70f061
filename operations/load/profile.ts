/** What a load test sends: a profile of the capacity model, to the routes of the plan, by the shares that are assumed. */
import { addressRules } from "../../analysis/capacity/edge-limits";
import type { Load } from "../../analysis/capacity/load";
import type { Service } from "../../analysis/capacity/services";
import { profilesFor, type Profile } from "../../analysis/capacity/sim-of-plan";
import { records, value } from "../../analysis/recovery/resources";
import { type PathCondition, pathPatterns } from "../../facts/path-conditions";
import { expectedText } from "../../facts/problem-text";
import { nameOf, readNamedJson } from "../../tools/named-file";
import type { Request } from "./driver";

const RULE = "aws:lb/listenerRule:ListenerRule";
const TARGET_GROUP = "aws:lb/targetGroup:TargetGroup";

export type ProfileId = Profile["id"];
/** Names of the profiles, with any load. */
export const PROFILES: readonly ProfileId[] = profilesFor(1).map(({ id }) => id);

/** A profile in the time of a test. */
export interface TestProfile {
  readonly name: string;
  readonly seconds: number;
  /** Requests a second of the public API. */
  readonly rateAt: (second: number) => number;
  /** The same for each second. */
  readonly rates: readonly number[];
}

/**
 * A profile whose time is shortened to the test's.
 *
 * @param rps requests a second at the edge in the busiest hour; the part for the load balancer is sent
 */
export function testProfile(load: Load, id: ProfileId, rps: number, minutes: number): TestProfile {
  const { name, seconds, rateAt } = profilesFor(rps).find((one) => one.id === id)!;
  const [, apiShare] = load.apiShare.value;
  const faster = seconds / (60 * minutes);
  const rateOfTest = (second: number) => apiShare * rateAt(second * faster);
  const rates = Array.from({ length: Math.ceil(60 * minutes) }, (_, second) => rateOfTest(second));
  return { name, seconds: 60 * minutes, rateAt: rateOfTest, rates };
}

/**
 * One request by service: to the first path that the load balancer leads there, by the shares that are assumed. None to a
 * service that has a host of its own: requests name the API's.
 */
export function requestsOfPlan(load: Load): Request[] {
  const rules = load.stack.ofType(RULE);
  const requests = load.services.flatMap((service): Omit<Request, "share">[] => {
    const [pattern] = rules
      .filter((rule) => leadsTo(rule.references["actions"] ?? [], service))
      .map((rule) => records(value(rule, "conditions")))
      .filter((conditions) => conditions.every(({ hostHeader }) => hostHeader === undefined))
      .flat()
      .flatMap(({ pathPattern }) => pathPatterns((pathPattern ?? {}) as PathCondition));
    if (pattern === undefined) return [];
    return [{ service: service.name, method: "GET", path: pattern.replaceAll("*", "") }];
  });
  return shared(load, requests);
}

function leadsTo(actions: readonly string[], { resource }: Service): boolean {
  const own = Object.values(resource.references).flat();
  return actions.some((urn) => urn.includes(`${TARGET_GROUP}::`) && own.includes(urn));
}

/** Shares by service as assumed, in equal parts for its requests; of those that are tested, so that the sum is 1. */
function shared(load: Load, requests: readonly Omit<Request, "share">[]): Request[] {
  const shareOf = ({ service }: Omit<Request, "share">) => {
    const known = load.services.find(({ name }) => name === service)!;
    const beside = requests.filter((one) => one.service === service).length;
    return load.share(known).value[1] / beside;
  };
  const all = requests.reduce((sum, one) => sum + shareOf(one), 0);
  return requests.map((one) => ({ ...one, share: shareOf(one) / all }));
}

/** The requests of a file, a list of service, method, path and body. @throws with everything that is wrong with it */
export function requestsOfFile(load: Load, file: string): Request[] {
  const problems: string[] = [];
  const report = (key: string, expected: string, got: unknown) =>
    problems.push(expectedText(`${nameOf(file)}: ${key}`, expected, got));
  const given = readNamedJson(file, "a list of requests");
  const list = Array.isArray(given) ? (given as unknown[]) : [];
  if (list.length === 0) report("the file", "a list of requests", given);
  const known = load.services.map(({ name }) => name);
  const requests = list.map((one, index) => {
    const at = `[${index}]`;
    const { service, method = "GET", path, body, ...rest } = (one ?? {}) as Record<string, unknown>;
    if (!known.includes(service as string)) {
      report(`${at}.service`, `one of ${known.join(", ")}`, service);
    }
    if (typeof method !== "string" || !/^[A-Z]+$/.test(method)) {
      report(`${at}.method`, "a method such as GET", method);
    }
    // A second slash would begin another host.
    if (typeof path !== "string" || !/^\/(?!\/)/.test(path)) {
      report(`${at}.path`, "a path that begins with one /", path);
    }
    Object.keys(rest).forEach((name) =>
      report(`${at}.${name}`, "service, method, path or body", rest[name]),
    );
    const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
    return {
      ...{ service: String(service), method: String(method), path: String(path) },
      ...(text !== undefined && { body: text }),
    };
  });
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return shared(load, requests);
}

/** Why a firewall would block the machine that sends: all requests come from one address. */
export function blockedBy(load: Load, { rates }: TestProfile): string[] {
  return addressRules(load.stack).flatMap(({ acl, most, windowSeconds }) => {
    let [sum, busiest] = [0, 0];
    for (const [second, rate] of rates.entries()) {
      sum += rate - (rates[second - windowSeconds] ?? 0);
      busiest = Math.max(busiest, sum);
    }
    return busiest <= most
      ? []
      : [
          `${acl.name}: expected at most ${most} requests of one address in ${windowSeconds} s, got ${Math.ceil(busiest)}`,
        ];
  });
}
