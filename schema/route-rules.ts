/** Which service the load balancer sends a request to, and what the edge needs of routes. */
import { coversPaths, PATH_CONDITION } from "../facts/path-conditions";
import type { Report } from "./common";
import type { EdgeConfig } from "./edge";
import type { StackConfig } from "./sections";
import type { ServicesConfig } from "./services";

/**
 * The service that gets requests to a path: of the rules that match, the one with the lowest number.
 *
 * @param host first label of the request's host; without it, one that no route names
 */
export function serviceAt(
  services: ServicesConfig,
  path: string,
  host?: string,
): string | undefined {
  const matching = Object.entries(services).flatMap(([name, { route }]) =>
    route !== undefined &&
    (route.hosts.length === 0 || (host !== undefined && route.hosts.includes(host))) &&
    route.paths.some((pattern) => coversPaths(pattern, path))
      ? [{ name, priority: route.priority }]
      : [],
  );
  return matching.sort((one, other) => one.priority - other.priority)[0]?.name;
}

/** Hosts and gRPC need a domain and its certificate; a host has one user; what is requested from outside is answered. */
export function routeRules({ edge, services }: Partial<StackConfig>, report: Report): void {
  if (!edge || !services) return;
  hostRules(edge, services, report);
  checkedRules(edge, services, report);
}

function hostRules(edge: EdgeConfig, services: ServicesConfig, report: Report): void {
  const { app, api, ...inner } = edge.hosts;
  const taken = [
    ...Object.values(inner),
    ...Object.keys(edge.zone.delegations),
    // Without CloudFront they lead to the load balancer, as every other host.
    ...(edge.distribution.enabled ? [app, api] : []),
  ];
  for (const [name, { route }] of Object.entries(services)) {
    if (route === undefined) continue;
    const path = ["services", name, "route"];
    if (edge.domain === undefined && route.protocol === "grpc") {
      const expected = "http without crm:edge.domain: a load balancer takes gRPC over HTTPS only";
      report([...path, "protocol"], route.protocol, expected);
    }
    route.hosts.forEach((host, index) => {
      if (edge.domain === undefined) {
        report([...path, "hosts", index], host, "no host without crm:edge.domain");
      } else if (taken.includes(host)) {
        const expected = "a label that neither crm:edge.hosts nor zone.delegations has";
        report([...path, "hosts", index], host, expected);
      } else if (`${host}.${edge.domain}`.length > PATH_CONDITION.characters) {
        const expected = `a host of at most ${PATH_CONDITION.characters} characters with the domain`;
        report([...path, "hosts", index], host, expected);
      }
    });
  }
}

/**
 * Health checkers and a deployment's last requests get an answer. The checkers ask a host that no route may name: the API's behind
 * CloudFront, else the primary region's own.
 */
function checkedRules(edge: EdgeConfig, services: ServicesConfig, report: Report): void {
  const isAnswered = (path: string, host?: string) => {
    const name = serviceAt(services, path, host);
    return name !== undefined && services[name]?.route?.protocol === "http";
  };
  const { domain, healthCheck, probePaths, hosts, distribution } = edge;
  // Without a domain nothing asks from outside but a deployment, and that for this path where no other is set.
  const isAsked =
    domain !== undefined ||
    (probePaths === undefined && Object.values(services).some(({ route }) => route !== undefined));
  if (isAsked && !isAnswered(healthCheck.path)) {
    const expected = "a path that a route of crm:services without hosts and gRPC takes";
    report(["edge", "healthCheck", "path"], healthCheck.path, expected);
  }
  const host = distribution.enabled ? undefined : hosts.api;
  probePaths?.forEach((path, index) => {
    if (path === healthCheck.path || isAnswered(path, host)) return;
    const expected = `a path that a route of crm:services without gRPC takes at the API's host`;
    report(["edge", "probePaths", index], path, expected);
  });
}
