/** What two resources of one update cannot both have, and what only looks like it: another region, account or import. */
import assert from "node:assert/strict";

import { changesOf } from "../../../analysis/diff/changes";
import type { ResourceChange } from "../../../analysis/diff/model";
import { changesOfSteps, type PreviewStep } from "../../../analysis/diff/steps";
import { type PlannedResource, UNKNOWN } from "../../../analysis/plan/model";
import { planned } from "../../support/planned";

const LOGS = "aws:cloudwatch/logGroup:LogGroup";
const PROVIDER = "pulumi:providers:aws";

const refused = (changes: readonly ResourceChange[]) =>
  changes.filter(({ refusal }) => refusal !== undefined).map(({ name }) => name);

describe("a log group under another name in the program", () => {
  const provider = (name: string, inputs: Record<string, unknown>) =>
    planned(PROVIDER, name, { inputs });
  const group = (name: string, by: PlannedResource, more: Partial<PlannedResource> = {}) =>
    planned(LOGS, name, { inputs: { name: "/crm" }, provider: `${by.urn}::id`, ...more });
  const step = (op: string, { urn, type, ...one }: PlannedResource): PreviewStep => ({
    ...{ op, urn },
    [op === "create" || op === "import" ? "newState" : "oldState"]: { urn, type, ...one },
  });
  const home = provider("default_7_0_0", { region: "eu-central-1" });
  const newer = provider("default_7_1_0", { region: "eu-central-1" });
  const again = provider("explicit", { region: "eu-central-1" });
  const away = provider("recovery", { region: "eu-west-1" });
  const open = provider("open", { region: UNKNOWN });
  const [one, other] = ["111111111111", "222222222222"].map((id) =>
    provider(`of-${id}`, { region: "eu-central-1", allowedAccountIds: `["${id}"]` }),
  ) as [PlannedResource, PlannedResource];
  const providers = [home, newer, again, away, open, one, other];

  const rows: [string, PlannedResource, PlannedResource, boolean][] = [
    ["by the same provider", home, home, true],
    ["by the next version of Pulumi's own provider", home, newer, true],
    ["by another provider of the region", home, again, true],
    ["in another region", home, away, false],
    ["in one that is not known", home, open, false],
    ["in another account", one, other, false],
  ];
  for (const [what, before, after, isRefused] of rows) {
    const names = isRefused ? ["new"] : [];
    const [old, now] = [group("old", before), group("new", after)];
    it(`is ${isRefused ? "refused" : "made"} ${what}`, () => {
      assert.deepEqual(refused(changesOf([...providers, old], [...providers, now])), names);
      const same = providers.map((each) => step("same", each));
      const steps = [...same, step("create", now), step("delete", old)];
      assert.deepEqual(refused(changesOfSteps(steps)), names);
    });
  }

  it("has room for a replacement in the region of another provider", () => {
    const LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";
    const lock = (by: PlannedResource, days: number) =>
      planned(LOCK, "lock", {
        inputs: { backupVaultName: "a", maxRetentionDays: days },
        provider: `${by.urn}::id`,
      });
    const orders = (old: PlannedResource, now: PlannedResource) => {
      const { urn, type, inputs, provider } = now;
      const same = providers.map((each) => step("same", each));
      const state = (one: PlannedResource) => ({
        type,
        inputs: one.inputs,
        provider: one.provider,
      });
      const replace = {
        ...{
          op: "replace",
          urn,
          oldState: state(old),
          newState: { type, inputs, provider: provider },
        },
        replaceReasons: ["maxRetentionDays"],
      };
      const create = { op: "create-replacement", urn, newState: state(now) };
      return [
        ...changesOf([...providers, old], [...providers, now]),
        ...changesOfSteps([...same, create, replace, { op: "delete-replaced", urn }]),
      ].map(({ manner }) => manner?.order);
    };
    assert.deepEqual(orders(lock(home, 365), lock(again, 400)), ["removed-after", "removed-after"]);
    assert.deepEqual(orders(lock(home, 365), lock(away, 400)), ["create-first", "create-first"]);
  });

  it("is refused or not by the name of the provider, where a preview does not have its settings", () => {
    const steps = (after: PlannedResource) => [
      step("create", group("new", after)),
      step("delete", group("old", home)),
    ];
    assert.deepEqual(refused(changesOfSteps(steps(newer))), ["new"]);
    assert.deepEqual(refused(changesOfSteps(steps(away))), []);
  });

  it("is made where its own region is not known", () => {
    const inputs = { name: "/crm", region: UNKNOWN };
    const [old, now] = [group("old", home), group("new", home, { inputs })];
    assert.deepEqual(refused(changesOf([home, old], [home, now])), []);
  });

  // Pulumi docs, "Import resources" and retainOnDelete: the old one stays in AWS, and the new one takes it over.
  it("is made where it is imported and the old one is only given up", () => {
    const old = group("old", home, { retainOnDelete: true });
    const now = group("new", home);
    const [imported, given] = [step("import", now), step("delete", old)];
    assert.deepEqual(refused(changesOfSteps([imported, given])), []);
    assert.deepEqual(refused(changesOf([home, old], [home, now])), []);
    assert.deepEqual(refused(changesOfSteps([imported, step("delete", group("old", home))])), []);
  });

  it("is made where a rule is imported with the priority that it has", () => {
    const RULE = "aws:lb/listenerRule:ListenerRule";
    const inputs = { listenerArn: "arn", priority: 7 };
    const [old, now] = [planned(RULE, "old", { inputs }), planned(RULE, "new", { inputs })];
    const given = step("delete", { ...old, retainOnDelete: true });
    assert.deepEqual(refused(changesOfSteps([step("import", now), given])), []);
    assert.deepEqual(refused(changesOfSteps([step("create", now), given])), ["new"]);
  });
});
