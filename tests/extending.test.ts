/** docs/extending.md shows what the examples contain: each block stands in one of them. `npm run example` previews those. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { closedService } from "../bootstrap/extension-rights";
import { previewStack } from "../tools/preview/index";
import { ChangedStack } from "./support/changed-stack";

const ROOT = path.join(__dirname, "..");
const EXAMPLES = path.join(ROOT, "examples");
const read = (file: string) => fs.readFileSync(path.join(ROOT, file), "utf8");

/** Text whose lines begin where their code does. */
const flush = (text: string) => text.replace(/^ +/gm, "").trim();

describe("docs/extending.md", () => {
  const blocks = [...read("docs/extending.md").matchAll(/^```(ts|yaml)\n([^]*?)^```$/gm)].map(
    ([, language, text]) => ({ language, text: flush(text!) }),
  );
  const modules = fs.readdirSync(path.join(EXAMPLES, "extensions"));

  it("takes each block of code from an example", () => {
    const sources = modules.map((file) => flush(read(path.join("examples", "extensions", file))));
    const code = blocks.filter(({ language }) => language === "ts");
    assert.equal(code.length, modules.length);
    for (const { text } of code)
      assert.ok(
        sources.some((source) => source.includes(text)),
        text,
      );
  });

  it("takes each block of settings from an example, with the folder of a team's own", () => {
    const settings = fs
      .readdirSync(EXAMPLES)
      .map((name) => path.join("examples", name, "changes.yaml"))
      .filter((file) => fs.existsSync(path.join(ROOT, file)))
      .map((file) => flush(read(file)).replaceAll("./examples/extensions/", "./extensions/"));
    const ours = blocks.filter(
      ({ language, text }) => language === "yaml" && !text.startsWith("crm-bootstrap:"),
    );
    for (const { text } of ours) {
      const own = text.replaceAll("./examples/extensions/", "./extensions/");
      assert.ok(
        settings.some((one) => one.includes(own)),
        text,
      );
    }
  });

  it("names services that bootstrap opens", () => {
    const block = blocks.find(({ text }) => text.startsWith("crm-bootstrap:"));
    const [, services] = /extraServices: \[(.+)\]/.exec(block!.text)!;
    for (const service of services!.split(", ")) assert.equal(closedService(service), undefined);
  });

  it("names each module of examples/extensions, and an example loads it", () => {
    for (const file of modules) {
      const name = file.replace(/\.ts$/, "");
      assert.match(read("docs/extending.md"), new RegExp(`examples/extensions/${file}`));
      assert.match(
        read(path.join("examples", name, "changes.yaml")),
        new RegExp(`crm:extensions: \\[\\./examples/extensions/${file}\\]`),
      );
    }
  });
});

describe("the Aurora example", () => {
  it("has the memory that Performance Insights needs, a snapshot's name for each deletion, and restarts tasks with a new password", async () => {
    const stack = new ChangedStack();
    const cwd = stack.project((config) => {
      config["crm:extensions"] = ["./examples/extensions/aurora.ts"];
    });
    const { resources } = await previewStack({ cwd, policyPacks: [] });
    stack.remove();
    const only = (type: string) => resources.find((one) => one.type === type)!;
    const cluster = only("aws:rds/cluster:Cluster");
    // Source: Aurora User Guide, "Choosing the minimum Aurora Serverless v2 capacity setting for a cluster".
    const [{ minCapacity }] = [cluster.inputs["serverlessv2ScalingConfiguration"]].flat() as [
      { minCapacity: number },
    ];
    assert.equal(only("aws:rds/clusterInstance:ClusterInstance").inputs["performanceInsightsEnabled"], true); // prettier-ignore
    assert.ok(minCapacity >= 2, `${minCapacity}`);
    const [snapshot] = cluster.propertyDependencies["finalSnapshotIdentifier"]!;
    assert.match(snapshot!, /random:index\/randomId:RandomId/);
    const task = resources.find(
      ({ type, name }) =>
        type === "aws:ecs/taskDefinition:TaskDefinition" && name === "crm-analytics",
    )!;
    assert.match(String(task.inputs["containerDefinitions"]), /AURORA_URL=1/);
  });
});
