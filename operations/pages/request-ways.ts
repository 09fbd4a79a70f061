/** docs/request-ways.md from the plan of production: where requests go, what is cached, who may ask the load balancer. */
import { CACHE_POLICIES, CACHE_SECONDS, ERROR_SECONDS } from "../../facts/cloudfront";
import type { Plan } from "../../tools/preview/index";
import {
  answeringRule,
  cachePolicyName,
  requestWayTable,
  type DistributionModel,
  type RuleModel,
} from "./request-way";
import {
  distributionTarget,
  type Lifetime,
  requestWayModels,
  type RequestWayModels,
} from "./request-way-models";
import { table } from "./table";

/** The page about the ways of requests, below the project's folder. */
export const REQUEST_WAYS_PAGE = "docs/request-ways.md";

/** Paths that show what each kind of request becomes, by distribution. */
const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  app: [
    "/",
    "/deals/42",
    "/companies/example.com",
    "/no-such-page",
    "/favicon.ico",
    "/static/x.js",
    "/static/no-such-file",
    "/api/auth/login",
    "/api/v1/opportunities",
    "/api/no-such-thing",
  ],
  api: [
    "/auth/login",
    "/v1/x",
    "/auth",
    "/no-such-thing",
    "/health",
    "/maintenance/unavailable.json",
  ],
};

/** Where the rest of the path goes in a sample made of a rule's pattern. */
const ANY = "x";

/** Lifetimes of AWS's cache policies by id. */
const LIFETIMES: ReadonlyMap<string, Lifetime> = new Map([
  [CACHE_POLICIES.CachingOptimized, CACHE_SECONDS.CachingOptimized],
  [CACHE_POLICIES.CachingDisabled, CACHE_SECONDS.CachingDisabled],
]);

const RULE_PATTERNS =
  "A rule whose pattern ends in `/*` does not match the path without the slash.";

const RULE_ORDER =
  "The first rule by priority whose conditions all match handles the request: it forwards to the service's target groups, blue and green, by weights that " +
  "ECS sets in deployments.";

/** Text of the page for a plan. */
export function requestWaysPage(plan: Plan): string {
  const models = requestWayModels(plan);
  const { distributions, rules } = models;
  if (distributions.length === 0) return `${balancerParts(plan, models).join("\n\n")}\n`;
  return `${[
    "# Request paths",
    `Written by \`npm run accept\` from the offline preview of ${plan.stack}; CI fails while it is out of date. The paths were evaluated ` +
      "with the matching rules of CloudFront and the load balancer, and with the code of the CloudFront Functions.",
    "## Hosts",
    hostTable(models),
    "## Requests",
    requestWayTable(sampleRequests(models), distributions, rules),
    "`Origin` shows the path that CloudFront requests from the origin. A path without a file extension becomes `/index.html`, whose router reports " +
      `pages that do not exist; for any other missing file the bucket returns an error. ${RULE_PATTERNS} ` +
      "A host without a distribution gets no answer: it has no DNS record.",
    "## Rules of the load balancer",
    ruleTable(models),
    RULE_ORDER,
    "## What is cached",
    cacheTable(models),
    "The file's `Cache-Control` sets the lifetime, within the bounds; the default is for files without it. Query strings and cookies " +
      "are not part of the cache key. " +
      errorCaching(models),
    errorPages(models),
    "## The secret header",
    secretHeader(models),
    "## Past CloudFront",
    direct(models),
  ].join("\n\n")}\n`;
}

/** The page of a stack without CloudFront. */
function balancerParts(plan: Plan, models: RequestWayModels): string[] {
  const { hosts, rules } = models;
  // Those that clients know lead to another name, with which they move.
  const known = hosts.filter(({ target, when }) => when === undefined && hosts.some(({ host }) => host === target)); // prettier-ignore
  const paths = [...new Set(["/", ...(SAMPLES["api"] ?? []).slice(0, 5), ...ofRules(rules)])];
  const rows = known.flatMap(({ host }) =>
    paths.map((sample) => {
      const rule = answeringRule({ host, path: sample, headers: new Map() }, rules);
      return [code(host + sample), String(rule?.priority ?? "default"), rule?.service ?? "none"];
    }),
  );
  return [
    "# Request paths",
    `Written by \`npm run accept\` from the offline preview of ${plan.stack}; CI fails while it is out of date. The stack has no CloudFront. The paths were ` +
      "evaluated with the matching rules of the load balancer.",
    "## Hosts",
    hostTable(models),
    "## Requests",
    table(["Request", "Rule", "Service"], rows),
    RULE_PATTERNS,
    "## Rules of the load balancer",
    ruleTable(models),
    RULE_ORDER,
    "## Who may connect",
    direct(models),
  ];
}

