/** What a service that is deployed keeps for its life, and the refusal of another value. */
import type { ConfigProblem } from "./problems";
import { callProtocol, serviceCalls } from "./service-calls";
import type { ServiceConfig, ServicesConfig } from "./services";

/** How such a change is made: a second service beside the first. */
export const SERVICE_CHANGE_RUNBOOK = "docs/runbooks/service-change.md";

/**
 * The settings that no update of a living service can change, by their path below `crm:services.<name>`. ECS moves the target
 * groups itself, so that a plan must leave `loadBalancers` of the service alone: it is never updated.
 */
const KEPT = {
  /** The target group's port replaces it, and one that a service and its rules use cannot be deleted. */
  port: ({ port }) => port ?? "none",
  /** Target groups are given at the beginning, and never again. */
  route: ({ route }) => (route === undefined ? "none" : "public"),
  /** The target group's protocol version replaces it as well. */
  "route.protocol": ({ route }) => route?.protocol ?? "http",
  /** "appProtocol is immutable in a Service Connect service" (ECS API reference, PortMapping). Only a called one has it; a route has its own. */
  callProtocol: (service, name, services) =>
    service.route === undefined && serviceCalls(services).called.includes(name)
      ? callProtocol(service)
      : "none",
  /** ECS requires the container named at creation; it refuses a task definition without it. */
  containerName: ({ containerName }, name) => containerName ?? `${name}-service`,
  /** Changes on both target groups at once: the running version gets requests for a path that only the next one answers. */
  "targetHealth.path": ({ targetHealth }) => targetHealth.path,
  /** Only from or to `rolling`, which has one target group and no rules: the others share theirs. */
  "deployment.strategy": ({ deployment }) => deployment.strategy,
} satisfies Record<
  string,
  (service: ServiceConfig, name: string, services: ServicesConfig) => string | number
>;

export type KeptSetting = keyof typeof KEPT;

/** Services that are deployed, by name, with the values that they keep. */
export type LivingServices = Readonly<
  Record<string, Readonly<Record<KeptSetting, string | number>>>
>;

/** The record of a stack's services. */
export function livingServices(services: ServicesConfig): LivingServices {
  return Object.fromEntries(
    Object.entries(services).map(([name, service]) => [
      name,
      Object.fromEntries(
        Object.entries(KEPT).map(([setting, valueOf]) => [
          setting,
          valueOf(service, name, services),
        ]),
      ),
    ]),
  ) as LivingServices;
}

/** Where the record of a stack is, below its project's folder: `npm run accept` writes it. */
export function livingServicesFile(stack: string): string {
  return `operations/accepted/${stack}.services.json`;
}

/** One problem for each setting that differs from the record. A new or removed service has none. */
export function livingServiceProblems(
  recorded: LivingServices,
  services: ServicesConfig,
  stack: string,
): ConfigProblem[] {
  const planned = livingServices(services);
  return Object.entries(recorded).flatMap(([name, kept]) =>
    Object.entries(planned[name] ?? {})
      .filter(([setting, value]) => !isTaken(setting, kept[setting as KeptSetting], value))
      .map(([setting, value]) => {
        const key = `crm:services.${name}.${setting}`;
        return {
          key,
          message:
            `${key}: expected ${JSON.stringify(kept[setting as KeptSetting])}, which the deployed service has, got ` +
            `${JSON.stringify(value)}. A deployed service cannot change it: ${SERVICE_CHANGE_RUNBOOK} creates a second one ` +
            `beside it. If ${name} was never deployed, take it out of ${livingServicesFile(stack)}.`,
        };
      }),
  );
}

function isTaken(setting: string, kept: string | number | undefined, value: string | number) {
  if (kept === undefined || kept === value) return true;
  if (setting === "callProtocol") return kept === "none" || value === "none";
  return setting === "deployment.strategy" && kept !== "rolling" && value !== "rolling";
}
