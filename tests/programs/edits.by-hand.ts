/**
 * What `npm run diff` says of edits that people make, in full: of stack files and of the program, against production. The texts
 * below edits/ are what was read and judged (docs/judges.md, "What a change does"); `ACCEPT_EDITS=1 npm run test:by-hand` writes
 * new ones.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

import { renderComment } from "../../tools/commands/comment-render";
import { type DiffDocument, diffOf } from "../../tools/diff/document";
import { headline, SIGNS } from "../../tools/diff/headline";
import {
  findingTexts,
  ignoredLine,
  meaningOf,
  orderOf,
  propertyLine,
  shownChanges,
} from "../../tools/diff/text";
import { type Plan, previewStack } from "../../tools/preview/index";
import { priced } from "../../tools/report/cost";
import { ChangedStack } from "../support/changed-stack";
import { packConfigFile } from "../support/stack-files";

const FOLDER = path.join(__dirname, "edits");
const PACK = path.join(__dirname, "..", "..", "policy-pack");

/** Names of one group that are listed; more are counted, with a digest that holds them. */
const LISTED = 8;

type Config = Record<string, any>; // any: edits reach into every section
type Edit = (config: Config) => void;
/** A setting, its path split at dots, gets another value. */
const set =
  (place: string, value: unknown): Edit =>
  (config) => {
    const [section, ...parts] = place.split(".");
    const last = parts.pop()!;
    const holder = parts.reduce((at: Config, part) => at[part] as Config, config[`crm:${section}`]);
    assert.ok(holder !== undefined, place);
    if (value === undefined) delete holder[last];
    else holder[last] = value;
  };
const all =
  (...edits: Edit[]): Edit =>
  (config) =>
    edits.forEach((edit) => edit(config));

