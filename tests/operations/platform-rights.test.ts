/**
 * The platform's own roles, asked for what they call. What is needed is AWS's word (pages named in analysis/rights/uses.ts) and
 * the links of the stack file; each test but the first takes something away, in a role, a key, a queue or an endpoint.
 */
import assert from "node:assert/strict";

import { parse } from "yaml";

import { type Changes, exampleText, planWith } from "../../operations/example";
import { stackConfigOf } from "../../operations/platform";
import { platformDuties } from "../../operations/platform-roles";
import { indexOf, problemsOf } from "../../operations/rights";
import type { Plan, PlannedResource } from "../../tools/preview/index";
import { planOf } from "../support/plans";
import { STACKS_PROJECT } from "../support/stack-files";

const ACCOUNT = "123456789012";

interface Statement {
  Sid: string;
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Principal?: unknown;
  Condition?: unknown;
}

describe("npm run rights, inside the platform", () => {
  let bootstrap: Plan;
  before(async () => {
    bootstrap = await planOf("bootstrap");
  });

  const dutiesIn = (stack: string, plan: Plan) =>
    platformDuties(indexOf(plan), indexOf(bootstrap), stackConfigOf(stack, STACKS_PROJECT));
  const problems = (stack: string, plan: Plan) =>
    dutiesIn(stack, plan)
      .duties.flatMap((duty) =>
        problemsOf(duty, ACCOUNT).map((line) => `${duty.role.name}: ${line}`),
      )
      .join("\n");

  /** Production with the statements of some policies changed. */
  const changed = async (
    which: (one: PlannedResource) => boolean,
    change: (statements: Statement[]) => Statement[],
  ) => {
    const plan = await planOf("production");
    const found = plan.resources.filter(
      (one) => typeof one.inputs["policy"] === "string" && which(one),
    );
    assert.ok(found.length > 0);
    for (const one of found) {
      const document = JSON.parse(one.inputs["policy"] as string) as { Statement: Statement[] };
      document.Statement = change([document.Statement].flat());
      one.inputs["policy"] = JSON.stringify(document);
    }
    return plan;
  };
  const ofRoles = ({ type }: PlannedResource) => type === "aws:iam/rolePolicy:RolePolicy";

  for (const stack of ["staging", "production", "recovery"]) {
    it(`allows every call of ${stack}'s roles; each has one, and no statement is needless`, async () => {
      const plan = await planOf(stack);
      assert.equal(problems(stack, plan), "");
      const { duties, notAsked } = dutiesIn(stack, plan);
      assert.deepEqual(notAsked, []);
      const calls = new Set(
        duties.flatMap(({ questions }) => questions.list.map(({ action }) => action)),
      );
      assert.ok(duties.length > 15 && calls.size > 30, `${duties.length} ${calls.size}`);
      // Every role of ours is bounded by bootstrap's policy, and judged within it.
      assert.ok(duties.every(({ role }) => role.boundary !== undefined));
    });
  }

  it("lets a schedule and a deployment start their own task, and nothing more than that", async () => {
    const example = parse(exampleText("tasks")) as Changes;
    const plan = await planWith(example, { stack: "staging", cwd: STACKS_PROJECT, judged: false });
    const settings = stackConfigOf("staging", STACKS_PROJECT);
    const migrate = { command: ["a"], beforeVersion: { timeoutMinutes: 20 } };
    const core = { ...settings.services["core"]!, tasks: { migrate } };
    const asked = (planned: Plan) => {
      const stack = { ...settings, services: { ...settings.services, core } };
      const { duties } = platformDuties(indexOf(planned), indexOf(bootstrap), stack);
      return duties.flatMap((duty) =>
        problemsOf(duty, ACCOUNT).map((line) => `${duty.role.name}: ${line}`),
      );
    };
    assert.deepEqual(asked(plan), []);
    const without = structuredClone(plan);
    for (const one of without.resources.filter(ofRoles)) {
      const document = JSON.parse(one.inputs["policy"] as string) as { Statement: Statement[] };
      document.Statement = document.Statement.filter(({ Sid }) => Sid !== "HandRolesToTask");
      one.inputs["policy"] = JSON.stringify(document);
    }
    const denied = asked(without).join("\n");
    assert.match(denied, /core-version-task: .*iam:PassRole/);
    assert.match(denied, /core-nightly-report-schedule: .*iam:PassRole/);
  });

  it("asks no role about a called service, as the network alone decides", async () => {
    const plan = await planOf("staging");
    const settings = stackConfigOf("staging", STACKS_PROJECT);
    const core = settings.services["core"]!;
    const asked = (links: typeof core.links) => {
      const services = { ...settings.services, core: { ...core, links } };
      const { duties } = platformDuties(indexOf(plan), indexOf(bootstrap), {
        ...settings,
        services,
      });
      return duties.map(({ role, questions }) => [role.name, questions.list.length]);
    };
    const called = { service: "auth", access: "call" } as const;
    assert.deepEqual(asked([...core.links, called]), asked(core.links));
  });

  it("names each action that is taken from the roles", async () => {
    const { duties } = dutiesIn("production", await planOf("production"));
    const needed = new Set(
      duties.flatMap(({ questions }) => questions.list.map(({ action }) => action)),
    );
    const plan = await changed(ofRoles, (statements) =>
      statements.filter(({ Effect }) => Effect === "Deny"),
    );
    const text = problems("production", plan);
    for (const action of needed) assert.match(text, new RegExp(`denied +${action} on `), action);
  });

  // Lambda Developer Guide, "Create a Lambda function using a container image", Amazon ECR permissions.
  it("names a function whose image neither its role nor the repository's policy lets Lambda pull", async () => {
    const plan = await planOf("recovery");
    const fn = plan.resources.find(({ type, name }) => type === "aws:lambda/function:Function" && name.startsWith("crm-eventing"))!; // prettier-ignore
    fn.inputs["imageUri"] = `123456789012.dkr.ecr.us-west-2.amazonaws.com/crm-core@sha256:${"0".repeat(64)}`; // prettier-ignore
    assert.match(
      problems("recovery", plan),
      /-function: denied +ecr:GetDownloadUrlForLayer on arn:aws:ecr:us-west-2:123456789012:repository\/crm-core/,
    );
  });

  it("names a key that a queue's users may not use, and a bucket's policy that denies", async () => {
    const noKey = await changed(ofRoles, (statements) =>
      statements.filter(({ Sid }) => !/^(Use)?Key/.test(Sid)),
    );
    const text = problems("production", noKey);
    assert.match(text, /crm-core-task: denied +kms:Decrypt on .*\n.*code of the service core/);
    assert.match(text, /crm-report-generator-function: denied +kms:GenerateDataKey on /);
    const denying = await changed(
      ({ type, inputs }) =>
        type === "aws:s3/bucketPolicy:BucketPolicy" && inputs["bucket"] === "crm-user-uploads-prod",
      (statements) => [
        ...statements,
        {
          Sid: "NoReading",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:GetObject",
          Resource: "arn:aws:s3:::crm-user-uploads-prod/*",
        },
      ],
    );
    assert.match(problems("production", denying), /crm-core-task: denied +s3:GetObject on /);
  });

  it("names an endpoint that lets a call of the network not pass, and no call that leaves elsewhere", async () => {
    const plan = await changed(
      ({ type, name }) => type === "aws:ec2/vpcEndpoint:VpcEndpoint" && name.endsWith("crm-sqs"),
      (statements) => statements.map((one) => ({ ...one, Action: "sqs:ReceiveMessage" })),
    );
    const text = problems("production", plan);
    assert.match(text, /crm-core-task: denied +sqs:SendMessage on /);
    assert.match(text, /no endpoint policy allows it/);
    // Lambda polls queues and keeps failed events itself.
    assert.doesNotMatch(text, /crm-\S+-schedule: /);
  });

  it("names a statement that no call needs, and a role whose calls are unknown", async () => {
    const needless = { Sid: "More", Effect: "Allow", Action: "dynamodb:GetItem", Resource: "*" };
    const plan = await changed(
      ({ type, name }) => type === "aws:iam/rolePolicy:RolePolicy" && name === "crm-core-task",
      (statements) => [...statements, needless],
    );
    assert.match(
      problems("production", plan),
      /^crm-core-task: needless +\S+, statement \d+ \(More\)/m,
    );
    const other = await planOf("production");
    for (const one of other.resources) {
      if (one.type === "aws:scheduler/schedule:Schedule") one.inputs["target"] = {};
    }
    assert.deepEqual(dutiesIn("production", other).notAsked, [
      "crm-analytics-aggregator-schedule",
      "crm-region-watch-schedule",
      "crm-configuration-backup-schedule",
    ]);
  });
});
