/** Connections that the configuration needs and the network's rules have to allow. */
import { portText, ruleText, type EgressRule } from "../platform/security-rules";
import type { Report } from "./common";
import type { StackConfig } from "./sections";
import { calledBy } from "./service-calls";
import { routeOf, type ServicesConfig } from "./services";

/** A needed connection: members of one group reach a port of another. */
interface Connection {
  readonly from: "ecs" | "functions";
  readonly to: "rds" | "elasticache" | "ecs";
  readonly port: number;
  /** The services or functions that need it. */
  readonly users: readonly string[];
}

/**
 * A service or function that gets the URL of a store can open its port, and the load balancer those of the services. That the other end accepts
 * what one may open is a rule of the network.
 */
export function connectionRules(config: Partial<StackConfig>, report: Report): void {
  const { network, services } = config;
  if (!network) {
    return;
  }
  const groups = network.securityGroups;
  for (const { from, to, port, users } of connections(config)) {
    const { egress } = groups[from];
    if (users.length > 0 && !egress.some((rule) => opens(rule, to, port))) {
      const expected = `a rule for tcp ${port} to ${to}, as ${users.join(", ")} ${users.length > 1 ? "get" : "gets"} its URL`;
      report(["network", "securityGroups", from, "egress"], egress.map(text), expected);
    }
  }
  const open = groups.alb.egress.filter(({ destination }) => destination === "ecs");
  for (const [name, service] of Object.entries(services ?? {})) {
    const port = routeOf(service)?.port;
    if (port !== undefined && !open.some((rule) => opens(rule, "ecs", port))) {
      const ports = open.map((rule) => portText(rule.port)).join(", ");
      const expected = `a port that crm:network.securityGroups.alb may open to ecs: ${ports}`;
      report(["services", name, "port"], port, expected);
    }
  }
}

function connections({
  database,
  cache,
  eventing,
  services = {},
}: Partial<StackConfig>): Connection[] {
  const readers = Object.entries(eventing?.functions ?? {})
    .filter(([, { databaseUrl }]) => databaseUrl !== undefined)
    .map(([name]) => name);
  return [
    ...(database
      ? [
          {
            from: "ecs",
            to: "rds",
            port: database.port,
            users: Object.keys(database.urls),
          } as const,
          { from: "functions", to: "rds", port: database.port, users: readers } as const,
        ]
      : []),
    ...(cache
      ? [{ from: "ecs", to: "elasticache", port: cache.port, users: cache.urls } as const]
      : []),
    ...Object.entries(services).flatMap(([name, { port }]) =>
      port === undefined
        ? []
        : [{ from: "ecs", to: "ecs", port, users: callersOf(services, name) } as const],
    ),
  ];
}

function callersOf(services: ServicesConfig, name: string): string[] {
  return Object.keys(services).filter((one) => calledBy(services, one).includes(name));
}

function opens(rule: EgressRule, destination: string, port: number): boolean {
  return (
    rule.destination === destination &&
    rule.protocol === "tcp" &&
    rule.port.from <= port &&
    port <= rule.port.to
  );
}

function text(rule: EgressRule): string {
  return ruleText({ ...rule, direction: "egress", peer: rule.destination });
}