const SETTINGS: Readonly<Record<string, Edit>> = {
  nothing: () => undefined,
  "database-name": set("database.databaseName", "crm_prod"),
  "master-username": set("database.masterUsername", "crm_root"),
  "doubled-classes": all(
    set("database.instanceClass", "db.r6g.xlarge"),
    set("database.replica.instanceClass", "db.r6g.xlarge"),
    set("cache.nodeType", "cache.r6g.xlarge"),
  ),
  "database-port": set("database.port", 5433),
  "database-storage": set("database.allocatedStorage", 1000),
  "less-storage": set("database.allocatedStorage", 400),
  "ca-certificate": set("database.caCertificateIdentifier", "rds-ca-ecc384-g1"),
  "storage-type": set("database.storageType", "gp2"),
  "backup-days": set("database.backupRetentionPeriod", 3),
  "one-zone": set("database.multiAz", false),
  "deletion-protection": set("database.deletionProtection", false),
  "no-replica": all(
    set("database.replica.enabled", false),
    set("database.urls.analytics", "primary"),
    set("eventing.functions.analytics-aggregator.databaseUrl", "primary"),
    set("eventing.functions.report-generator.databaseUrl", "primary"),
  ),
  "cache-port": set("cache.port", 6380),
  "fewer-cache-nodes": set("cache.numCacheNodes", 2),
  "older-cache-engine": all(
    set("cache.engineVersion", "7.0"),
    set("cache.autoMinorVersionUpgrade", false),
  ),
  "network-block": all(set("network.cidrBlock", "10.0.0.0/17")),
  "zones-in-another-order": set("network.availabilityZones", [
    ...["us-east-1b", "us-east-1a", "us-east-1c"],
  ]),
  "one-nat-gateway": set("network.natGateways", "single"),
  "open-origin": set("edge.restrictOrigin", false),
  "weaker-firewall": (config) => {
    const { firewall } = config["crm:edge"] as Config;
    firewall.groups = firewall.groups.filter(({ name }: Config) => !/SQLi/.test(name as string));
    firewall.groups[1].action = "count";
    firewall.rateLimit = 200_000;
  },
  "mail-to-the-world": (config) => {
    config["crm:network"].securityGroups.ecs.egress.push({
      ...{ port: 25, protocol: "tcp", destination: "0.0.0.0/0" },
    });
  },
  "cluster-name": set("cluster.name", "crm-prod"),
  "bucket-suffix": set("naming.bucketSuffix", "prd"),
  "password-version": set("database.passwordVersion", 2),
  "token-version": set("cache.tokenVersion", 2),
  "origin-secret": all(
    set("edge.originSecretVersion", 2),
    set("edge.acceptPreviousOriginSecret", false),
  ),
  "owner-tag": set("tags.owner", "ops@crm-consulting.com"),
  "lock-days": set("recovery.lock.maximumDays", 400),
  "log-days": set("services.core.logRetentionDays", 14),
  "shorter-retention": (config) => {
    const { buckets } = config["crm:storage"] as Config;
    buckets["backups"].expiration.days = 30;
    const [queue] = Object.values<Config>(config["crm:eventing"].queues);
    queue!["messageRetentionSeconds"] = 86_400;
  },
  "service-port": set("services.core.port", 3005),
  "container-name": set("services.core.containerName", "crm-main"),
  "swapped-priorities": all(
    set("services.social.route.priority", 300),
    set("services.analytics.route.priority", 200),
  ),
  "renamed-service": (config) => {
    const { social, ...others } = config["crm:services"];
    config["crm:services"] = { ...others, socials: social };
  },
  "path-of-a-route": set("services.social.route.paths", ["/social/*"]),
  "wider-link": set("services.analytics.links", [
    { bucket: "analytics-exports", access: "read-write" },
    { bucket: "user-uploads", access: "read" },
    { queue: "analytics-computation", access: "send-receive" },
  ]),
  "new-service": (config) => {
    const { analytics } = config["crm:services"];
    config["crm:services"].billing = {
      ...structuredClone(analytics),
      ...{ port: 3006, route: { priority: 400, paths: ["/billing/*"] }, links: [], secrets: {} },
    };
  },
  "removed-service": (config) => {
    delete config["crm:services"].social;
  },
  "removed-bucket": (config) => {
    delete config["crm:storage"].buckets["report-requests"];
    delete config["crm:eventing"].functions["report-generator"];
  },
  "removed-queue": (config) => {
    delete config["crm:eventing"].queues["email-notifications"];
    const { services, eventing } = {
      services: config["crm:services"],
      eventing: config["crm:eventing"],
    };
    const without = (links: Config[]) =>
      links.filter(({ queue }) => queue !== "email-notifications");
    services.core.links = without(services.core.links);
    const { "report-generator": report } = eventing.functions;
    report.links = without(report.links);
  },
  "no-dnssec": set("edge.zone.dnssec", false),
  domain: set("edge.domain", "crm-example.com"),
  "no-cache": all(set("cache.enabled", false), set("cache.urls", []), (config) => {
    delete config["crm:services"].core.secrets.REDIS_URL;
  }),
  "no-nat-gateway": (config) => {
    const { "crm:network": network, "crm:services": services } = config;
    network.natGateways = "none";
    network.interfaceEndpoints.push("monitoring");
    for (const service of Object.values<Config>(services)) {
      Object.assign(service, { image: `sha256:${"a".repeat(64)}`, tracing: false });
    }
  },
  worker: all(
    set("services.analytics.route", undefined),
    set("services.analytics.port", undefined),
    set("services.analytics.deployment", { strategy: "rolling" }),
    set("services.analytics.containerHealth", { command: ["true"] }),
  ),
  "first-image-and-command": all(
    set("services.core.image", `sha256:${"a".repeat(64)}`),
    set("services.core.command", ["node", "server.js"]),
  ),
  "scheduled-task": set("services.core.tasks", {
    cleanup: { command: ["node", "cleanup.js"], schedule: { expression: "cron(0 3 * * ? *)" } },
  }),
};

