/** Whole names of `crm:naming`: each is for something that the stack has, and for that alone. */
import { entryOf } from "../facts/entry-of";
import { queuesOf, tasksDeadLetters } from "../platform/dead-letters";
import { isFifo } from "../platform/fifo";
import { bucketNameOf, functionLogNameOf, prefixOf, queueNameOf } from "../platform/names";
import { PLATFORM_FUNCTIONS, versionTaskFunction } from "../platform/platform-names";
import { nameRule, type Report } from "./common";
import { claimedQueues } from "./eventing-rules";
import { namingArgs } from "./names-of";
import type { StackConfig } from "./sections";
import { taskBeforeVersion } from "./service-tasks";
import { logBucketsOf } from "./storage";

type Sections = Partial<StackConfig>;

/** Whole names of buckets, alarms, queues and logs. */
export function namingRules(config: Sections, report: Report): void {
  const { naming, storage, eventing } = config;
  if (!naming) return;
  if (storage) {
    const buckets = Object.keys(storage.buckets);
    wholeNameRules("bucketNames", naming.bucketNames, buckets, "crm:storage.buckets", report);
    const copies = copiesOf(storage).map(({ label, path }) => [label, path] as const);
    const settings = settingsOf("bucketNames", naming.bucketNames);
    sharedNameRules({ ...settings, ...Object.fromEntries(copies) }, bucketNames(config), report);
  }
  if (eventing) {
    const queues = queuesOf(eventing);
    wholeNameRules("queueNames", naming.queueNames, queues, "the queues of crm:eventing", report);
    fifoNameRules(naming.queueNames, report);
    sharedNameRules(settingsOf("queueNames", naming.queueNames), queueNames(config), report);
    const functions = Object.keys(eventing.functions);
    const logs = naming.logGroupNames;
    wholeNameRules("logGroupNames", logs, functions, "crm:eventing.functions", report);
    sharedNameRules(settingsOf("logGroupNames", logs), functionLogNames(config), report);
  }
  alarmNameRules(naming, report);
  taskNameRules(config, report);
  repositoryRules(config, report);
}

/** The deployment role creates repositories with the start of the stack's names alone; those of other names exist. */
function repositoryRules({ naming, services = {}, cluster }: Sections, report: Report): void {
  const { application, qualifier } = namingArgs(naming!);
  const start = `${prefixOf(application, qualifier)}-`;
  const all = [
    ...Object.entries(services).map(([key, one]) => [["services", key], one.repository] as const),
    [["cluster", "collector"], cluster?.collector?.repository] as const,
  ];
  for (const [path, repository] of all) {
    const { create, name } = repository ?? {};
    if (create !== true || name === undefined || name.startsWith(start)) continue;
    const expected = `false, as the repository ${name} of another stack exists, or a name that begins with ${start}`;
    report([...path, "repository", "create"], create, expected);
  }
}

/** Names of all queues of the stack, by what each is called in the stack file. */
export function queueNames(config: Sections): ReadonlyMap<string, string> {
  const { naming, eventing } = config;
  if (!naming || !eventing) return new Map();
  const args = namingArgs(naming);
  const own = [...queuesOf(eventing), ...PLATFORM_FUNCTIONS.map((name) => `dlq-${name}`)];
  const all = [...own.map((part) => [part, part] as const), ...taskQueues(config)];
  return new Map(all.map(([label, part]) => [label, queueNameOf(args, part)]));
}

/** Names of the log groups of all functions of the stack, by what each is called in the stack file. */
export function functionLogNames(config: Sections): ReadonlyMap<string, string> {
  const { naming, eventing } = config;
  if (!naming || !eventing) return new Map();
  const args = namingArgs(naming);
  const own = [...Object.keys(eventing.functions), ...PLATFORM_FUNCTIONS];
  const all = [...own.map((part) => [part, part] as const), ...taskFunctions(config)];
  return new Map(all.map(([label, part]) => [label, functionLogNameOf(args, part)]));
}

type Tasks = StackConfig["services"][string]["tasks"];

/** What services with such tasks bring, by the setting that brings it. */
function ofTasks(
  { services = {} }: Sections,
  bring: (tasks: Tasks) => boolean,
  part: (service: string) => string,
): [setting: string, part: string][] {
  return Object.entries(services)
    .filter(([, { tasks }]) => bring(tasks))
    .map(([service]) => [`crm:services.${service}.tasks`, part(service)]);
}

const taskQueues = (config: Sections) =>
  ofTasks(
    config,
    (tasks) => Object.values(tasks).some(({ schedule }) => schedule !== undefined),
    tasksDeadLetters,
  );

const taskFunctions = (config: Sections) =>
  ofTasks(config, (tasks) => taskBeforeVersion(tasks) !== undefined, versionTaskFunction);

