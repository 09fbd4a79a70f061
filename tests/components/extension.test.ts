/** What an extension may add to a service, what is refused, and what reaches the task definition. */
import assert from "node:assert/strict";
import * as path from "node:path";

import { additionProblems, Extensions, type PlatformParts } from "../../components/extension";
import type { ServiceAddition } from "../../components/service";
import { container, planService } from "../support/compute-plan";
import { problems, validated } from "../support/stack-files";

const FIXTURES = path.join(__dirname, "..", "fixtures");
const VOLUME = {
  name: "shared",
  mountPath: "/mnt/shared",
  fileSystemId: "fs-0123456789abcdef0",
  accessPointId: "fsap-0123456789abcdef0",
};

describe("An extension", () => {
  const { services } = validated("staging");
  const refused = (addition: ServiceAddition, before?: ServiceAddition, service = "core") =>
    additionProblems(services, service, addition, before);

  it("adds to existing services, and its error names the most similar one", () => {
    assert.deepEqual(refused({}), []);
    assert.deepEqual(refused({}, {}, "crore"), [
      'expected a service of crm:services, got "crore". Did you mean core?',
    ]);
    assert.deepEqual(refused({}, {}, "constructor"), [
      'expected a service of crm:services, got "constructor"',
    ]);
  });

  it("adds no variable that the service has already, from settings, an extension or itself", () => {
    const [secret] = Object.keys(services["core"]!.secrets);
    const one = { environment: { SHARED: "a" } };
    const message = (name: string) =>
      `expected a variable that core has from nowhere else, got "${name}"`;
    assert.deepEqual(refused({ parameterArns: { [secret!]: "arn" } }), [message(secret!)]);
    assert.deepEqual(refused(one, one), [message("SHARED")]);
    assert.deepEqual(refused({ ...one, parameterArns: { SHARED: "arn" } }), [message("SHARED")]);
    assert.deepEqual(refused(one, { environment: { OTHER: "a" } }), []);
  });

  it("adds no variable that the container has of the platform", () => {
    const { links, tracing } = services["core"]!;
    assert.ok(links.some(({ bucket }) => bucket === "user-uploads") && tracing);
    const taken = ["PORT", "DB_POOL_MAX", "OTEL_SERVICE_NAME", "USER_UPLOADS_BUCKET"];
    const messages = taken.map(
      (name) => `expected a variable that core has from nowhere else, got "${name}"`,
    );
    const values = Object.fromEntries(taken.map((name) => [name, "a"]));
    assert.deepEqual(refused({ environment: values }), messages);
    assert.deepEqual(refused({ parameterArns: values }), messages);
  });

  it("raises versions of its own parameters alone", () => {
    const parameterArns = { OTHER_URL: "arn" };
    assert.deepEqual(refused({ parameterArns, secretVersions: { OTHER_URL: 2 } }), []);
    assert.deepEqual(refused({ parameterArns, secretVersions: { DB_URL: 2 } }), [
      'expected a variable of parameterArns in secretVersions, got "DB_URL"',
    ]);
  });

  it("gives statements names that IAM takes", () => {
    const statement = (sid: string, action: string) => ({
      statements: [{ sid, actions: [action], resources: ["*"] }],
    });
    assert.deepEqual(refused(statement("Read1", "s3:GetObject")), []);
    assert.deepEqual(refused(statement("read-files", "s3:GetObject")), [
      'expected a statement\'s sid of letters and digits, got "read-files"',
    ]);
  });

  it("mounts no volume where the container's own memory lies", () => {
    const paths = (...all: string[]) =>
      refused({
        volumes: all.map((mountPath, index) => ({ ...VOLUME, name: `v${index}`, mountPath })),
      });
    assert.deepEqual(paths("/mnt/tmp", "/tmpfiles"), []);
    assert.deepEqual(paths("/tmp", "/tmp/shared"), [
      'expected a path apart from /tmp, where the container writes to memory, got "/tmp"',
      'expected a path apart from /tmp, where the container writes to memory, got "/tmp/shared"',
    ]);
  });

  it("mounts volumes of names and paths that ECS takes, each once", () => {
    assert.deepEqual(refused({ volumes: [VOLUME] }), []);
    assert.deepEqual(refused({ volumes: [VOLUME] }, { volumes: [VOLUME] }), [
      'expected a name of a volume that core has from nowhere else, got "shared"',
      'expected a mountPath of a volume that core has from nowhere else, got "/mnt/shared"',
    ]);
    assert.deepEqual(refused({ volumes: [{ ...VOLUME, name: "a b", mountPath: "mnt/../x" }] }), [
      'expected a volume\'s name of letters, digits, _ and -, got "a b"',
      'expected an absolute path such as /mnt/shared, got "mnt/../x"',
    ]);
  });

  it("says of each module what it exports in place of an extension", () => {
    assert.throws(
      () => new Extensions(["./extensions/none.ts", "./extensions/other.ts"], FIXTURES),
      {
        message:
          "crm:extensions: ./extensions/none.ts: expected a default export with beforeServices, extend or both, got undefined\n" +
          "crm:extensions: ./extensions/other.ts: expected a default export with beforeServices, extend or both, got one with extends",
      },
    );
  });

  it("joins what several add, and names the module of what is refused", () => {
    const parts = { config: validated("staging") } as PlatformParts;
    const both = new Extensions(["./extensions/one.ts", "./extensions/two.ts"], FIXTURES);
    assert.deepEqual(both.beforeServices(parts), {
      core: {
        environment: { ONE: "1", TWO: "2" },
        statements: [{ sid: "One", actions: ["s3:GetObject"], resources: ["arn:aws:s3:::one/*"] }],
        parameterArns: {},
        secretVersions: {},
        volumes: [],
        startAfter: [],
      },
    });
    const twice = new Extensions(["./extensions/one.ts", "./extensions/one.ts"], FIXTURES);
    assert.throws(() => twice.beforeServices(parts), {
      message:
        'crm:extensions: ./extensions/one.ts, beforeServices: expected a variable that core has from nowhere else, got "ONE"',
    });
  });

  it("is a module of the project, named once", () => {
    const given = (extensions: unknown) =>
      problems("staging", (sections: Record<string, unknown>) => {
        sections["extensions"] = extensions;
      });
    assert.deepEqual(given(["./extensions/aurora.ts", "./a/b/c.d.ts"]), []);
    const expected = "expected a module of this project such as ./extensions/aurora.ts, got";
    assert.deepEqual(given(["extensions/a.ts", "./../a.ts", "./a/.env.ts", "/a.ts", "./a.js"]), [
      `crm:extensions[0]: ${expected} "extensions/a.ts"`,
      `crm:extensions[1]: ${expected} "./../a.ts"`,
      `crm:extensions[2]: ${expected} "./a/.env.ts"`,
      `crm:extensions[3]: ${expected} "/a.ts"`,
      `crm:extensions[4]: ${expected} "./a.js"`,
    ]);
    assert.deepEqual(given(["./a.ts", "./a.ts"]), [
      'crm:extensions[1]: expected an entry that is not in the list already, got "./a.ts"',
    ]);
  });

  it("restarts the tasks when the version of its secret is raised", async () => {
    const parameterArns = {
      OTHER_URL: "arn:aws:ssm:us-east-1:123456789012:parameter/crm/core/other",
    };
    const labels = (plan: Awaited<ReturnType<typeof planService>>) =>
      (container(plan)["dockerLabels"] as Record<string, string>)["crm.secret-versions"];
    const plan = (version: number) =>
      planService(
        "core",
        {},
        { addition: { parameterArns, secretVersions: { OTHER_URL: version } } },
      );
    assert.match(labels(await plan(1))!, /\bOTHER_URL=1\b/);
    assert.match(labels(await plan(2))!, /\bOTHER_URL=2\b/);
  });

  it("keeps its statement beside the platform's of the same name", async () => {
    const plan = await planService(
      "core",
      { exec: true },
      {
        addition: {
          statements: [
            { sid: "OpenChannels", actions: ["s3:GetObject"], resources: ["arn:aws:s3:::one/*"] },
          ],
        },
      },
    );
    const policy = plan
      .ofType("aws:iam/rolePolicy:RolePolicy")
      .map(({ inputs }) => String(inputs["policy"]))
      .find((text) => text.includes("OpenChannels"))!;
    const { Statement } = JSON.parse(policy) as { Statement: { Sid: string; Action: unknown }[] };
    const sids = Statement.map(({ Sid }) => Sid);
    assert.deepEqual([...new Set(sids)], sids, "IAM refuses a policy with two of one Sid");
    assert.ok(Statement.some(({ Action }) => Action === "s3:GetObject"));
    assert.ok(sids.includes("OpenChannels2"));
  });

  it("reaches a service's container, task definition and roles", async () => {
    const parameter = "arn:aws:ssm:us-east-1:123456789012:parameter/crm/core/other";
    const plan = await planService(
      "core",
      {},
      {
        addition: {
          environment: { SHARED: "/mnt/shared" },
          statements: [
            { sid: "Mount", actions: ["elasticfilesystem:ClientMount"], resources: ["*"] },
          ],
          parameterArns: { OTHER_URL: parameter },
          volumes: [{ ...VOLUME, readOnly: true }],
        },
      },
    );
    const { environment, secrets, mountPoints } = container(plan) as Record<string, any[]>; // any: what ECS takes is JSON
    assert.ok(environment!.some(({ name, value }) => name === "SHARED" && value === "/mnt/shared"));
    assert.ok(
      secrets!.some(({ name, valueFrom }) => name === "OTHER_URL" && valueFrom === parameter),
    );
    assert.deepEqual(mountPoints, [
      { sourceVolume: "shared", containerPath: "/mnt/shared", readOnly: true },
    ]);
    const task = plan.only("aws:ecs/taskDefinition:TaskDefinition").inputs;
    assert.deepEqual(task["volumes"], [
      {
        name: "shared",
        efsVolumeConfiguration: {
          fileSystemId: VOLUME.fileSystemId,
          transitEncryption: "ENABLED",
          authorizationConfig: { accessPointId: VOLUME.accessPointId, iam: "ENABLED" },
        },
      },
    ]);
    const policies = plan
      .ofType("aws:iam/rolePolicy:RolePolicy")
      .map(({ inputs }) => String(inputs["policy"]));
    assert.ok(policies.some((policy) => policy.includes('"Sid":"Mount"')));
    assert.ok(
      policies.some((policy) => policy.includes(parameter)),
      "the execution role reads it",
    );
  });
});