/** Paths that fit the rules' patterns. */
function ofRules(rules: readonly RuleModel[]): string[] {
  return rules
    .flatMap(({ paths }) => paths)
    .filter((pattern) => /^\/[^*?]/.test(pattern))
    .map((pattern) => pattern.replaceAll("*", ANY).replaceAll("?", ANY));
}

/** The requests of the page: the samples, then one for every pattern of every rule. */
export function sampleRequests({
  hosts,
  rules,
}: Pick<RequestWayModels, "hosts" | "rules">): { host: string; path: string }[] {
  const samplesOfRules = ofRules(rules);
  const ways = Object.entries(SAMPLES).flatMap(([name, samples]) => {
    const record = hosts.find(({ target }) => target === distributionTarget(name));
    if (record === undefined) {
      throw new Error(`No record leads to a distribution ${name}.`);
    }
    const own = samplesOfRules.filter(
      (sample) => name === (sample.startsWith("/api/") ? "app" : "api"),
    );
    const paths = [...new Set([...samples, ...own])];
    return paths.map((sample) => ({ host: record.host, path: sample }));
  });
  const domain = ways[0]!.host.split(".").slice(1).join(".");
  return [...ways, { host: `www.${domain}`, path: "/" }];
}

function hostTable({ hosts }: RequestWayModels): string {
  const rows = new Map<string, string[]>();
  for (const { host, recordType, when = "always", target } of hosts) {
    const key = `${code(host)} | ${when} | ${target}`;
    rows.set(key, [...(rows.get(key) ?? []), recordType]);
  }
  return table(
    ["Host", "When", "Leads to", "Records"],
    [...rows].map(([key, types]) => [...key.split(" | "), types.join(", ")]),
  );
}

function ruleTable({ rules }: RequestWayModels): string {
  return table(
    ["Priority", "Paths", "Hosts", "Header", "Service"],
    rules.map(({ priority, paths, hosts, headers = [], service }) => [
      String(priority),
      codes(paths),
      hosts === undefined ? "any" : codes(hosts),
      headers.length === 0 ? "none" : codes(headers.map(({ name }) => name)),
      service,
    ]),
  );
}

function cacheTable({ distributions, lifetimes }: RequestWayModels): string {
  const rows = distributions.flatMap(({ name, behaviors }) =>
    behaviors.map(({ pathPattern, cachePolicyId }) => [
      name,
      code(pathPattern),
      cachePolicyName(cachePolicyId),
      lifetime(cachePolicyId, lifetimes),
    ]),
  );
  return table(["Distribution", "Behaviour", "Cache", "Lifetime"], rows);
}

function lifetime(cachePolicyId: string, own: ReadonlyMap<string, Lifetime>): string {
  const seconds = own.get(cachePolicyId) ?? LIFETIMES.get(cachePolicyId);
  if (seconds === undefined) {
    throw new Error(`Cache policy ${cachePolicyId}: its lifetimes are not known.`);
  }
  const [least, usual, most] = seconds;
  return most === 0
    ? "not cached"
    : `${inWords(least)} to ${inWords(most)}, ${usual === 0 ? "not cached" : inWords(usual)} by default`;
}

function inWords(seconds: number): string {
  for (const [unit, size] of [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ] as const) {
    // A single day reads as hours, as people say it.
    if (seconds % size === 0 && seconds > size) {
      return `${seconds / size} ${unit}s`;
    }
  }
  return `${seconds} second${seconds === 1 ? "" : "s"}`;
}

