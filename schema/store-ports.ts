/** Ports of database and cache in the network's rules: named, so that one value moves instance, rules and URLs. */
import { CACHE_PORT } from "./cache";
import { isGroup } from "./common";
import { DATABASE_PORT } from "./database";

/** Words for a port, each with the section that sets it and the default. */
const PORTS: Readonly<Record<string, number>> = { database: DATABASE_PORT, cache: CACHE_PORT };

/** The sections with numbers in place of the words; the schema judges all other values. */
export function withStorePorts(
  sections: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { network } = sections;
  if (!isGroup(network) || !isGroup(network["securityGroups"])) {
    return sections;
  }
  const port = (word: unknown): unknown => {
    if (typeof word !== "string" || !Object.hasOwn(PORTS, word)) {
      return word;
    }
    const section = sections[word];
    return isGroup(section) && Number.isInteger(section["port"]) ? section["port"] : PORTS[word];
  };
  const rules = (list: unknown): unknown =>
    Array.isArray(list)
      ? list.map((rule: unknown) =>
          isGroup(rule) && "port" in rule ? { ...rule, port: port(rule["port"]) } : rule,
        )
      : list;
  const groups = Object.entries(network["securityGroups"]).map(([name, group]) => [
    name,
    isGroup(group)
      ? Object.fromEntries(Object.entries(group).map(([key, list]) => [key, rules(list)]))
      : group,
  ]);
  return {
    ...sections,
    network: { ...network, securityGroups: Object.fromEntries(groups) as unknown },
  };
}
