import assert from "node:assert/strict";

import { type Plan, UNKNOWN } from "../../../analysis/plan/model";
import { countByComponent, inTreeOrder } from "../../../analysis/plan/tree";
import { shortType } from "../../../analysis/plan/urn";
import { secret } from "../../../analysis/plan/values";
import { PreviewError } from "../../../tools/preview/engine/errors";
import { renderJson, renderJsonError } from "../../../tools/report/json";
import { terminalOf } from "../../../tools/report/style";
import { outputText, renderError, renderText } from "../../../tools/report/text";
import { resource, stackResource } from "../preview/support";

const network = resource("crm:aws:CrmNetwork", "network", stackResource, { custom: false });
const vpc = resource("awsx:ec2:Vpc", "vpc", network, { custom: false, remote: true });
const subnet2 = resource("aws:ec2/subnet:Subnet", "subnet-2", vpc);
const subnet10 = resource("aws:ec2/subnet:Subnet", "subnet-10", vpc);
const key = resource("aws:kms/key:Key", "key", network, { protect: true });
const stray = resource("aws:sns/topic:Topic", "stray", stackResource, {
  inputs: { name: secret("hush"), arn: UNKNOWN },
});

const plan: Plan = {
  project: "sample",
  stack: "dev",
  resources: inTreeOrder([stackResource, stray, network, key, vpc, subnet10, subnet2]),
  outputs: { url: "https://example.com", token: secret("hush"), arn: UNKNOWN },
  policies: {
    packs: [{ name: "pack", version: "1.0.0", policies: 3 }],
    violations: [
      {
        pack: "pack",
        policy: "no-public",
        enforcementLevel: "mandatory",
        urn: key.urn,
        message: "public is true.",
      },
      { pack: "pack", policy: "named", enforcementLevel: "advisory", message: "no name." },
      {
        ...{ pack: "pack", policy: "signed", enforcementLevel: "advisory", exempt: true },
        message: "Nobody reads it.",
      },
    ],
    undecided: [{ pack: "pack", policy: "unclear", urn: stray.urn, message: "arn is unknown" }],
    remediations: [],
  },
  diagnostics: [{ severity: "warning", message: "an example account" }],
  durationMs: 1234,
};

const wide = { width: 100, color: false };

describe("preview rendering", () => {
  it("the tree shows components first, then resources by type and number", () => {
    const lines = renderText(plan, wide).split("\n");
    assert.deepEqual(lines.slice(2, 9), [
      "sample-dev          pulumi:pulumi:Stack",
      "├─ network          crm:aws:CrmNetwork",
      "│  ├─ vpc           awsx:ec2:Vpc",
      "│  │  ├─ subnet-2   aws:ec2:Subnet",
      "│  │  └─ subnet-10  aws:ec2:Subnet",
      "│  └─ key           aws:kms:Key protected",
      "└─ stray            aws:sns:Topic",
    ]);
  });

  it("counts by component add up to all resources", () => {
    const counts = countByComponent(plan.resources);
    assert.deepEqual(counts, { "(stack)": 2, network: 5 });
    assert.match(renderText(plan, wide), /  network {2}5\n  total {4}7\n/);
  });

  it("outputs hide secrets and say what is not known", () => {
    const text = renderText(plan, wide);
    assert.match(
      text,
      /  arn {4}output<string>\n  token {2}\[secret\]\n  url {4}https:\/\/example\.com\n/,
    );
    assert.equal(outputText({ a: [UNKNOWN, secret(1)] }), '{"a":["output<string>","[secret]"]}');
  });

  it("the verdict counts and groups what the pack found", () => {
    const text = renderText(plan, wide);
    assert.match(
      text,
      /Policies \(pack 1\.0\.0, 3 rules\): 1 mandatory violation, 1 advisory, 1 exempt, 1 undecided\n/,
    );
    assert.match(
      text,
      /  mandatory no-public\n    key \(aws:kms\/key:Key\)\n      public is true\.\n/,
    );
    assert.match(text, /  advisory named\n      no name\.\n/);
    assert.match(text, /  exempt signed\n      Nobody reads it\.\n/);
    assert.match(text, /  undecided unclear\n    stray \(aws:sns\/topic:Topic\)\n/);
    const { policies, ...rest } = plan;
    const clean = { ...policies, violations: [], undecided: [] };
    assert.match(
      renderText({ ...rest, policies: clean }, wide),
      /no mandatory violation, none undecided/,
    );
  });

  it("no line is wider than a narrow terminal where it can be cut", () => {
    const tree = renderText(plan, { width: 44, color: false }).split("\n").slice(2, 9);
    assert.deepEqual(
      tree.filter((line) => line.length > 44),
      [],
    );
    assert.match(tree[4] ?? "", /subnet-10/);
  });

  it("colour needs a terminal, and NO_COLOR turns it off", () => {
    assert.equal(terminalOf({ isTTY: true }, {}).color, true);
    assert.equal(terminalOf({ isTTY: true }, { NO_COLOR: "1" }).color, false);
    assert.equal(terminalOf({ isTTY: false }, {}).color, false);
    const escape = "\u001b[";
    assert.equal(renderText(plan, wide).includes(escape), false);
    const colored = renderText(plan, { width: 100, color: true });
    assert.equal(colored.includes(`${escape}31m1 mandatory violation`), true);
  });

  it("JSON has the documented keys, unknown markers and no secret", () => {
    const text = renderJson(plan);
    assert.equal(text.includes("hush"), false);
    const document = JSON.parse(text) as Record<string, Record<string, unknown>[]>;
    const topic = document.resources?.at(-1) ?? {};
    assert.deepEqual(topic.inputs, { name: "[secret]", arn: UNKNOWN });
    assert.deepEqual(
      ["urn", "type", "name", "parent", "custom", "remote", "inputs", "dependencies"].filter(
        (name) => !Object.hasOwn(topic, name),
      ),
      [],
    );
    assert.deepEqual(document.outputs, {
      url: "https://example.com",
      token: "[secret]",
      arn: UNKNOWN,
    });
    assert.deepEqual(document.summary, {
      resources: 7,
      madeByProviders: 4,
      byComponent: { "(stack)": 2, network: 5 },
    });
    assert.equal(document.durationMs, 1234);
    assert.equal(document.resources?.[0]?.parent, null);
  });

  it("an error shows message and frames, in JSON as well", () => {
    const error = new PreviewError("program", [{ message: "no", frames: ["a.ts:1:2 (f)"] }]);
    assert.equal(renderError(error, wide), "error: no\n  at a.ts:1:2 (f)\n");
    const document = JSON.parse(renderJsonError(error)) as Record<string, unknown>;
    assert.deepEqual(document.error, {
      kind: "program",
      failures: [{ message: "no", frames: ["a.ts:1:2 (f)"] }],
    });
  });

  it("types are shortened as Pulumi shortens them", () => {
    assert.equal(shortType("aws:ec2/vpc:Vpc"), "aws:ec2:Vpc");
    assert.equal(shortType("crm:aws:CrmNetwork"), "crm:aws:CrmNetwork");
  });
});
