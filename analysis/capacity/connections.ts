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
import { POOL } from "../../facts/pools";
import { SERVICE_QUOTAS } from "../../facts/service-quotas";
import { scheduledTasks } from "../recovery/quotas";
import {
  isSet,
  records,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "../recovery/resources";
import { known, planned, plus, type Figure, type Range } from "./figures";
import { executionsOf, type FunctionClient } from "./function-starts";
import { containersOf, DEFINITION, type Service } from "./services";

export const DATABASE = "aws:rds/instance:Instance";
const GROUP = "aws:rds/parameterGroup:ParameterGroup";
const FUNCTION = "aws:lambda/function:Function";
const PARAMETER = "aws:ssm/parameter:Parameter";
const SECRET = "aws:secretsmanager/secret:Secret";
const VERSION = "aws:secretsmanager/secretVersion:SecretVersion";

/** A service and how many connections a task of it opens at most. */
export interface ServiceClient {
  readonly service: Service;
  /** Undefined where no variable says so. */
  readonly pool?: number;
}

/** What runs once and ends, by a clock or before a new version. */
export interface TaskClient {
  readonly definition: RecoveryResource;
  /** Tasks at a time: all that its schedules start, one where none does. */
  readonly count: number;
  /** Undefined where no variable says so. */
  readonly pool?: number;
}

/** A database with its clients. */
export interface Database {
  readonly resource: RecoveryResource;
  /** What it accepts; the figures that this follows from. Undefined where its class is not known. */
  readonly accepts?: { readonly connections: Range; readonly figures: readonly Figure[] };
  readonly services: readonly ServiceClient[];
  readonly tasks: readonly TaskClient[];
  readonly functions: readonly FunctionClient[];
  /** Its parameter group in the stack, of which `max_connections` may be. */
  readonly group?: RecoveryResource;
  /** Parameters and secrets with its address whose name is not known and that no resource refers to: any task may read them. */
  readonly nameless: readonly RecoveryResource[];
}

/**
 * The databases of a stack, with what is handed their addresses.
 *
 * @param services those of the stack
 */
export function databasesOf(
  stack: RecoveryStack,
  services: readonly Service[],
  variable: string = POOL.variable,
): Database[] {
  const scheduled = scheduledTasks(stack);
  return stack.ofType(DATABASE).map((resource) => {
    const carriers = carriersOf(stack, resource);
    const clients = services.filter((service) => gets(service, carriers));
    const functions = stack
      .ofType(FUNCTION)
      .filter(
        (one) =>
          refersTo(one, "environment", carriers) ||
          carriers.named(JSON.stringify(value(one, "environment") ?? {})),
      );
    const own = new Set(services.map(({ definition }) => definition?.urn));
    const tasks = stack
      .ofType(DEFINITION)
      .filter((one) => !own.has(one.urn) && gets({ definition: one }, carriers));
    const users = [...clients.map(({ definition }) => definition!), ...tasks, ...functions];
    const isReferred = ({ urn }: RecoveryResource) =>
      users.some(({ references }) => Object.values(references).flat().includes(urn));
    return {
      resource,
      ...acceptedBy(stack, resource),
      services: clients.map((service): ServiceClient => {
        const pool = variableOf(service, variable);
        return { service, ...(pool !== undefined && { pool }) };
      }),
      tasks: tasks.map((definition): TaskClient => {
        const pool = variableOf({ definition }, variable);
        const started = scheduled.filter((one) => one.definition === definition);
        const count = Math.max(
          1,
          started.reduce((sum, one) => sum + one.count, 0),
        );
        return { definition, count, ...(pool !== undefined && { pool }) };
      }),
      functions: functions.map((one): FunctionClient => {
        const executions = executionsOf(stack, one);
        return { resource: one, ...(executions && { executions }) };
      }),
      nameless: carriers.nameless.filter((one) => !isReferred(one)),
    };
  });
}

/** Connections that an instance accepts of those who are no superuser. */
function acceptedBy(
  stack: RecoveryStack,
  resource: RecoveryResource,
): Pick<Database, "accepts" | "group"> {
  const reserved = known("reserved", RESERVED_CONNECTIONS.count, "", RESERVED_CONNECTIONS);
  const [group] = leadsTo(stack, resource, "parameterGroupName", GROUP);
  const own = group && ownParameter(group, "max_connections");
  if (group !== undefined && own !== undefined) {
    const figures = [planned("max_connections", own, "", group, "parameters"), reserved];
    const accepted = own - RESERVED_CONNECTIONS.count;
    return { group, accepts: { connections: [accepted, accepted], figures } };
  }
  const gib = knownMemoryGiB(text(resource, "instanceClass") ?? "");
  if (gib === undefined) return { ...(group && { group }) };
  return {
    ...(group && { group }),
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

/** What a property is made of, or names. */
export function leadsTo(
  stack: RecoveryStack,
  from: RecoveryResource,
  property: string,
  type: string,
): readonly RecoveryResource[] {
  const made = stack.madeOf(from, property, type);
  if (made.length > 0) return made;
  const given = text(from, property);
  return given === undefined
    ? []
    : stack.ofType(type).filter((one) => [text(one, "name"), text(one, "arn")].includes(given));
}

/** A number that a parameter group sets. */
export function ownParameter(group: RecoveryResource, parameter: string): number | undefined {
  const row = records(value(group, "parameters")).find(({ name }) => name === parameter);
  const own = Number(row?.["value"] ?? NaN);
  return Number.isFinite(own) ? own : undefined;
}

/** The resources through which clients get a store's address. */
export interface Carriers {
  /** The store itself, its parameters, secrets and their versions. */
  readonly urns: ReadonlySet<string>;
  /** Whether a text names one of them: alone, or at the end of an ARN. */
  readonly named: (text: string) => boolean;
  /** Those whose name is not known. */
  readonly nameless: readonly RecoveryResource[];
}

/** The parameters that a store's address is written to, and the secrets of which a version has it. */
export function carriersOf(stack: RecoveryStack, store: RecoveryResource): Carriers {
  const made = (type: string, property: string) =>
    stack.ofType(type).filter(({ references }) => (references[property] ?? []).includes(store.urn));
  const versions = made(VERSION, "secretString");
  const carriers = [
    ...made(PARAMETER, "value"),
    ...versions.flatMap((version) => leadsTo(stack, version, "secretId", SECRET)),
  ];
  const names = carriers.flatMap((one) => text(one, "name") ?? []).filter((name) => name !== "");
  return {
    urns: new Set([store, ...versions, ...carriers].map(({ urn }) => urn)),
    named: (given) => names.some((name) => isNamed(name, given)),
    nameless: carriers.filter((one) => isSet(one, "name") && text(one, "name") === undefined),
  };
}

/** Secrets Manager ends an ARN with six letters after the name; a key of the value may follow. */
function isNamed(name: string, given: string): boolean {
  const exact = name.replace(/[^A-Za-z0-9_/]/g, "\\$&");
  return new RegExp(`(^|["':,=\\s]|:parameter/?)${exact}(-[A-Za-z0-9]{6})?($|["'\\\\:,\\s])`).test(
    given,
  );
}

function refersTo(from: RecoveryResource, property: string, { urns }: Carriers): boolean {
  return (from.references[property] ?? []).some((urn) => urns.has(urn));
}

/** Whether a service's containers get the address: by what they are made of, known or not, else by a name. */
export function gets({ definition }: Pick<Service, "definition">, carriers: Carriers): boolean {
  if (definition === undefined) return false;
  return (
    refersTo(definition, "containerDefinitions", carriers) ||
    containersOf(definition)
      .flatMap((one) => one.secrets ?? [])
      .some(({ valueFrom }) => carriers.named(valueFrom))
  );
}

/** A number in a variable of a service's containers; undefined where there is none. */
function variableOf(
  { definition }: Pick<Service, "definition">,
  variable: string,
): number | undefined {
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
  { services, tasks, functions }: Pick<Database, "services" | "tasks" | "functions">,
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
  const ofOthers = tasks.map(({ definition: { name }, count, pool = pools }) => ({
    count: count * pool,
    text: `${name}: ${count} ${count === 1 ? "task" : "tasks"} x ${pool}`,
  }));
  const unbound = functions.filter((one) => !one.executions).map(({ resource }) => resource.name);
  const ofFunctions = [
    ...functions.flatMap(({ resource: { name }, executions }) => {
      if (executions === undefined) return [];
      const [, count] = plus(...executions.map(({ value: bound }) => bound));
      return [{ count, text: `${name}: ${count} executions` }];
    }),
    ...(unbound.length === 0
      ? []
      : [{ count: account, text: `${unbound.join(", ")}: ${account} executions of the account` }]),
  ];
  const sum = (list: readonly { count: number }[]) =>
    list.reduce((total, { count }) => total + count, 0);
  const byTasks = sum([...ofTasks, ...ofOthers]);
  return {
    tasks: byTasks,
    functions: sum(ofFunctions),
    spare,
    total: byTasks + sum(ofFunctions) + spare,
    parts: [...ofTasks, ...ofOthers, ...ofFunctions].map(({ text }) => text),
  };
}
