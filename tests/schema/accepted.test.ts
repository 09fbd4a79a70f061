/** Values that AWS refuses, refused in the stack file. */
import assert from "node:assert/strict";

import { problems } from "../support/stack-files";

type Sections = Record<string, any>; // any: the cases reach into every section

const REPORTS = "crm:eventing.functions.report-generator";
const POLICY = "crm:eventing.topics.system-notifications.subscriptions[1].filterPolicy";
const filter = (policy: Record<string, string[]>) => (sections: Sections) => {
  sections["eventing"].topics["system-notifications"].subscriptions[1].filterPolicy = policy;
};
const values = (count: number) => Array.from({ length: count }, (_, index) => `v${index}`);
const moved = (start: string) => (sections: Sections) => {
  const text = JSON.stringify(sections["network"]).replaceAll('"10.1.', `"${start}.`);
  sections["network"] = JSON.parse(text);
};
const handler =
  (file: number) =>
  ({ eventing }: Sections) => {
    eventing.functions["report-generator"].handler = `${"a".repeat(file)}.b`;
  };

/** What is changed, and how the only error begins; none where AWS accepts it. */
const CASES: readonly (readonly [change: (sections: Sections) => void, expected?: string])[] = [
  [
    ({ services }) => (services.core.deployment = { rollbackAlarms: { periodSeconds: 90 } }),
    "crm:services.core.deployment.rollbackAlarms.periodSeconds: expected one of 60, 120, 180, 240, 300 seconds, got 90",
  ],
  [
    ({ services }) => (services.core.targetHealth.matcher = "700"),
    "crm:services.core.targetHealth.matcher: expected HTTP status codes from 200 to 499",
  ],
  [({ services }) => (services.core.targetHealth.matcher = "200-299,404")],
  [
    moved("127.1"),
    'crm:network.cidrBlock: expected a network in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, as no VPC is in 127.0.0.0/8, got "127.1.0.0/16"',
  ],
  [moved("169.254"), "crm:network.cidrBlock: expected a network in "],
  [moved("230.1"), "crm:network.cidrBlock: expected a network in "],
  [moved("0.1"), "crm:network.cidrBlock: expected a network in "],
  [moved("100.64")],
  [moved("172.20")],
  [handler(126)],
  [
    handler(127),
    `${REPORTS}.handler: expected file.function such as index.handler or dist/index.handler, of at most 128 characters`,
  ],
  [
    ({ eventing }) =>
      Object.assign(
        eventing.functions["report-generator"].environment,
        Object.fromEntries(["A", "B", "C", "D"].map((name) => [name, "x".repeat(1024)])),
      ),
    `${REPORTS}.environment: expected at most 4096 bytes as JSON of all names and values, got 4`,
  ],
  [
    ({ services }) => (services.core.environment.BIG = "x".repeat(65_536)),
    "crm:services.core.environment: expected at most 65536 bytes in all names and values, got 65",
  ],
  // With its links' variables and its database's parameter, 4,097 bytes and more.
  [
    ({ eventing }) =>
      Object.assign(
        eventing.functions["report-generator"].environment,
        Object.fromEntries(["A", "B", "C", "D"].map((name) => [name, "x".repeat(950)])),
      ),
    `${REPORTS}.environment: expected at most 4096 bytes as JSON of all names and values with those that the platform adds (REPORT_REQUESTS_BUCKET, ANALYTICS_EXPORTS_BUCKET, EMAIL_NOTIFICATIONS_QUEUE_URL, DATABASE_URL_PARAMETER, DATABASE_URL_VERSION), got 4`,
  ],
  [
    ({ services }) => (services.core.environment.BIG = "x".repeat(65_500)),
    "crm:services.core.environment: expected at most 65536 bytes in all names and values with those that the platform adds (OTEL_SERVICE_NAME, ",
  ],
  [filter({ a: values(10), b: values(15) })],
  [
    filter({ a: values(10), b: values(16) }),
    `${POLICY}: expected at most 150 combinations of values, the numbers of values multiplied, got 160`,
  ],
  [
    filter(Object.fromEntries("abcdef".split("").map((key) => [key, ["v"]]))),
    `${POLICY}: expected at most 5 attributes, got `,
  ],
  [({ edge }) => (edge.domain = `${"a".repeat(53)}.com`)],
  [
    ({ edge }) => (edge.domain = `${"a".repeat(54)}.com`),
    "crm:edge.domain: expected at most 57 characters, as a certificate's first name origin.",
  ],
  ...(
    [
      ["edge.probePaths", ({ edge }) => (edge.probePaths = ["/health", "/health"])],
      ["edge.firewall.uploadPaths", ({ edge }) => (edge.firewall.uploadPaths = ["/a", "/a"])],
      [
        "edge.firewall.groups[1].countedRules",
        ({ edge }) => (edge.firewall.groups[1].countedRules = ["Log4JRCE_BODY", "Log4JRCE_BODY"]),
      ],
      [
        "recovery.plan.buckets",
        ({ recovery }) => (recovery.plan.buckets = ["user-uploads", "user-uploads"]),
      ],
      [
        "services.auth.route.paths",
        ({ services }) => (services.auth.route.paths = ["/auth/*", "/auth/*"]),
      ],
      [
        "storage.buckets.frontend-assets.cors[0].allowedMethods",
        ({ storage }) =>
          (storage.buckets["frontend-assets"].cors[0].allowedMethods = ["GET", "GET"]),
      ],
      [
        "eventing.topics.notifications.publishers",
        ({ eventing }) =>
          (eventing.topics.notifications.publishers = ["elasticache", "elasticache"]),
      ],
      ["extensions", (sections) => (sections["extensions"] = ["./a.ts", "./a.ts"])],
    ] as const satisfies readonly (readonly [string, (sections: Sections) => void])[]
  ).map(
    ([key, change]) =>
      [change, `crm:${key}[1]: expected an entry that is not in the list already, got "`] as const,
  ),
];

describe("A stack file", () => {
  CASES.forEach(([change, expected], index) => {
    it(
      expected === undefined ? `accepts what AWS accepts: case ${index}` : `refuses ${expected}`,
      () => {
        const found = problems("staging", change);
        assert.equal(found.length, expected === undefined ? 0 : 1, found.join("\n"));
        if (expected !== undefined) assert.ok(found[0]!.startsWith(expected), found[0]);
      },
    );
  });

  it("has a person whom production's alarms reach", () => {
    const found = (subscriptions: unknown[]) =>
      problems("production", ({ eventing }: Sections) => {
        eventing.topics["alert-notifications"].subscriptions = subscriptions;
      });
    const expected =
      /^crm:eventing\.topics\.alert-notifications\.subscriptions: expected a subscriber that notifies a person /;
    assert.match(found([])[0]!, expected);
    assert.match(found([{ queue: "notification-processor" }])[0]!, expected);
    assert.deepEqual(found([{ email: "alerts@example.com" }]), []);
    const staging = problems("staging", ({ eventing }: Sections) => {
      eventing.topics["alert-notifications"].subscriptions = [];
    });
    assert.deepEqual(staging, []);
  });

  it("repeats words of a command", () => {
    const change = ({ services }: Sections) => (services.core.command = ["run", "-v", "-v"]);
    assert.deepEqual(problems("staging", change), []);
  });
});