const PROGRAM: Readonly<Record<string, (source: string) => string>> = {
  "renamed-component": (source) => source.replace('"crm-cost"', '"crm-spending"'),
  "renamed-component-with-alias": (source) =>
    source.replace(
      'new CrmCost("crm-cost", { ...shared("observability"), ...config.cost, environment }, opts)',
      'new CrmCost("crm-spending", { ...shared("observability"), ...config.cost, environment }, { ...opts, aliases: [{ name: "crm-cost" }] })',
    ),
  "removed-component": (source) => source.replace(/^new CrmCost\(.*$/m, ""),
};

/** Everything that a comparison says, what repeats itself once. */
function compact(diff: DiffDocument): string {
  const groups = new Map<string, string[]>();
  for (const change of shownChanges(diff.changes)) {
    const lines = [
      ...(change.manner === undefined ? [] : [orderOf(change)]),
      ...(change.loss === undefined ? [] : [`loses ${change.loss.holds}`]),
      ...(change.outage === undefined ? [] : [change.outage]),
      ...change.properties.map((each) => propertyLine(each, change)),
      ...change.ignored.map(ignoredLine),
    ];
    const sign = `${SIGNS[change.op]}${change.certain ? "" : " (possibly)"}`;
    const key = [sign, ...lines.map((line) => `      ${line}`)].join("\n");
    const from =
      change.renamedFrom === undefined ? "" : ` from ${change.renamedFrom.split("::").pop()}`;
    groups.set(key, [
      ...(groups.get(key) ?? []),
      `${change.name}:${change.type.split(":").pop()}${from}`,
    ]);
  }
  const blocks = [...groups].map(([key, names]) => {
    const [sign, ...lines] = key.split("\n");
    return [`${sign} ${listed(names)}`, ...lines].join("\n");
  });
  return [
    headline(diff),
    ...["data lost", "outage", "not made"].flatMap((of) =>
      findingTexts(diff.findings.filter((one) => one.class === of)).map(
        (text) => `! ${of}: ${text}`,
      ),
    ),
    ...blocks,
    ...meaningOf(diff).flatMap(({ title, lines }) => [
      `${title}`,
      ...lines.map((line) => `  ${line}`),
    ]),
    "",
  ].join("\n");
}

function listed(names: readonly string[]): string {
  if (names.length <= LISTED) return names.join(", ");
  const digest = createHash("sha256").update(names.join("\n")).digest("hex").slice(0, 8);
  return `${names.slice(0, LISTED).join(", ")} and ${names.length - LISTED} more (${digest})`;
}

describe("what a change does, edit by edit", () => {
  const stack = new ChangedStack();
  after(() => stack.remove());
  const planned = async (edit: Edit, program?: (source: string) => string): Promise<Plan> => {
    const cwd = stack.project(edit, program);
    const policyPackConfigs = [packConfigFile("production")];
    return priced(await previewStack({ cwd, policyPacks: [PACK], policyPackConfigs })).plan;
  };
  let base: Plan;
  before(async () => {
    base = await planned(() => undefined);
  });

  const held = (name: string, now: Plan, before = base) => {
    const diff = diffOf(before, now);
    const file = path.join(FOLDER, `${name}.txt`);
    const text = compact(diff);
    if (process.env["ACCEPT_EDITS"] !== undefined) fs.writeFileSync(file, text);
    assert.equal(text, fs.readFileSync(file, "utf8"));
    const comment = renderComment([{ stack: "production", diff }]);
    assert.ok(comment.length <= 60_000, `the comment has ${comment.length} characters`);
    const opened = comment.match(/<details/g)?.length;
    assert.equal(comment.match(/<\/details>/g)?.length, opened);
    // The answer first; every finding and no secret in it.
    assert.ok(comment.includes("<summary>production: "));
    assert.doesNotMatch(comment, /\[object|undefined/);
  };

  for (const [name, edit] of Object.entries(SETTINGS)) {
    it(name, async () => held(name, await planned(edit)));
  }
  describe("in the program", () => {
    // The copy stands in another folder, which the paths of functions' code show.
    let copied: Plan;
    before(async () => {
      copied = await planned(
        () => undefined,
        (source) => `${source}\n`,
      );
    });
    for (const [name, program] of Object.entries(PROGRAM)) {
      it(name, async () => held(name, await planned(() => undefined, program), copied));
    }
  });

  it("has a text for each edit, and no other", () => {
    const names = [...Object.keys(SETTINGS), ...Object.keys(PROGRAM)];
    assert.ok(names.length >= 25);
    assert.deepEqual(fs.readdirSync(FOLDER).sort(), names.map((name) => `${name}.txt`).sort());
  });
});
