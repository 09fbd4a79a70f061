/** A stack whose alerts go to a Slack channel and a webhook as well, with alarms of its own: what the whole of it may and costs. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { parse, stringify } from "yaml";

import { estimate } from "../../analysis/cost/estimate";
import { PRICES } from "../../analysis/cost/tables";
import { dutiesOf, problemsOf } from "../../operations/rights";
import { previewStack, type Plan } from "../../tools/preview/index";
import { BOOTSTRAP_PROJECT, packConfigFile, STACKS_PROJECT } from "../support/stack-files";
import { USAGE } from "../support/usage";

const ROOT = path.join(__dirname, "..", "..");
const CHANNEL = { slack: { workspaceId: "T0123ABCD", channelId: "C0123ABCD" } };

type Sections = Record<string, any>; // any: the test reaches into every section

describe("receivers of every kind, and own alarms", () => {
  const folders: string[] = [];
  let plan: Plan;
  let bootstrap: Plan;

  /** The plan of a fixture's stack with other values, judged by the pack. */
  const changed = (project: string, stack: string, change: (config: Sections) => void) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "receivers-"));
    folders.push(folder);
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
    const file = `Pulumi.${stack}.yaml`;
    const values = parse(fs.readFileSync(path.join(project, file), "utf8")) as { config: Sections };
    change(values.config);
    fs.writeFileSync(path.join(folder, file), stringify(values));
    const settings = parse(fs.readFileSync(path.join(project, "Pulumi.yaml"), "utf8")) as Sections;
    settings["main"] = path.resolve(project, settings["main"] as string);
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), stringify(settings));
    return previewStack({
      ...{ cwd: folder, stack, policyPacks: [path.join(ROOT, "policy-pack")] },
      policyPackConfigs: [packConfigFile(stack)],
    });
  };
  const pipeline = (chat: boolean) =>
    changed(BOOTSTRAP_PROJECT, "bootstrap", (config) => {
      config["crm-bootstrap:stacks"].production.chat = chat;
    });

  before(async () => {
    plan = await changed(STACKS_PROJECT, "production", (config) => {
      config["crm:eventing"].topics["alert-notifications"].subscriptions.push(CHANNEL, {
        https: "https://hooks.example.com/alarms",
      });
      config["crm:observability"].alarms = {
        orders: {
          ...{ meaning: "Nobody has ordered for half an hour", silence: "bad", customers: true },
          ...{ runbook: "alarms#customers-affected", threshold: 1, when: "below" },
          metrics: { orders: { namespace: "CRM/API", metricName: "Orders", statistic: "Sum" } },
          periodSeconds: 1800,
        },
      };
    });
    bootstrap = await pipeline(true);
  });
  after(() => folders.forEach((folder) => fs.rmSync(folder, { recursive: true })));

  it("break no policy, in the stack and in the pipeline's", () => {
    for (const { policies } of [plan, bootstrap]) {
      const { violations, undecided } = policies;
      assert.deepEqual(
        violations.filter(
          ({ exempt, enforcementLevel }) => !exempt && enforcementLevel === "mandatory",
        ),
        [],
      );
      assert.deepEqual(undecided, []);
    }
  });

  it("are all within the rights of the pipeline's roles, which have no more than they need", () => {
    const duties = dutiesOf("production", plan, bootstrap);
    assert.deepEqual(
      duties.flatMap((duty) => problemsOf(duty, "123456789012")),
      [],
    );
  });

  it("are denied to a pipeline whose stack has no chat", async () => {
    const duties = dutiesOf("production", plan, await pipeline(false));
    const text = duties.flatMap((duty) => problemsOf(duty, "123456789012")).join("\n");
    assert.match(text, /denied +chatbot:CreateSlackChannelConfiguration on \*/);
    assert.match(
      text,
      /denied +iam:PassRole on arn:aws:iam::123456789012:role\/crm-chat-c0123abcd/,
    );
  });

  it("have a price or are free", () => {
    const { notEstimated } = estimate(plan, PRICES, USAGE);
    assert.deepEqual(
      notEstimated.filter(({ reason }) => /no price is known|does not know/.test(reason)),
      [],
    );
  });
});
