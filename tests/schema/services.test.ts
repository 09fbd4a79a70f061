import assert from "node:assert/strict";

import { fargateMemories } from "../../facts/fargate-sizes";
import { servicesSchema } from "../../schema/services";
import { imageDigestRules, servicesRules } from "../../schema/services-rules";
import { DIGEST, SERVICES, type Raw } from "../support/compute";
import { problems as stackProblems } from "../support/stack-files";

/** `path: expected` of what the schema or the rules refuse. */
function problems(input: Record<string, unknown>): string[] {
  const parsed = servicesSchema.safeParse(input);
  if (!parsed.success) {
    return parsed.error.issues.map((issue) => {
      const key = issue.code === "invalid_key" ? issue.issues[0]!.message : issue.message;
      return `${issue.path.join(".")}: ${key}`;
    });
  }
  const found: string[] = [];
  servicesRules(parsed.data, (path, _given, expected) =>
    found.push(`${path.join(".")}: ${expected}`),
  );
  return found;
}

/** A task that runs before a version. */
const BEFORE: Raw = { command: ["a"], beforeVersion: {} };

/** The auth service with some settings changed. */
const auth = (change: Raw) => ({ auth: { ...SERVICES["auth"], ...change } });

describe("repositories of whole names", () => {
  const found = (repository: object) =>
    stackProblems("staging", ({ services }) => (services.auth.repository = repository));

  it("are created with the start of the stack's names, which the deployment role may create", () => {
    assert.deepEqual(found({ name: "crm-staging-logins" }), []);
    assert.deepEqual(found({ create: false, name: "team/auth" }), []);
    assert.deepEqual(found({ name: "team/auth" }), [
      "crm:services.auth.repository.create: expected false, as the repository team/auth of another stack exists, or a name that begins with crm-staging-, got true",
    ]);
  });
});

