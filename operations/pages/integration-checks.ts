/** docs/integration-checks.md: what a new version of each service is asked for before users reach it, and after a deployment. */
import type { StackConfig } from "../../schema";
import { integrationChecks } from "../../schema/integration-checks";
import { escapeCell } from "../../tools/markup";

/** The page, below the project's folder. */
export const CHECKS_PAGE = "docs/integration-checks.md";

type Asked = Pick<StackConfig, "services" | "cluster" | "edge">;

/** Text of the page. @param stack whose settings are shown */
export function checksPage(stack: string, config: Asked): string {
  const { gate } = config.cluster;
  const { hosts, domain, healthCheck, distribution, probePaths = [healthCheck.path] } = config.edge;
  const through = distribution.enabled ? ", through CloudFront," : "";
  return `${[
    "# Integration checks",
    `Written by \`npm run accept\` from the settings of ${stack}; CI fails while it is out of date.`,
    "ECS starts a new version (green) beside the old one (blue) and sends only the test listener's traffic to it. Then it calls the deployment gate, a " +
      "function that sends requests to green through the load balancer. All checks must pass in " +
      `${gate.passes} rounds in a row within ${gate.totalSeconds} seconds; each answer may take ${gate.requestTimeoutSeconds} seconds, or less where the check says so. ` +
      "Otherwise ECS ends the deployment and blue keeps the traffic. The gate's log names the check, what was expected and what it got " +
      "([bad deployment](runbooks/bad-deployment.md)).",
    `## Checks of the services of ${stack}`,
    [
      "| service | GET | status | body contains | maximum seconds |",
      "|---|---|---|---|---|",
      ...Object.entries(config.services).flatMap(([name, service]) => rows(name, service, gate)),
    ].join("\n"),
    "For a service that still runs its bootstrap image, the gate requests the health check only.",
    "## Endpoints of a service",
    "- The health check (`crm:services.<name>.targetHealth`) shows that the process works. It queries no data store: an unavailable database must not end tasks.",
    '- `ready` below each route of the form `/auth/*` shows that the service can work: database and cache answer. `200` and `{"service":"auth",...}` ' +
      "as compact JSON when they do, `503` when not. The name shows that the right image runs, " +
      "but not which route leads to the service, because the test listener selects by the header `x-crm-service`. The path is the one that the load " +
      "balancer forwards, so it is below `/api` too. The answer contains nothing else, because the route is public.",
    "[The example service](../examples/service/README.md) answers both.",
    "## Checks of your own",
    "`crm:services.<name>.deployment.checks` replaces the default checks; a check must only read, because it runs against real data.",
    [
      "```yaml",
      "deployment:",
      "  checks:",
      '    - {path: /auth/ready, contains: \'"service":"auth"\', maxSeconds: 2}',
      "    - {path: /auth/session, status: 401}",
      "```",
    ].join("\n"),
    "With `checks: []` the gate requests only the health check, and the preview warns once the service has an image. A pattern that does not end in `/*` has no default check. An image from before these checks that " +
      "does not answer them fails its next deployment: set its own checks first.",
    "## After a deployment",
    `The pipeline requests the paths in the stack file (\`crm:edge.probePaths\`) from outside${through} and fails unless each answers with a status below 400:`,
    probePaths
      .map((path) => {
        const host = domain === undefined ? "<CloudFront's name>" : `${hosts.api}.${domain}`;
        return `- \`https://${host}${path}\``;
      })
      .join("\n"),
  ].join("\n\n")}\n`;
}

function rows(
  name: string,
  service: Asked["services"][string],
  gate: Asked["cluster"]["gate"],
): string[] {
  if (service.route === undefined) return [];
  const { path, matcher } = service.targetHealth;
  const all: readonly Partial<ReturnType<typeof integrationChecks>[number]>[] =
    service.deployment.strategy === "rolling" ? [] : integrationChecks(name, service);
  return [
    line(name, path, matcher, undefined, gate.requestTimeoutSeconds),
    ...all.map((check) =>
      line(name, check.path!, check.status!, check.contains, check.maxSeconds ?? gate.requestTimeoutSeconds),
    ),
  ];
} // prettier-ignore

function line(
  name: string,
  path: string,
  status: string | number,
  contains: string | undefined,
  seconds: number,
): string {
  const held = contains === undefined ? "" : `\`${escapeCell(contains)}\``;
  return `| ${name} | \`${path}\` | ${status} | ${held} | ${seconds} |`;
}
