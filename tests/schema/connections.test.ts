import assert from "node:assert/strict";

import { problems, validated } from "../support/stack-files";

describe("connections that the configuration promises", () => {
  const errors = (change: (sections: Record<string, any>) => void) =>
    // any: tests reach into every section
    problems("production", change);
  const rules = (sections: Record<string, any>, group: string) =>
    sections["network"].securityGroups[group];

  it("moves the rules with the database's port", () => {
    const config = validated("production", ({ database }) => (database.port = 5433));
    const { securityGroups } = config.network;
    const ports = [
      ...securityGroups.ecs.egress.filter(({ destination }) => destination === "rds"),
      ...securityGroups.functions.egress.filter(({ destination }) => destination === "rds"),
      ...securityGroups.rds.ingress,
    ].map(({ port }) => port);
    assert.deepEqual(ports, Array(4).fill({ from: 5433, to: 5433 }));
  });

  it("moves the rules with the cache's port", () => {
    const config = validated("production", ({ cache }) => (cache.port = 6380));
    const { securityGroups } = config.network;
    const [rule] = securityGroups.elasticache.ingress;
    assert.deepEqual(rule, { port: { from: 6380, to: 6380 }, protocol: "tcp", source: "ecs" });
  });

  it("uses the default port if the section sets none", () => {
    const config = validated("production", ({ database }) => delete database.port);
    assert.deepEqual(config.network.securityGroups.rds.ingress[0]!.port, { from: 5432, to: 5432 });
  });

  const cases: [string, (sections: Record<string, any>) => void, string[]][] = [
    [
      "a port that is written twice and moved once",
      (sections) => {
        sections["database"].port = 5433;
        for (const [group, direction] of [
          ["ecs", "egress"],
          ["functions", "egress"],
          ["rds", "ingress"],
        ] as const) {
          for (const rule of rules(sections, group)[direction]) {
            if (rule.port === "database") rule.port = 5432;
          }
        }
      },
      [
        'crm:network.securityGroups.ecs.egress: expected a rule for tcp 5433 to rds, as auth, core, analytics get its URL, got ["tcp 5432 to rds","tcp 6379 to elasticache","tcp 443 to 0.0.0.0/0"]',
        'crm:network.securityGroups.functions.egress: expected a rule for tcp 5433 to rds, as social-data-processor, analytics-aggregator, report-generator get its URL, got ["tcp 5432 to rds","tcp 443 to 0.0.0.0/0"]',
      ],
    ],
    [
      "a cache that its reader cannot reach",
      (sections) => {
        rules(sections, "ecs").egress.splice(1, 1);
        rules(sections, "elasticache").ingress = [];
      },
      [
        'crm:network.securityGroups.ecs.egress: expected a rule for tcp 6379 to elasticache, as core gets its URL, got ["tcp 5432 to rds","tcp 443 to 0.0.0.0/0"]',
      ],
    ],
    [
      "a service that the load balancer cannot reach",
      ({ services }) => (services.auth.port = 4000),
      [
        "crm:services.auth.port: expected a port that crm:network.securityGroups.alb may open to ecs: 8080, 3000-3010, got 4000",
      ],
    ],
    [
      "a word for a port that there is not",
      (sections) => (rules(sections, "ecs").egress[0].port = "databases"),
      [
        'crm:network.securityGroups.ecs.egress[0].port: expected a port such as 443, a range such as 3000-3010, or database or cache for theirs, got "databases"',
      ],
    ],
  ];
  for (const [title, change, expected] of cases) {
    it(`refuses ${title}`, () => assert.deepEqual(errors(change), expected));
  }
});