describe("schema of crm:services", () => {
  it("accepts the document's services, and omitted settings have the document's values", () => {
    assert.deepEqual(problems({ ...SERVICES }), []);
    const { core } = servicesSchema.parse(SERVICES);
    assert.deepEqual(core!.containerHealth, {
      path: "/health",
      intervalSeconds: 30,
      timeoutSeconds: 5,
      retries: 3,
      startPeriodSeconds: 60,
    });
    assert.deepEqual(core!.targetHealth, {
      path: "/health",
      intervalSeconds: 30,
      timeoutSeconds: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 3,
      matcher: "200",
    });
    assert.deepEqual(core!.scaling, {
      cpuTargetPercent: 70,
      memoryTargetPercent: 80,
      scaleOutCooldownSeconds: 300,
      cpuScaleInPercent: 30,
      memoryScaleInPercent: 40,
      scaleInCooldownSeconds: 600,
    });
    assert.equal(core!.deployment.strategy, "blue-green");
    assert.equal(core!.deployment.bakeMinutes, 10);
    assert.equal(core!.logRetentionDays, 30);
    assert.ok(core!.stopTimeoutSeconds < 120);
  });

  it("accepts a fifth service as another block", () => {
    const billing = {
      cpu: 256,
      memoryMiB: 1024,
      port: 3005,
      desiredCount: 1,
      minCapacity: 1,
      maxCapacity: 2,
      route: { priority: 400, paths: ["/billing/*"] },
    };
    assert.deepEqual(problems({ ...SERVICES, billing }), []);
  });

  const deployment = (change: Raw) => auth({ deployment: change });
  const cases: [string, Record<string, unknown>, string][] = [
    ["CPU units that Fargate does not have", auth({ cpu: 300 }), "auth.cpu: one of 256, 512, 1024"],
    [
      "memory that does not go with the CPU",
      auth({ memoryMiB: 4096 }),
      "auth.memoryMiB: 512, 1024, 2048 MiB with 256",
    ],
    [
      "memory between two steps",
      auth({ cpu: 1024, memoryMiB: 2500 }),
      "auth.memoryMiB: 2048 to 8192 in steps of 1024 MiB with 1024 CPU units",
    ],
    [
      "a /tmp above half of the memory",
      auth({ tmpSizeMiB: 300 }),
      "auth.tmpSizeMiB: half of the task's 512 MiB",
    ],
    [
      "fewest above most",
      auth({ minCapacity: 11, desiredCount: 11 }),
      "auth.minCapacity: at most 10 (maxCapacity)",
    ],
    [
      "a start below the fewest",
      auth({ desiredCount: 1 }),
      "auth.desiredCount: a number from minCapacity, 2,",
    ],
    [
      "a check that waits longer than its interval",
      auth({ targetHealth: { intervalSeconds: 5, timeoutSeconds: 5 } }),
      "auth.targetHealth.timeoutSeconds: less than the interval of 5 seconds",
    ],
    [
      "two bases",
      auth({
        capacityProviders: [
          { provider: "FARGATE", weight: 1, base: 1 },
          { provider: "FARGATE_SPOT", weight: 1, base: 1 },
        ],
      }),
      "auth.capacityProviders: a base on one provider at most",
    ],
    [
      "a stop timeout beyond Spot's notice",
      auth({ stopTimeoutSeconds: 120 }),
      "auth.stopTimeoutSeconds: a whole number from 1 to 119",
    ],
    [
      "draining longer than a task lives",
      auth({ deregistrationSeconds: 110 }),
      "auth.deregistrationSeconds: less than stopTimeoutSeconds, 110",
    ],
    [
      "a scale-in above the target",
      auth({ scaling: { cpuScaleInPercent: 70 } }),
      "auth.scaling.cpuScaleInPercent: less than the target of 70",
    ],
    [
      "paths that one rule cannot hold",
      auth({ route: { priority: 1, paths: [`/${"a".repeat(128)}`] } }),
      "auth.route.paths: paths of at most 128 characters",
    ],
    [
      "a route without a port",
      auth({ port: undefined }),
      "auth.port: the port that the route leads to",
    ],
    [
      "nobody to ask whether a worker works",
      auth({ route: undefined, port: undefined, deployment: { strategy: "rolling" } }),
      "auth.containerHealth.command: a command, as the service has no port",
    ],
    [
      "traffic that shifts to a service without any",
      auth({ route: undefined }),
      "auth.deployment.strategy: rolling, as the service has no route",
    ],
    [
      "checks of a service that nobody can ask",
      auth({ route: undefined, deployment: { strategy: "rolling", checks: [{ path: "/a" }] } }),
      "auth.deployment.checks: no such entry, as the service has no route",
    ],
    [
      "requests of a service that gets none",
      auth({
        route: undefined,
        deployment: { strategy: "rolling" },
        scaling: { requestsPerTask: 9 },
      }),
      "auth.scaling.requestsPerTask: no such entry, as the service has no route",
    ],
    [
      "a backlog of a queue that is another's",
      auth({
        links: [{ queue: "mail", access: "send" }],
        scaling: { backlog: { queue: "mail", messagesPerTask: 9 } },
      }),
      "auth.scaling.backlog.queue: one of the queues that auth.links lets the service receive from: none",
    ],
    [
      "a task that nothing starts",
      auth({ tasks: { report: { command: ["a"] } } }),
      "auth.tasks.report: one of schedule and beforeVersion",
    ],
    [
      "two tasks before a version",
      auth({ tasks: { one: BEFORE, two: BEFORE }, deployment: { timeoutMinutes: 90 } }),
      "auth.tasks.two.beforeVersion: no such entry, as one has it",
    ],
    [
      "a task before a version whose deployment has no such stage",
      auth({ tasks: { one: BEFORE }, deployment: { strategy: "rolling" } }),
      "auth.tasks.one.beforeVersion: no such entry, as deployment.strategy is rolling",
    ],
    [
      "a deployment that is over before its task may be",
      auth({ tasks: { one: { ...BEFORE, beforeVersion: { timeoutMinutes: 60 } } } }),
      "auth.deployment.timeoutMinutes: at least 80 minutes: 10 to shift and bake",
    ],
    [
      "a task of a size that Fargate does not have",
      auth({ tasks: { one: { ...BEFORE, memoryMiB: 4096 } } }),
      "auth.tasks.one.memoryMiB: 512, 1024, 2048 MiB with 256 CPU units",
    ],
    [
      "a clock of no place",
      auth({
        tasks: {
          one: { command: ["a"], schedule: { expression: "rate(1 hour)", timeZone: "Mars" } },
        },
      }),
      "auth.tasks.one.schedule.timeZone: a time zone such as",
    ],
    ["the tag latest", auth({ image: "latest" }), "auth.image: a digest"],
    [
      "a reference with the tag latest",
      auth({ image: "docker.io/nginx:latest" }),
      "auth.image: a digest",
    ],
    ["a reference without a tag", auth({ image: "docker.io/nginx" }), "auth.image: a digest"],
    ["the root user", auth({ user: "0" }), "auth.user: a user's number, not root's"],
    ["root's group", auth({ user: "1000:0" }), "auth.user: a user's number, not root's"],
    [
      "PORT as a variable",
      auth({ environment: { PORT: "1" } }),
      "auth.environment.PORT: no such entry: port says it already",
    ],
    [
      "the pool as a variable",
      auth({ environment: { DB_POOL_MAX: "5" } }),
      "auth.environment.DB_POOL_MAX: no such entry: databasePoolMax says it",
    ],
    [
      "a pool without a database",
      auth({ databasePoolMax: 5, secrets: {} }),
      "auth.databasePoolMax: no such entry: the service has no secret with the source database-url",
    ],
    [
      "a variable that is a secret too",
      auth({ environment: { DB_URL: "x" } }),
      "auth.environment.DB_URL: another name: a secret has this one",
    ],
    [
      "a variable that a link sets too",
      auth({
        links: [{ bucket: "user-uploads", access: "read" }],
        environment: { USER_UPLOADS_BUCKET: "x" },
      }),
      "auth.environment.USER_UPLOADS_BUCKET: another name: a link sets this one",
    ],
    [
      "a secret that a link sets too",
      auth({
        links: [{ queue: "email-notifications", access: "send" }],
        secrets: { EMAIL_NOTIFICATIONS_QUEUE_URL: { source: "generated", parameter: "url" } },
      }),
      "auth.secrets.EMAIL_NOTIFICATIONS_QUEUE_URL: another name: a link sets this one",
    ],
    [
      "a bake shorter than its alarms",
      deployment({ bakeMinutes: 2 }),
      "auth.deployment.bakeMinutes: more than the 120 seconds in which an alarm can fire",
    ],
    [
      "a timeout before the bake is over",
      deployment({ bakeMinutes: 60 }),
      "auth.deployment.timeoutMinutes: at least 70 minutes: 60 to shift and bake",
    ],
    [
      "a timeout before the last linear step",
      deployment({ strategy: "linear", stepPercent: 10, stepMinutes: 5 }),
      "auth.deployment.timeoutMinutes: at least 65 minutes: 55 to shift and bake",
    ],
    [
      "an unknown strategy",
      deployment({ strategy: "big-bang" }),
      "auth.deployment.strategy: one of blue-green, canary",
    ],
    [
      "one priority twice",
      { ...SERVICES, core: { ...SERVICES["core"], route: { priority: 100, paths: ["/core/*"] } } },
      "core.route.priority: a priority that no other service has (auth has this one)",
    ],
    [
      "a route behind one that takes its paths",
      {
        ...SERVICES,
        auth: { ...SERVICES["auth"], route: { priority: 1500, paths: ["/sign-in"] } },
      },
      "auth.route.priority: less than 1000: there core takes every request to /sign-in, by /*",
    ],
    [
      "a name too long for target groups",
      { "customer-portal": SERVICES["auth"] },
      "customer-portal: a lower-case word of at most 14 letters",
    ],
    [
      "a link to two targets",
      auth({ links: [{ bucket: "a", queue: "b", access: "read" }] }),
      "auth.links.0: one of bucket, queue, topic, service",
    ],
  ];
  for (const [what, input, expected] of cases) {
    it(`refuses ${what}`, () => {
      const found = problems(input);
      assert.equal(found.length, 1, found.join("\n"));
      assert.ok(found[0]!.startsWith(expected), found[0]);
    });
  }

  it("accepts rolling services without a bake time", () => {
    assert.deepEqual(problems(deployment({ strategy: "rolling", bakeMinutes: 0 })), []);
  });

  it("lets a service take over the paths of another", () => {
    const { core } = SERVICES as { core: { route: object } };
    const next = { ...core, route: { ...core.route, priority: 999 } };
    assert.deepEqual(problems({ ...SERVICES, "core-next": next }), []);
  });

  it("holds as many services as a load balancer has rules for, and refuses more", () => {
    const many = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `service-${index}`,
          { ...SERVICES["auth"], route: { priority: index + 1, paths: [`/${index}/*`] } },
        ]),
      );
    assert.deepEqual(problems(many(50)), []);
    assert.deepEqual(problems(many(51)), [
      ": at most 50: a load balancer has 100 rules",
      ": at most 500: both colours together are a load balancer's 1000 targets",
    ]);
  });

  it("requires digests if the stack does, for any form of the reference", () => {
    const found: string[] = [];
    const services = servicesSchema.parse({
      ...auth({ image: "1.4.2" }),
      core: { ...SERVICES["core"], image: `docker.io/crm/core@${DIGEST}` },
      social: { ...SERVICES["social"], image: undefined },
    });
    imageDigestRules(services, (path) => found.push(path.join(".")));
    assert.deepEqual(found, ["services.auth.image"]);
  });
});

describe("fargateMemories", () => {
  it("knows the sizes of Fargate's table", () => {
    assert.deepEqual(fargateMemories(256), [512, 1024, 2048]);
    assert.deepEqual(fargateMemories(512), [1024, 2048, 3072, 4096]);
    assert.equal(fargateMemories(1024).length, 7);
    assert.equal(fargateMemories(4096).at(-1), 30_720);
    assert.deepEqual(fargateMemories(8192).slice(0, 2), [16_384, 20_480]);
    assert.equal(fargateMemories(16_384).at(-1), 122_880);
    assert.deepEqual(fargateMemories(300), []);
  });
});
