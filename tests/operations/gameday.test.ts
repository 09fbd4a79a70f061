/** A stack with the experiments of a game day: what they break, what may, and what the pipeline needs. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { parse, stringify } from "yaml";

import { estimate } from "../../analysis/cost/estimate";
import { PRICES } from "../../analysis/cost/tables";
import { iamAction } from "../../facts/iam-actions";
import { main, templatesOf } from "../../operations/gameday";
import { dutiesOf, problemsOf } from "../../operations/rights";
import { previewStack, type Plan } from "../../tools/preview/index";
import {
  BOOTSTRAP_PROJECT,
  packConfigFile,
  problems,
  STACKS_PROJECT,
} from "../support/stack-files";
import { USAGE } from "../support/usage";
import { errorsOf } from "./world";

const ROOT = path.join(__dirname, "..", "..");
const HOME = { region: "us-east-1", accountId: "123456789012" };

/** FIS User Guide, "AWS FIS Actions reference", read on 2026-11-28: target's key and type, parameters, permissions. */
const REFERENCE: Readonly<Record<string, readonly [string, string, readonly string[], string]>> = {
  "aws:network:disrupt-connectivity": [
    "Subnets",
    "aws:ec2:subnet",
    ["duration", "scope"],
    "ec2:CreateNetworkAcl ec2:CreateNetworkAclEntry ec2:CreateTags ec2:DeleteNetworkAcl ec2:DescribeManagedPrefixLists ec2:DescribeNetworkAcls ec2:DescribeSubnets ec2:DescribeVpcs ec2:GetManagedPrefixListEntries ec2:ReplaceNetworkAclAssociation",
  ],
  "aws:ecs:stop-task": [
    "Tasks",
    "aws:ecs:task",
    [],
    "ecs:DescribeTasks ecs:ListTasks ecs:StopTask tag:GetResources",
  ],
  "aws:rds:reboot-db-instances": [
    "DBInstances",
    "aws:rds:db",
    ["forceFailover"],
    "rds:RebootDBInstance rds:DescribeDBInstances tag:GetResources",
  ],
  "aws:elasticache:replicationgroup-interrupt-az-power": [
    "ReplicationGroups",
    "aws:elasticache:replicationgroup",
    ["duration"],
    "elasticache:InterruptClusterAzPower elasticache:DescribeReplicationGroups tag:GetResources",
  ],
};

type Sections = Record<string, any>; // any: the test reaches into every section

