/** Who connects to which database, with how many connections at most, and how many it accepts. */
import {
  acceptedConnections,
  CONNECTION_SHARE,
  RESERVED_CONNECTIONS,
} from "../../facts/capacity-limits";
import {
  INSTANCE_CLASSES,
  knownMemoryGiB,
  MAX_CONNECTIONS,
  maximumConnections,
} from "../../facts/instance-memory";
import { SERVICE_QUOTAS } from "../../facts/service-quotas";
import {
  number,
  records,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "../recovery/resources";
import { known, planned, type Figure, type Range } from "./figures";
import { containersOf, servicesOf, type Service } from "./services";

export const DATABASE = "aws:rds/instance:Instance";
const GROUP = "aws:rds/parameterGroup:ParameterGroup";
const FUNCTION = "aws:lambda/function:Function";
/** Where the address of a database is handed over, and in which property. */
const CARRIERS: Readonly<Record<string, string>> = {
  "aws:ssm/parameter:Parameter": "value",
  "aws:secretsmanager/secretVersion:SecretVersion": "secretString",
};

/** The variable that bounds a service's pool. */
export const POOL_VARIABLE = "DB_POOL_MAX";

/** A service and how many connections a task of it opens at most. */
export interface ServiceClient {
  readonly service: Service;
  /** Undefined where no variable says so. */
  readonly pool?: number;
}

/** A function and how many of it run at a time; each has one connection. */
export interface FunctionClient {
  readonly resource: RecoveryResource;
  readonly executions: Figure;
}

/** A database with its clients. */
export interface Database {
  readonly resource: RecoveryResource;
  /** What it accepts; the figures that this follows from. Undefined where its class is not known. */
  readonly accepts?: { readonly connections: Range; readonly figures: readonly Figure[] };
  readonly services: readonly ServiceClient[];
  readonly functions: readonly FunctionClient[];
}

/** The databases of a stack, with what is handed their addresses. */
export function databasesOf(stack: RecoveryStack, variable = POOL_VARIABLE): Database[] {
  const services = servicesOf(stack);
  return stack.ofType(DATABASE).map((resource) => {
    const handed = handing(stack, resource);
    return {
      resource,
      ...acceptedBy(stack, resource),
      services: services.flatMap((service): ServiceClient[] => {
        const pool = variableOf(service, variable);
        return gets(service, handed) ? [{ service, ...(pool !== undefined && { pool }) }] : [];
      }),
      functions: stack.ofType(FUNCTION).flatMap((one): FunctionClient[] => {
        const environment = JSON.stringify(value(one, "environment") ?? {});
        return handed(environment) ? [{ resource: one, executions: executionsOf(stack, one) }] : [];
      }),
    };
  });
}

/** Connections that an instance accepts of those who are no superuser. */
function acceptedBy(stack: RecoveryStack, resource: RecoveryResource): Pick<Database, "accepts"> {
  const reserved = known("reserved", RESERVED_CONNECTIONS.count, "", RESERVED_CONNECTIONS);
  const [group] = stack.noting(() => stack.madeOf(resource, "parameterGroupName", GROUP)).result;
  const own = group && ownMaximum(group);
  if (group !== undefined && own !== undefined) {
    const figures = [planned("max_connections", own, "", group, "parameters"), reserved];
    const accepted = own - RESERVED_CONNECTIONS.count;
    return { accepts: { connections: [accepted, accepted], figures } };
  }
  const gib = knownMemoryGiB(text(resource, "instanceClass") ?? "");
  if (gib === undefined) return {};
  return {
    accepts: {
      connections: acceptedConnections(gib),
      figures: [
        planned("memory by class", gib, "GiB", resource, "instanceClass"),
        known("memory of classes", gib, "GiB", INSTANCE_CLASSES),
        known("max_connections by the formula", maximumConnections(gib), "", MAX_CONNECTIONS),
        known("share of the formula", CONNECTION_SHARE.share, "", CONNECTION_SHARE),
        reserved,
      ],
    },
  };
}

function ownMaximum(group: RecoveryResource): number | undefined {
  const row = records(value(group, "parameters")).find(({ name }) => name === "max_connections");
  const own = Number(row?.["value"] ?? NaN);
  return Number.isFinite(own) ? own : undefined;
}

/** Executions of a function at a time: what is reserved, what its queue may start, else what an account has. */
function executionsOf(stack: RecoveryStack, one: RecoveryResource): Figure {
  const reserved = number(one, "reservedConcurrentExecutions") ?? -1;
  if (reserved >= 0) {
    return planned("executions", reserved, "", one, "reservedConcurrentExecutions");
  }
  const name = text(one, "name");
  const mapping = stack
    .ofType("aws:lambda/eventSourceMapping:EventSourceMapping")
    .find((each) => name !== undefined && text(each, "functionName")?.includes(`:${name}`));
  const scaling = mapping && (value(mapping, "scalingConfig") as { maximumConcurrency?: unknown });
  const most = Number(scaling?.maximumConcurrency ?? NaN);
  if (mapping !== undefined && Number.isFinite(most)) {
    return planned("executions", most, "", mapping, "scalingConfig.maximumConcurrency");
  }
  const quota = SERVICE_QUOTAS.lambdaConcurrency;
  return known("executions", quota.usual, "", quota);
}

/** Whether a text names something that hands a store's address over: at the end of an ARN, or alone. */
export type Handed = (text: string) => boolean;

/** What hands the address of a database or cache over, as a test on texts. */
export function handing(stack: RecoveryStack, store: RecoveryResource): Handed {
  const names = Object.entries(CARRIERS).flatMap(([type, property]) =>
    stack
      .ofType(type)
      .filter(({ references }) => (references[property] ?? []).includes(store.urn))
      .flatMap((carrier) => stack.noting(() => text(carrier, "name")).result ?? []),
  );
  return (given) =>
    names.some((name) => name !== "" && (given.includes(`${name}"`) || given.includes(`${name}:`)));
}

/** Whether a service's containers get the address. */
export function gets({ definition }: Service, handed: Handed): boolean {
  const secrets = definition ? containersOf(definition).flatMap((one) => one.secrets ?? []) : [];
  return secrets.some(({ valueFrom }) => handed(`${valueFrom}"`));
}

/** A number in a variable of a service's containers; undefined where there is none. */
function variableOf({ definition }: Service, variable: string): number | undefined {
  const all = definition ? containersOf(definition).flatMap((one) => one.environment ?? []) : [];
  const found = Number(all.find(({ name }) => name === variable)?.value ?? NaN);
  return Number.isFinite(found) ? found : undefined;
}

/** What a database's clients take at most, and what that is made of. */
export interface Demand {
  readonly tasks: number;
  readonly functions: number;
  readonly spare: number;
  readonly total: number;
  /** A line each: `crm-core: 15 tasks x 2 x 10`. */
  readonly parts: readonly string[];
}

/**
 * Connections of all clients with every service at its largest and in a deployment.
 *
 * @param pools connections of a task where no variable says so
 * @param spare connections for migrations, monitoring and people
 * @param account executions that functions without a bound of their own have together
 */
export function demandOn(
  { services, functions }: Pick<Database, "services" | "functions">,
  pools: number,
  spare: number,
  account: number = SERVICE_QUOTAS.lambdaConcurrency.usual,
): Demand {
  const ofTasks = services.map(({ service, pool = pools }) => {
    const { name, most, deploying } = service;
    return {
      count: most * deploying * pool,
      text: `${name}: ${most} tasks x ${deploying} x ${pool}`,
    };
  });
  const isBound = ({ executions }: FunctionClient) => executions.origin.from === "plan";
  const unbound = functions.filter((one) => !isBound(one)).map(({ resource }) => resource.name);
  const ofFunctions = [
    ...functions.filter(isBound).map(({ resource, executions }) => ({
      count: executions.value[1],
      text: `${resource.name}: ${executions.value[1]} executions`,
    })),
    ...(unbound.length === 0
      ? []
      : [{ count: account, text: `${unbound.join(", ")}: ${account} executions of the account` }]),
  ];
  const sum = (list: readonly { count: number }[]) =>
    list.reduce((total, { count }) => total + count, 0);
  const tasks = sum(ofTasks);
  return {
    tasks,
    functions: sum(ofFunctions),
    spare,
    total: tasks + sum(ofFunctions) + spare,
    parts: [...ofTasks, ...ofFunctions].map(({ text }) => text),
  };
}
