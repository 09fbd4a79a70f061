/** Projects that the bench previews: the platform with more services, and plain resources in any number. */
import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";

const ROOT = path.join(__dirname, "..", "..");
const CACHE = path.join(ROOT, "node_modules", ".cache", "bench");

/** Calls back with a directory that is gone afterwards. */
export async function withDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  // Inside of the project, so that the packages are found.
  fs.mkdirSync(CACHE, { recursive: true });
  const directory = fs.mkdtempSync(path.join(CACHE, "bench-"));
  try {
    return await use(directory);
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

interface StackFile {
  config: Record<string, unknown> & { "crm:services": Record<string, Record<string, unknown>> };
}

/** The production stack with so many services: copies of one, each with a path of its own. */
export function withServices<T>(count: number, use: (directory: string) => Promise<T>): Promise<T> {
  return withDirectory((directory) => {
    const text = fs.readFileSync(path.join(ROOT, "Pulumi.production.yaml"), "utf8");
    const file = parse(text) as StackFile;
    const services = file.config["crm:services"];
    const template = {
      ...services["social"]!,
      image: undefined,
      secrets: undefined,
      maxCapacity: 4,
      minCapacity: 1,
      desiredCount: 1,
    };
    for (let number = Object.keys(services).length + 1; number <= count; number++) {
      const key = `extra-${number}`;
      services[key] = {
        ...template,
        containerName: key,
        route: { priority: 1000 + number, paths: [`/${key}/*`] },
      };
    }
    // The service that takes the rest comes last.
    (services["core"]!["route"] as Record<string, unknown>)["priority"] = 40000;
    const project = `name: crm\nmain: ${JSON.stringify(ROOT)}\nruntime: nodejs\n`;
    fs.writeFileSync(path.join(directory, "Pulumi.yaml"), project);
    fs.writeFileSync(
      path.join(directory, "Pulumi.production.yaml"),
      stringify(file, { aliasDuplicateObjects: false }),
    );
    return use(directory);
  });
}

/** A stack of so many plain resources: queues and log groups, tagged and encrypted. */
export function withResources<T>(
  count: number,
  use: (directory: string) => Promise<T>,
): Promise<T> {
  return withDirectory((directory) => {
    fs.writeFileSync(path.join(directory, "Pulumi.yaml"), "name: bench\nruntime: nodejs\n");
    fs.writeFileSync(path.join(directory, "Pulumi.bench.yaml"), "config: {}\n");
    fs.writeFileSync(path.join(directory, "package.json"), '{ "main": "index.js" }\n');
    fs.writeFileSync(
      path.join(directory, "index.js"),
      `const aws = require("@pulumi/aws");
const tags = { Project: "CRM-System", Environment: "production", Component: "core", Owner: "platform@crm-consulting.com", CostCenter: "finance-consulting", ManagedBy: "pulumi" };
const kmsKeyId = "arn:aws:kms:us-east-1:123456789012:key/bench";
for (let i = 0; i < ${count}; i += 2) {
  new aws.sqs.Queue("queue-" + i, { kmsMasterKeyId: kmsKeyId, tags });
  new aws.cloudwatch.LogGroup("group-" + i, { kmsKeyId, retentionInDays: 30, tags });
}
`,
    );
    return use(directory);
  });
}