describe("the game day of a stack", () => {
  const folders: string[] = [];
  let plan: Plan;
  let bootstrap: Plan;

  const changed = (project: string, stack: string, change: (config: Sections) => void) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "gameday-"));
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
  const pipeline = (gameday: boolean) =>
    changed(BOOTSTRAP_PROJECT, "bootstrap", (config) => {
      config["crm-bootstrap:stacks"].production.gameday = gameday;
    });

  before(async () => {
    plan = await changed(STACKS_PROJECT, "production", (config) => {
      config["crm:gameday"] = { enabled: true, inProduction: true, zone: "us-east-1b" };
    });
    bootstrap = await pipeline(true);
  });
  after(() => folders.forEach((folder) => fs.rmSync(folder, { recursive: true })));

  it("breaks no policy, in the stack and in the pipeline's", () => {
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

  it("is within the rights of the pipeline's roles, which have no more than they need", () => {
    const duties = dutiesOf("production", plan, bootstrap);
    assert.deepEqual(
      duties.flatMap((duty) => problemsOf(duty, HOME.accountId)),
      [],
    );
  });

  it("is denied to a pipeline whose stack has none", async () => {
    const duties = dutiesOf("production", plan, await pipeline(false));
    const text = duties.flatMap((duty) => problemsOf(duty, HOME.accountId)).join("\n");
    assert.match(text, /denied +fis:CreateExperimentTemplate/);
    assert.match(text, /denied +iam:PassRole on .*role\/crm-gameday-database-failover/);
  });

  it("costs nothing until a person starts it", () => {
    const { notEstimated } = estimate(plan, PRICES, USAGE);
    assert.deepEqual(
      notEstimated.filter(({ reason }) => /no price is known|does not know/.test(reason)),
      [],
    );
  });

  it("has actions as FIS knows them, each stopped by the alarm on customers", () => {
    const templates = templatesOf(plan, HOME);
    assert.deepEqual(
      templates.map(({ tags }) => tags["Name"]).sort(),
      ["database-failover", "redis-failover", "spot-interruption", "zone-loss"].map(
        (key) => `crm-gameday-${key}`,
      ),
    );
    for (const { actions, targets, stopConditions } of templates) {
      assert.deepEqual(stopConditions, [
        {
          source: "aws:cloudwatch:alarm",
          value: "arn:aws:cloudwatch:us-east-1:123456789012:alarm:crm-customers-affected",
        },
      ]);
      for (const [name, action] of Object.entries(actions) as [string, Sections][]) {
        const [key, type, parameters] = REFERENCE[action["actionId"] as string]!;
        assert.deepEqual(action["targets"], { [key]: name });
        assert.deepEqual(Object.keys((action["parameters"] as object) ?? {}), parameters);
        const target = targets[name] as Sections;
        assert.equal(target["resourceType"], type);
        // "You can't specify both a resource ID and a resource tag", nor a filter.
        const ways = ["resourceArns", "resourceTags", "filters"].filter((way) => target[way]);
        assert.ok(ways.length === 1 || !ways.includes("resourceArns"), ways.join());
      }
    }
  });

  it("gives each role what FIS asks for its actions, and nothing else", () => {
    for (const { actions, tags } of templatesOf(plan, HOME)) {
      const key = tags["Name"]!.slice("crm-gameday-".length);
      const policy = plan.resources.find(
        ({ type, inputs }) => type === "aws:iam/rolePolicy:RolePolicy" && inputs["name"] === key,
      )!;
      const { Statement } = JSON.parse(policy.inputs["policy"] as string) as Sections;
      const allowed = new Set(
        (Statement as Sections[]).flatMap(({ Action }) => Action as string | string[]),
      );
      const needed = new Set(
        (Object.values(actions) as Sections[]).flatMap(({ actionId }) =>
          REFERENCE[actionId as string]![3].split(" "),
        ),
      );
      // Subnets are found by tags.
      if (key === "zone-loss") needed.add("tag:GetResources");
      assert.deepEqual([...allowed].sort(), [...needed].sort(), key);
      assert.ok([...allowed].every((action) => iamAction(action) !== undefined));
    }
  });

  it("is refused in production without its own setting, and in a zone that is none of the stack's", () => {
    const given = (gameday: object) =>
      problems("production", (sections) => {
        sections["gameday"] = gameday;
      }).join();
    assert.match(
      given({ enabled: true }),
      /false in production, or crm:gameday\.inProduction true/,
    );
    assert.match(
      given({ zone: "us-east-1f" }),
      /gameday\.zone: expected one of crm:network\.availa/,
    );
    assert.equal(given({ enabled: true, inProduction: true }), "");
  });

  it("is no part of a stack that does not ask for it", async () => {
    const without = await previewStack({ cwd: STACKS_PROJECT, stack: "staging", policyPacks: [] });
    assert.deepEqual(templatesOf(without, HOME), []);
  });

  it("is shown by npm run gameday, with what is left out and why", async () => {
    const lines: string[] = [];
    const original = console.log;
    console.log = (line: string) => void lines.push(line);
    try {
      assert.equal(await main(["--stack", "staging", "--minutes", "5"], STACKS_PROJECT), 0);
    } finally {
      console.log = original;
    }
    const text = lines.join("\n");
    assert.match(text, /^Game day of staging: 3 experiments, not deployed/);
    assert.match(text, /crm-staging-gameday-zone-loss: The zone us-east-1a is lost for 5 minutes/);
    const experiments = text.split(/\n(?=crm-staging-gameday-)/).slice(1);
    const stopping = experiments.filter((each) => each.includes("aws:ecs:stop-task"));
    assert.ok(stopping.length > 0);
    for (const each of experiments) {
      const says = /at most 500 tasks at a time, a quota of AWS FIS/.test(each);
      assert.equal(says, stopping.includes(each), each);
    }
    assert.match(text, /left out: database-failover, as crm:database\.multiAz is false/);
    const refused = await errorsOf(() => main(["--stack", "production"], STACKS_PROJECT));
    const minutes = (given: string) =>
      errorsOf(() => main(["--stack", "staging", "--minutes", given], STACKS_PROJECT));
    for (const given of ["0", "61", "1.5", "many", "", " ", "1e1"]) {
      const { code, text } = await minutes(given);
      assert.equal(code, 2, text);
      const expected = `--minutes: expected a whole number from 1 to 60, got ${JSON.stringify(given)}`;
      assert.equal(text.split("\n")[0], expected);
    }
    for (const zone of ["us-east-1f", "", "us-west-2a"]) {
      const { code, text } = await errorsOf(() =>
        main(["--stack", "staging", "--zone", zone], STACKS_PROJECT),
      );
      assert.equal(code, 2, text);
      assert.match(
        text,
        new RegExp(`^--zone: expected one of us-east-1a, us-east-1b.*, got "${zone}"\\n`),
      );
    }
    assert.equal(refused.code, 2);
    assert.match(
      refused.text,
      /^--stack: "production" has crm:environment production; add --in-production to allow it\n/,
    );
  });
});