/** How long errors stay, in words: one sentence for each set of distributions that do the same. */
function errorCaching({ errors }: RequestWayModels): string {
  const same = new Map<string, string[]>();
  for (const { distribution, seconds } of errors) {
    const bySeconds = new Map<number, number[]>();
    for (const [status, least] of seconds) {
      bySeconds.set(least, [...(bySeconds.get(least) ?? []), status]);
    }
    const words = [...bySeconds].map(([least, statuses]) => {
      const kept =
        least === 0 ? "not cached unless their headers say so" : `cached for ${inWords(least)}`;
      return `${kept} (${statuses.join(", ")})`;
    });
    const key = words.length === 0 ? `cached for ${ERROR_SECONDS} seconds` : words.join(", ");
    same.set(key, [...(same.get(key) ?? []), distribution]);
  }
  return [...same].map(([words, names]) => `Errors of ${names.join(", ")} are ${words}.`).join(" ");
}

/** What is shown instead of an error. */
function errorPages({ errors }: RequestWayModels): string {
  const words = errors
    .filter(({ pages }) => pages.size > 0)
    .map(({ distribution, pages }) => {
      const shown = new Map<string, number[]>();
      for (const [from, { path: page, status }] of pages) {
        const what = `${status} with ${code(page)}`;
        shown.set(what, [...(shown.get(what) ?? []), from]);
      }
      const rows = [...shown].map(([what, from]) => `${from.join(" and ")} become ${what}`);
      return `${distribution}: ${rows.join(", ")}`;
    });
  return words.length === 0
    ? "No error has a page."
    : `Pages instead of errors: ${words.join("; ")}.`;
}

function secretHeader({ distributions, rules }: RequestWayModels): string {
  const origins = distributions.flatMap(({ name, origins: own }) =>
    [...own].map(([id, { host, server, headers }]) => [
      name,
      id,
      code(host),
      headers.size === 0 ? "none" : codes([...headers.keys()]),
      server ? "load balancer" : "bucket",
    ]),
  );
  const names = [...new Set(distributions.flatMap(headerNames))];
  const asking = rules.filter((rule) => rule.headers?.some(({ name }) => names.includes(name)));
  const prose =
    names.length === 0
      ? "No origin gets a secret header: the load balancer cannot distinguish a distribution from another client."
      : `${codes(names)} carries a generated secret. CloudFront adds it to requests to these origins and never to answers to viewers, and ` +
        `${asking.length} of the listener's ${rules.length} rules require it. To [rotate it](runbooks/secret-rotation.md), raise a number in the stack file.`;
  return [prose, table(["Distribution", "Origin", "Host", "Header", "Kind"], origins)].join("\n\n");
}

function headerNames({ origins }: DistributionModel): string[] {
  return [...origins.values()].flatMap(({ headers }) => [...headers.keys()]);
}

function direct({ balancer, listeners, rules }: RequestWayModels): string {
  const asked = listeners.find(({ port }) => port === 443)!;
  const open = rules.filter(({ headers = [] }) => headers.length === 0);
  const inside =
    open.length === 0
      ? `no rule matches without the header, and the answer is **${asked.otherwise}** for every path`
      : `these rules match without the header: ${open.map(describe).join("; ")}; all other requests get **${asked.otherwise}**`;
  // The only prefix list that the configuration knows is that of CloudFront's servers.
  const whose = asked.sources.every((source) => source.startsWith("prefix list "))
    ? ", whose prefix list contains all of CloudFront and so the distributions of every account"
    : "";
  return [
    `The load balancer ${balancer} accepts connections to a port from these sources only. For a client that may connect to port 443${whose}, ${inside}.`,
    table(
      ["Port", "Protocol", "Allowed sources", "Without a rule"],
      listeners.map(({ port, protocol, sources, otherwise }) => [
        String(port),
        protocol,
        sources.length === 0 ? "none" : sources.join(", "),
        otherwise,
      ]),
    ),
  ].join("\n\n");
}

function describe({ priority, paths, service }: RuleModel): string {
  return `${priority} (${codes(paths)}, ${service})`;
}

function codes(texts: readonly string[]): string {
  return texts.map(code).join(", ");
}

function code(text: string): string {
  return `\`${text}\``;
}
