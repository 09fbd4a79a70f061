/** docs/image-contract.md: what an image of each service must satisfy, as the planned task definition has it. */
import { escapeCell } from "../../tools/markup";
import type { ImageContract } from "../image-contract";
import { table } from "./table";

/** The page, below the project's folder. */
export const CONTRACT_PAGE = "docs/image-contract.md";

/** The collector's user and variables need no word: they are the platform's. */
const TRACING = /^OTEL_/;

/** Text of the page. */
export function contractPage(stack: string, contracts: readonly ImageContract[]): string {
  return `${[
    "# Image contract",
    `Written by \`npm run accept\` from the planned task definitions of ${stack}; CI fails while it is out of date. \`npm run image-check -- IMAGE --service auth\` ` +
      "checks an image against it, and [the example service](../examples/service/README.md) satisfies it for every service.",
    "## Requirements for every image",
    table(
      ["what", contracts.map(({ service }) => service).join(" / "), "so that"],
      rows(contracts),
      escapeCell,
    ),
    "ECS does not read the image's own `HEALTHCHECK`, `USER` and `EXPOSE`: the task definition has its own.",
    "## Health checks",
    "- **The container's own check**, inside the container: ECS ends a task after as many failures as `retries` says. The command of the plan is below. An image without curl " +
      "needs a program of its own: `crm:services.<name>.containerHealth.command: [node, health.js]`, which runs without a shell.",
    "- **The load balancer**, on the port and path below.",
    "- **The deployment gate**, before users reach a new version: [integration checks](integration-checks.md).",
    table(
      [
        "service",
        "port",
        "health command",
        "interval, time-out, failures, grace period",
        "load balancer",
        "gate",
      ],
      contracts.map(askedRow),
      escapeCell,
    ),
    "## Variables",
    "ECS reads secrets from encrypted parameters when a task starts; a new value needs a restart. An image contains none of them.",
    table(["service", "variable", "value"], contracts.flatMap(variableRows), escapeCell),
    "## Database and cache",
    "- `DB_URL` requires TLS and verifies the certificate (`sslmode=verify-full`): the image contains RDS's certificate authorities, " +
      "[one file for all regions](https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html), where its client looks for them " +
      "(`PGSSLROOTCERT`, `NODE_EXTRA_CA_CERTS`, `SSL_CERT_FILE`, or `crm:database.sslRootCertificate`). `npm run image-check` checks that the region's is among them.",
    "- `REDIS_URL` (`rediss://`) is a cluster's URL: the client must support Redis Cluster, with TLS and the token for each node. Its authorities are public.",
    "- A pool has a limit: all tasks of all services, twice during a deployment, stay below `max_connections` of the database.",
    "- Both may be unavailable for a minute during a failover. The client reconnects automatically; `/health` still answers 200 meanwhile, `ready` does not.",
    "## Shutdown",
    endOf(contracts),
    "## Log and traces",
    "- Log: standard output and standard error, a line an event, JSON if you need to search fields ([observability](observability.md)). Never log the URL of a data store, a token or a query string.",
    "- Traces: an OpenTelemetry SDK needs no settings of its own. The variables contain the address of the collector beside the container, and how to get X-Ray's sampling rules. An image without an SDK works as well, " +
      "and `npm run image-check` then reports that it received no trace.",
  ].join("\n\n")}\n`;
}

/** One value where all services have the same, else all in the services' order. */
function eachOf(contracts: readonly ImageContract[], of: (contract: ImageContract) => string | number): string {
  const values = [...new Set(contracts.map((contract) => `${of(contract)}`))];
  return values.length === 1 ? values[0]! : contracts.map((contract) => of(contract)).join(" / ");
} // prettier-ignore

function rows(contracts: readonly ImageContract[]): string[][] {
  const each = (of: (contract: ImageContract) => string | number) => eachOf(contracts, of);
  return [
    ["processor", each(({ platform }) => platform), "it starts at all"],
    ["user and group", each(({ user }) => user), "all files that it needs are readable by them"],
    ["root file system", each(({ readOnlyRoot }) => (readOnlyRoot ? "read-only" : "writable")), "it writes only to the paths in the next row"],
    ["may write to", each(({ writable }) => writable.map(({ path, sizeMiB }) => `\`${path}\`, ${sizeMiB} MiB`).join(", ") || "nothing"), "it keeps within the size, which is part of its memory and gone with the task"],
    ["first process", each(({ init }) => (init ? "ECS's own init" : "the image's")), "signals reach the image's process, if no shell stands between them: `CMD` as a list"],
    ["CPU units, of the task's", `${each(({ cpu }) => cpu)}, of ${each(({ task }) => task.cpu)}`, "it is fast enough while the collector beside it uses its share; the service gets the rest"],
    ["memory, MiB, of the task's", `${each(({ memoryMiB }) => memoryMiB)}, of ${each(({ task }) => task.memoryMiB)}`, "it works while the collector uses all its memory; the task ends if both together exceed the task's memory"],
    ["seconds after SIGTERM in which it accepts new requests", each(({ acceptSeconds }) => acceptSeconds), "no user gets an error when a task on Spot ends"],
    ["seconds from SIGTERM to SIGKILL", each(({ stopSeconds }) => stopSeconds), "running requests end"],
  ];
} // prettier-ignore

