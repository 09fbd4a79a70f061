/** Functions from container images, and handlers of any form. */
import assert from "node:assert/strict";

import { betweenSections } from "../../schema/between-sections";
import { eventingSchema } from "../../schema/eventing";
import { eventingRules } from "../../schema/eventing-rules";
import { servicesSchema } from "../../schema/services";
import { SERVICES } from "../support/compute";
import { eventingInput, planEventing, statement } from "../support/eventing";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;
const FUNCTION = "aws:lambda/function:Function";
const POLICY = "aws:ecr/repositoryPolicy:RepositoryPolicy";

type Input = Record<string, any>;

/** The section with functions from images, and changes of them. */
function section(images: Record<string, Input>) {
  const input: Input = eventingInput();
  const base = { ...input["functions"]["report-generator"] };
  delete base.runtime;
  delete base.handler;
  for (const [name, change] of Object.entries(images)) {
    input["functions"][name] = { ...base, triggers: {}, ...change };
  }
  return input;
}

function problems(change: Input): string[] {
  const parsed = eventingSchema.safeParse(section({ reader: change }));
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  const found: string[] = [];
  const report = (path: readonly (string | number)[], _given: unknown, expected: string) =>
    found.push(`${path.join(".").replace("eventing.", "")}: ${expected}`);
  eventingRules(parsed.data, report);
  betweenSections(
    { eventing: parsed.data, services: servicesSchema.parse(SERVICES), region: "us-east-1" },
    report,
  );
  return found.filter((one) => one.startsWith("functions.reader"));
}

describe("a function from an image", () => {
  it("has the image of a service's repository, and no runtime", async () => {
    const functions = {
      one: { image: `core@${DIGEST}`, handler: "readers.scan" },
      two: { image: `core@${DIGEST}` },
      three: { image: `auth@${DIGEST}` },
      four: { image: `210987654321.dkr.ecr.us-east-1.amazonaws.com/team/reader@${DIGEST}` },
    };
    const plan = await planEventing(eventingSchema.parse(section(functions)));
    const inputs = (name: string) => plan.get(FUNCTION, `crm-eventing-${name}`).inputs;
    const { packageType, imageUri, imageConfig, runtime, handler, code } = inputs("one");
    assert.equal(packageType, "Image");
    assert.equal(imageUri, `123456789012.dkr.ecr.us-east-1.amazonaws.com/crm-core@${DIGEST}`);
    assert.deepEqual(imageConfig, { commands: ["readers.scan"] });
    assert.deepEqual([runtime, handler, code], [undefined, undefined, undefined]);
    assert.equal(inputs("two")["imageConfig"], undefined);
    assert.equal(inputs("four")["imageUri"], functions.four.image);
    assert.equal(inputs("report-generator")["packageType"], undefined);
  });

  // Lambda Developer Guide, "Create a Lambda function using a container image", Amazon ECR permissions.
  it("lets Lambda pull from the stack's own repository, once for all functions", async () => {
    const image = `core@${DIGEST}`;
    const functions = { one: { image }, two: { image }, three: { image: `auth@${DIGEST}` } };
    const plan = await planEventing(eventingSchema.parse(section(functions)));
    const { inputs, urn } = plan.only(POLICY);
    assert.equal(inputs["repository"], "crm-core");
    assert.deepEqual(statement(inputs["policy"], "PulledByFunctions"), {
      Sid: "PulledByFunctions",
      Effect: "Allow",
      Principal: { Service: "lambda.amazonaws.com" },
      Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      Condition: {
        StringLike: { "aws:sourceArn": "arn:aws:lambda:us-east-1:123456789012:function:*" },
      },
    });
    assert.ok(plan.get(FUNCTION, "crm-eventing-one").dependencies.includes(urn));
  });

  it("pulls with its role where the repository is not the stack's", async () => {
    const other = "210987654321.dkr.ecr.us-east-1.amazonaws.com/team/reader";
    const functions = {
      own: { image: `core@${DIGEST}` },
      shared: { image: `auth@${DIGEST}` },
      other: { image: `${other}@${DIGEST}` },
    };
    const plan = await planEventing(eventingSchema.parse(section(functions)));
    const pulls = (name: string) => {
      const { policy } = plan.get("aws:iam/rolePolicy:RolePolicy", `crm-eventing-${name}-role`).inputs; // prettier-ignore
      const { Statement } = JSON.parse(policy as string) as { Statement: Input[] };
      return Statement.filter(({ Sid }) => Sid === "PullImage").map((one) => [one["Action"], one["Resource"]]); // prettier-ignore
    };
    const actions = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
    assert.deepEqual(pulls("own"), []);
    assert.deepEqual(pulls("report-generator"), []);
    const arn = (account: string, name: string) => `arn:aws:ecr:us-east-1:${account}:repository/${name}`; // prettier-ignore
    assert.deepEqual(pulls("shared"), [[actions, arn("123456789012", "crm-auth")]]);
    assert.deepEqual(pulls("other"), [[actions, arn("210987654321", "team/reader")]]);
  });

  it("has code: its schedule and its queue call it", async () => {
    const triggers = { schedule: { expression: "rate(1 hour)" } };
    const functions = { one: { image: `core@${DIGEST}`, triggers } };
    const plan = await planEventing(eventingSchema.parse(section(functions)));
    assert.equal(
      plan.get("aws:scheduler/schedule:Schedule", "crm-eventing-one-schedule").inputs["state"],
      "ENABLED",
    );
  });

  it("is accepted, and so are handlers in folders and of objects", () => {
    assert.deepEqual(problems({ image: `core@${DIGEST}` }), []);
    for (const handler of [
      "index.handler",
      "dist/a/index.handlers.create",
      "src/app.readers.run",
    ]) {
      assert.deepEqual(problems({ runtime: "nodejs24.x", handler }), [], handler);
    }
  });

  const refused: [what: string, change: Input, expected: RegExp][] = [
    [
      "a runtime beside",
      { image: `core@${DIGEST}`, runtime: "nodejs24.x" },
      /runtime: no such entry, as the function has an image/,
    ],
    ["a tag", { image: "core:1.2.3" }, /image: an image by digest, such as core@sha256:\.\.\./],
    [
      "a service that is not there",
      { image: `crore@${DIGEST}` },
      /image: an image in the repository of one of the services /,
    ],
    [
      "an image of another region",
      { image: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/scans@${DIGEST}` },
      /image: an image in ECR of aws:region us-east-1/,
    ],
    ["neither image nor runtime", { handler: "a.b" }, /runtime: a Lambda runtime, or an image/],
    [
      "neither image nor handler",
      { runtime: "nodejs24.x" },
      /handler: file\.function such as index\.handler, or an image/,
    ],
    [
      "a handler outside the package",
      { runtime: "nodejs24.x", handler: "../a.b" },
      /handler: file\.function/,
    ],
    [
      "a handler longer than 128",
      { runtime: "nodejs24.x", handler: `${"a".repeat(130)}.b` },
      /handler: file\.function/,
    ],
  ];
  for (const [what, change, expected] of refused) {
    it(`is refused with ${what}`, () => {
      const found = problems(change);
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0]!, expected);
    });
  }
});
