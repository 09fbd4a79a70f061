/** Services that call each other: ECS Service Connect, by links from one service to another. */
import { FARGATE_CPU_UNITS } from "../facts/fargate-sizes";
import { SERVICE_CONNECT } from "../facts/service-connect";
import type { Report } from "./common";
import type { ServiceConfig, ServicesConfig } from "./services";

/** Who calls whom, by key. */
export interface ServiceCalls {
  /** Services that others call. */
  readonly called: readonly string[];
  /** Services that call others. */
  readonly callers: readonly string[];
  /** All services, each after those that it calls: a task knows only those that were deployed before it. */
  readonly order: readonly string[];
}

/** Services that one calls, as its links name them. */
export function calledBy(services: ServicesConfig, name: string): string[] {
  return services[name]!.links.flatMap(({ service }) => service ?? []);
}

/** The calls of a stack; in the order of its file where nothing is called. */
export function serviceCalls(services: ServicesConfig): ServiceCalls {
  const names = Object.keys(services);
  const order: string[] = [];
  const add = (name: string, callers: readonly string[]): void => {
    if (order.includes(name) || callers.includes(name)) return;
    for (const called of calledBy(services, name)) add(called, [...callers, name]);
    order.push(name);
  };
  names.forEach((name) => add(name, []));
  return {
    called: names.filter((name) => names.some((one) => calledBy(services, one).includes(name))),
    callers: names.filter((name) => calledBy(services, name).length > 0),
    order,
  };
}

/** A called service has a port and calls no service back; both ends have room for the proxy. That a service exists is a rule of all links. */
export function serviceCallRules(services: ServicesConfig, report: Report): void {
  proxyRules(services, report);
  for (const [name, { links }] of Object.entries(services)) {
    links.forEach(({ service }, index) => {
      if (service === undefined || !Object.hasOwn(services, service)) return;
      const path = [name, "links", index, "service"];
      if (services[service]!.port === undefined) {
        report(path, service, "a service with a port");
      } else if (reaches(services, service, name)) {
        const expected = `a service that does not call ${name} itself: a task knows only services that were deployed before it`;
        report(path, service, expected);
      }
    });
  }
}

/** What calls of a service speak: ECS tells its proxies (appProtocol). */
export function callProtocol({ route, callProtocol }: ServiceConfig): "http" | "grpc" {
  return route?.protocol ?? callProtocol ?? "http";
}

/** The services that others call, once for each caller. */
const calledIn = (services: ServicesConfig): string[] =>
  Object.keys(services).flatMap((name) => calledBy(services, name));

interface Timeouts {
  readonly services?: ServicesConfig;
  readonly cluster?: { readonly loadBalancer: { readonly idleTimeoutSeconds: number } };
}

/**
 * Settings of calls are those of a called service; a rule of all services, as one that is wrong may be the caller. The load balancer
 * closes a connection before its target does. Source: User Guide for Application Load Balancers, "Connection idle timeout".
 */
export function calledRules({ services = {}, cluster }: Timeouts, report: Report): void {
  const called = calledIn(services);
  for (const [name, service] of Object.entries(services)) {
    for (const setting of ["callTimeoutSeconds", "callProtocol"] as const) {
      if (service[setting] === undefined || called.includes(name)) continue;
      const expected = "no such entry, as no service calls it";
      report(["services", name, setting], service[setting], expected);
    }
  }
  const { idleSeconds } = SERVICE_CONNECT;
  const routed = called.find((name) => services[name]?.route !== undefined);
  const idle = cluster?.loadBalancer.idleTimeoutSeconds ?? 0;
  if (routed !== undefined && idle >= idleSeconds) {
    const why = `as another service calls ${routed}, whose proxy closes a connection after ${idleSeconds} seconds without traffic: then requests on it would fail`;
    const expected = `at most ${idleSeconds - 1} seconds, ${why}`;
    report(["cluster", "loadBalancer", "idleTimeoutSeconds"], idle, expected);
  }
}

/** A port speaks one protocol, and what checks a server of gRPC is no request for a path. */
export function callProtocolRules(name: string, service: ServiceConfig, report: Report): void {
  if (service.callProtocol === undefined) return;
  if (service.route !== undefined) {
    const expected = `no such entry beside a route, whose protocol is ${service.route.protocol}`;
    report([name, "callProtocol"], service.callProtocol, expected);
  } else if (service.callProtocol === "grpc" && service.containerHealth.command === undefined) {
    const expected = "a command, as callProtocol is grpc: the default one requests a path";
    report([name, "containerHealth", "command"], undefined, expected);
  }
}

/** The proxy gets CPU that the containers leave; its 64 MiB are in what Fargate gives a task of that size at least. */
function proxyRules(services: ServicesConfig, report: Report): void {
  const called = calledIn(services);
  const { proxyCpu } = SERVICE_CONNECT;
  const least = FARGATE_CPU_UNITS.find((units) => units > proxyCpu)!;
  for (const [name, { cpu }] of Object.entries(services)) {
    const calls = calledBy(services, name).length > 0;
    if (cpu >= least || !(calls || called.includes(name))) continue;
    const because = calls ? "it calls other services" : "other services call it";
    const expected = `at least ${least} CPU units, as ${because}: the proxy of ECS Service Connect takes ${proxyCpu}`;
    report([name, "cpu"], cpu, expected);
  }
}

/** Whether a service is another, or calls it, directly or by others. */
function reaches(
  services: ServicesConfig,
  from: string,
  to: string,
  seen: readonly string[] = [],
): boolean {
  if (from === to) return true;
  if (seen.includes(from) || !Object.hasOwn(services, from)) return false;
  return calledBy(services, from).some((next) => reaches(services, next, to, [...seen, from]));
}
