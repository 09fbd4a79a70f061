/** What stacks need of the quotas of their own account and region; counted again here from what is planned. */
import assert from "node:assert/strict";

import { parse } from "yaml";

import {
  accountQuotas,
  requestCommand,
  showCommand,
  type AccountQuota,
  type PlanOfQuotas,
} from "../../analysis/account-quotas";
import { limitsOfPlan } from "../../analysis/capacity/of-plan";
import { type Changes, exampleText, planWith } from "../../operations/example";
import { rendered } from "../../operations/quotas";
import type { PlannedResource } from "../../tools/preview/index";
import { planOf } from "../support/plans";
import { STACKS_PROJECT } from "../support/stack-files";

const of = (quotas: readonly AccountQuota[], name: string, region = "us-east-1") =>
  quotas.find((one) => one.name === name && one.region === region);

describe("quotas of an account", () => {
  const ofType = (plan: PlanOfQuotas, type: string): PlannedResource[] =>
    plan.resources.filter((one) => one.type === type);
  const executions = (plan: PlanOfQuotas) =>
    ofType(plan, "aws:lambda/function:Function")
      .filter(({ inputs }) => inputs["region"] === undefined)
      .map(({ inputs }) => (inputs["reservedConcurrentExecutions"] as number | undefined) ?? 0)
      .reduce((sum, one) => sum + one, 0);

  it("lets a new account begin with staging: nothing is reserved, and a release fits", async () => {
    const staging = await planOf("staging");
    assert.equal(executions(staging), 0);
    const quotas = accountQuotas([staging]);
    assert.deepEqual(
      quotas.filter(({ newAccountBegins }) => !newAccountBegins),
      [],
    );
    // Four services of one task with half a vCPU, blue and green.
    assert.equal(of(quotas, "fargateVcpus")!.toBegin, 4);
    assert.equal(of(quotas, "lambdaConcurrency")!.toBegin, 1);
    assert.ok(!rendered(quotas).includes("ask "));
  });

  it("are assumed for capacity as a new account has them where a stack fits into that, else as they were asked for", async () => {
    const names = ["fargateVcpus", "fargateSpotVcpus", "lambdaConcurrency"] as const;
    for (const stack of ["staging", "production"]) {
      const plan = await planOf(stack);
      const { load } = limitsOfPlan(plan);
      const quotas = accountQuotas([plan]);
      const isNew = quotas.every(({ newAccountBegins }) => newAccountBegins);
      assert.equal(isNew, stack === "staging");
      for (const name of names) {
        const { needed, newAccount } = of(quotas, name)!;
        const [assumed] = load.quota(name).value;
        const text = `${stack} ${name}: ${assumed}, needs ${needed}`;
        assert.ok(isNew ? assumed === newAccount : assumed >= needed, text);
      }
    }
  });

  it("counts a task that a schedule starts once beside a release, and none that runs before it", async () => {
    const example = parse(exampleText("tasks")) as Changes;
    const base = { stack: "staging", cwd: STACKS_PROJECT, judged: false };
    const plan = await planWith(example, base);
    const definition = (part: string) =>
      ofType(plan, "aws:ecs/taskDefinition:TaskDefinition").find(({ name }) =>
        name.includes(part),
      )!;
    definition("nightly-report").inputs["cpu"] = "2048";
    definition("version-task").inputs["cpu"] = "4096";
    // 1.75 vCPUs of the services' tasks twice, and 2.
    assert.equal(of(accountQuotas([plan]), "fargateVcpus")!.toBegin, Math.ceil(2 * 1.75 + 2));
    assert.equal(of(accountQuotas([plan]), "fargateSpotVcpus")?.toBegin, 3);
  });

  it("are counted of a stack that names neither account nor region, and asked for where its user's CLI works", async () => {
    const staging = { ...(await planOf("staging")), region: undefined };
    const isProvider = ({ type }: PlannedResource) => type === "pulumi:providers:aws";
    const resources = staging.resources.filter((one) => !isProvider(one));
    assert.ok(resources.length < staging.resources.length);
    const quotas = accountQuotas([{ ...staging, resources }]);
    const vcpus = quotas.find(({ name }) => name === "fargateVcpus")!;
    assert.deepEqual([vcpus.account, vcpus.region, vcpus.toBegin], [undefined, undefined, 4]);
    assert.match(rendered(quotas), /Fargate.*, your account your region: 4 to begin/);
    for (const command of [requestCommand(vcpus), showCommand(vcpus)]) {
      assert.doesNotMatch(command, /--region|undefined/);
    }
    const named = { ...staging, resources, region: "eu-west-1", account: "123456789012" };
    const [first] = accountQuotas([named]);
    assert.deepEqual([first!.account, first!.region], ["123456789012", "eu-west-1"]);
  });

  it("names what production has to ask for, in its own region", async () => {
    const production = await planOf("production");
    const reserved = executions(production);
    assert.equal(reserved, 33);
    const quotas = accountQuotas([production]);
    assert.ok(quotas.every(({ region, account }) => `${region} ${account}` === "us-east-1 123456789012")); // prettier-ignore
    const lambda = of(quotas, "lambdaConcurrency")!;
    // Lambda Developer Guide, "Configuring reserved concurrency": 100 stay unreserved.
    assert.deepEqual([lambda.toBegin, lambda.newAccountBegins], [133, false]);
    const fargate = of(quotas, "fargateVcpus")!;
    assert.deepEqual([fargate.toBegin, fargate.newAccountBegins], [8, false]);
    assert.ok(fargate.needed > fargate.toBegin);
    assert.equal(
      requestCommand(lambda),
      "aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 133 --region us-east-1",
    );
    assert.match(
      showCommand(lambda),
      /get-service-quota .*L-B99A9384 --region us-east-1.* \|\| .*get-aws-default-service-quota/,
    );
    assert.match(rendered(quotas), /^low +Lambda executions at a time.*133 to begin/m);
  });

  it("ask for more than 90 nodes of one cache, each cluster for itself", async () => {
    // AWS's "Working with shards": 90 nodes a cluster as a rule, up to 500 on request; 300 in a region.
    const [staging, production] = await Promise.all(["staging", "production"].map(planOf));
    const withShards = (numNodeGroups: number) => ({
      ...production!,
      resources: production!.resources.map((one) =>
        one.type === "aws:elasticache/replicationGroup:ReplicationGroup"
          ? { ...one, inputs: { ...one.inputs, numNodeGroups, replicasPerNodeGroup: 2 } }
          : one,
      ),
    });
    const nodes = (shards: number) => {
      const quotas = accountQuotas([staging!, withShards(shards)]);
      const [cluster, region] = ["cacheNodesPerCluster", "cacheNodes"].map((name) => of(quotas, name)!); // prettier-ignore
      assert.equal(region!.newAccountBegins, true);
      return [cluster!.needed, cluster!.newAccountBegins, region!.needed];
    };
    assert.deepEqual(nodes(30), [90, true, 92]);
    assert.deepEqual(nodes(31), [93, false, 95]);
  });

  it("adds up what stacks of one account and region need, and no other's", async () => {
    const [staging, production, recovery] = await Promise.all(
      ["staging", "production", "recovery"].map(planOf),
    );
    const alone = accountQuotas([production!]);
    const both = accountQuotas([staging!, production!, recovery!]);
    assert.deepEqual(of(both, "vpcs")!.stacks, ["staging", "production"]);
    assert.equal(of(both, "vpcs")!.toBegin, 2);
    assert.equal(of(both, "vpcs", "us-west-2")!.toBegin, 1);
    assert.equal(of(both, "fargateVcpus")!.toBegin, of(alone, "fargateVcpus")!.toBegin + 4);
    // A group's rules are those of one group.
    assert.equal(of(both, "securityGroupRules")!.needed, of(alone, "securityGroupRules")!.needed);
    // What Lambda keeps back it keeps once.
    const second = structuredClone(production!);
    second.stack = "second";
    assert.equal(of(accountQuotas([production!, second]), "lambdaConcurrency")!.toBegin, 166);
  });

  it("reports it if the need is not known yet", async () => {
    const plan = await planOf("production");
    const fn = ofType(plan, "aws:lambda/function:Function")[0]!;
    fn.inputs["reservedConcurrentExecutions"] = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    assert.equal(of(accountQuotas([plan]), "lambdaConcurrency")!.atLeast, true);
    assert.equal(of(accountQuotas([plan]), "vpcs")!.atLeast, false);
  });
});