/** No queue and no function of crm:eventing is called as one that a service's tasks bring. */
function taskNameRules(config: Sections, report: Report): void {
  const { eventing } = config;
  if (!eventing) return;
  const refuse = (setting: string, path: readonly string[], name: string) =>
    report(["eventing", ...path], name, expected(setting));
  for (const [setting, part] of taskQueues(config)) {
    const claimed = claimedQueues(eventing).filter(([queue]) => queue === part);
    claimed.forEach(([queue, , path]) => refuse(setting, path, queue));
  }
  for (const [setting, part] of taskFunctions(config)) {
    if (Object.hasOwn(eventing.functions, part)) refuse(setting, ["functions", part], part);
  }
  scheduleNameRules(config, report);
}

/** A schedule of a function or of a task has a role, called by the function, or by the service and the task. */
function scheduleNameRules({ services = {}, eventing }: Sections, report: Report): void {
  const known = new Map<string, string>();
  for (const [service, { tasks }] of Object.entries(services)) {
    for (const [task, { schedule }] of Object.entries(tasks)) {
      if (schedule === undefined) continue;
      const name = `${service}-${task}`;
      const other = known.get(name);
      if (other === undefined) known.set(name, `crm:services.${service}.tasks`);
      else report(["services", service, "tasks", task], name, expected(other));
    }
  }
  for (const [name, { triggers }] of Object.entries(eventing?.functions ?? {})) {
    const other = triggers.schedule && known.get(name);
    if (other !== undefined) report(["eventing", "functions", name], name, expected(other));
  }
}

function expected(setting: string): string {
  return `a name that ${setting} does not have`;
}

/**
 * Names of all buckets of the stack, by what each is called in the stack file: those with prefix and suffix, whole ones, those of logs and those
 * of copies.
 */
export function bucketNames({ naming, storage }: Sections): ReadonlyMap<string, string> {
  if (!naming || !storage) return new Map();
  const args = namingArgs(naming);
  const own = [...Object.keys(storage.buckets), ...logBucketsOf(storage)];
  const copies = copiesOf(storage).map(({ label, name }) => [label, name] as const);
  return new Map([...own.map((part) => [part, bucketNameOf(args, part)] as const), ...copies]);
}

type Settings = Readonly<Record<string, readonly string[]>>;

/** Where the stack file sets whole names, by what each is called in the list of all. */
function settingsOf(setting: string, whole: Readonly<Record<string, string>>): Settings {
  return Object.fromEntries(Object.keys(whole).map((part) => [part, ["naming", setting, part]]));
}

/** Names of the copies of buckets, by what each is called in the list of all, with the path of its setting. */
function copiesOf({ buckets }: StackConfig["storage"]) {
  return Object.entries(buckets).flatMap(([part, { replication }]) => {
    if (replication === undefined) return [];
    const path = ["storage", "buckets", part, "replication", "bucketName"];
    return [{ label: `${part}.replication`, name: replication.bucketName, path }];
  });
}

/** AWS tells FIFO queues by their names: the whole name has the ending that the key has. */
function fifoNameRules(whole: Readonly<Record<string, string>>, report: Report): void {
  for (const [part, name] of Object.entries(whole)) {
    if (isFifo(part) === isFifo(name)) continue;
    const expected = `a name ${isFifo(part) ? "with" : "without"} .fifo at the end, as ${part}`;
    report(["naming", "queueNames", part], name, expected);
  }
}

function wholeNameRules(
  setting: string,
  whole: Readonly<Record<string, string>>,
  parts: readonly string[],
  where: string,
  report: Report,
): void {
  for (const part of Object.keys(whole)) {
    nameRule(["naming", setting, part], part, parts, where, report);
  }
}

/** A name that the stack file sets is unique among set names and those with the prefix. Of two equal ones the second is refused. */
function sharedNameRules(
  settings: Settings,
  all: ReadonlyMap<string, string>,
  report: Report,
): void {
  const order = Object.keys(settings);
  for (const [part, path] of Object.entries(settings)) {
    const name = all.get(part);
    const others = [...all].filter(([other, its]) => other !== part && its === name);
    const [other] = others.find(([one]) => order.indexOf(one) < order.indexOf(part)) ?? [];
    if (other === undefined) continue;
    const setting = entryOf(settings, other);
    const owner = setting === undefined ? other : `crm:${setting.join(".")}`;
    report(path, name, `a name that ${owner} does not have`);
  }
}

/** Two alarms of one name would overwrite each other; names with the prefix belong to other alarms. */
function alarmNameRules({ alarmNames }: StackConfig["naming"], report: Report): void {
  const names = Object.entries(alarmNames);
  sharedNameRules(settingsOf("alarmNames", alarmNames), new Map(names), report);
  const expected = "a name that does not begin with crm-, as those of all other alarms do";
  for (const [part, name] of names.filter(([, name]) => name.startsWith("crm-"))) {
    report(["naming", "alarmNames", part], name, expected);
  }
}