/** What happens between SIGTERM and the end. */
function endOf(contracts: readonly ImageContract[]): string {
  const steps = [
    "1. ECS sends SIGTERM. When a deployment or scaling ends a task, ECS has taken it out of its target group before. For a Spot interruption, AWS's pages differ: one says that ECS does the same " +
      "([February 2023](https://aws.amazon.com/about-aws/whats-new/2023/02/amazon-elastic-container-service-accuracy-service-load-balancing/)), the other that the task may be a target until it has stopped " +
      "([Spot termination notices](https://aws.amazon.com/premiumsupport/knowledge-center/fargate-spot-termination-notice/)).",
    `2. So the process keeps accepting requests for the target group's deregistration delay (\`crm:services.<name>.deregistrationSeconds\`, ${eachOf(contracts, ({ acceptSeconds }) => acceptSeconds)} seconds), ` +
      "and answers each with `connection: close`. If the process refused them at once, users would see 502.",
    "3. Then it accepts no more requests, finishes the running ones, closes its connections and exits with code 0.",
    `4. ECS sends SIGKILL ${eachOf(contracts, ({ stopSeconds }) => stopSeconds)} seconds after SIGTERM.`,
  ];
  const idle =
    `The service keeps idle connections open longer than the load balancer's ${eachOf(contracts, ({ idleSeconds }) => idleSeconds)} seconds, so that it closes none on which a request arrives.`;
  return `${steps.join("\n")}\n\n${idle}`;
} // prettier-ignore

function askedRow({ service, port, health, targetHealth, checks }: ImageContract) {
  const { command, interval, timeout, retries, startPeriod } = health;
  const line = command[0] === "CMD-SHELL" ? command[1]! : command.slice(1).join(" ");
  return [
    ...[service, port, `\`${line}\``, `${interval} s, ${timeout} s, ${retries}, ${startPeriod} s`],
    `\`${targetHealth.path}\`: ${targetHealth.matcher}`,
    checks.map(({ path, status }) => `\`${path}\`: ${status}`).join(", ") || "nothing",
  ];
}

function variableRows({ service, environment, secrets }: ImageContract): string[][] {
  const tracing = Object.keys(environment).filter((name) => TRACING.test(name));
  return [
    ...Object.entries(environment)
      .filter(([name]) => !TRACING.test(name))
      .map(([name, value]) => [service, `\`${name}\``, `\`${value}\``]),
    ...(tracing.length > 0 ? [[service, "`OTEL_*`", tracing.join(", ")]] : []),
    ...Object.entries(secrets).map(([name, parameter]) => [service, `\`${name}\``, `secret \`${parameter}\``]),
  ];
} // prettier-ignore
