import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { rulesOf, withoutRule, withSettings } from "../../../operations/setup/pack-file";
import { configOf, options, setupWorlds } from "./world";

describe("npm run setup -- --environment", () => {
  const { world, setup, read, settings, all } = setupWorlds();

  it("makes a stack of its own: no name is another's, and bootstrap and the pack know it", async () => {
    await setup(options());
    assert.equal(
      await setup(["--environment", "development", "--from", "staging"]),
      0,
      world().errors.join("\n"),
    );
    const [note, next] = world().output.slice(-2);
    assert.match(note!, /^No workflow deploys, previews or checks development: /);
    assert.equal(next, "Next: npm run accept");
    const made = settings("development");
    assert.equal(made["crm:environment"], "development");
    assert.deepEqual(made["crm:naming"], {
      qualifier: "development",
      environmentLabel: "development",
      bucketSuffix: "acmesalesdevelopment",
    });
    assert.equal(made["crm:network"].cidrBlock, "10.3.0.0/16");
    assert.equal(made["crm:edge"].domain, "development.acme-sales.com");
    assert.equal(made["crm:services"].auth.environment.NODE_ENV, "staging");
    assert.match(read("Pulumi.development.yaml"), /^# development: made of Pulumi\.staging\.yaml/);
    assert.match(
      read("bootstrap/Pulumi.bootstrap.yaml"),
      /^ {4}development: \{environment: development, prefix: crm-development, buckets: \[crm-\*-acmesalesdevelopment\]\}$/m,
    );
    const pack = read(configOf("development"));
    assert.ok(pack.includes("urn:pulumi:development::") && !pack.includes("urn:pulumi:staging::"));
  });

  it("leaves to production what one stack of an account sets, and asks the pack for no copies of its own", async () => {
    await setup(options());
    const production = read("Pulumi.production.yaml");
    const whole = "    bucketNames: {report-requests: crm-report-requests}\n    alarmNames:\n";
    world().write("Pulumi.production.yaml", production.replace("    alarmNames:\n", whole));
    assert.equal(await setup(["--environment", "pre", "--from", "production"]), 0);
    const made = settings("pre");
    assert.deepEqual(Object.keys(made["crm:naming"]), [
      ...["environmentLabel", "bucketSuffix", "qualifier"],
    ]);
    assert.equal(made["crm:environment"], "production");
    assert.equal(made["crm:cluster"].imageReplication, undefined);
    assert.equal(made["crm:database"].subnetGroupName, undefined);
    assert.equal(made["crm:cost"].costAllocationTags, undefined);
    assert.equal(made["crm:cost"].anomalyDetection.scope, "environment");
    assert.equal(made["crm:recovery"].readiness, "backup-restore");
    assert.doesNotMatch(read("Pulumi.pre.yaml"), /stack recovery stands/);
    assert.equal(made["crm:observability"].tracing.encryption, false);
    const { all: rule } = made["crm:observability"].tracing.samplingRules;
    assert.equal(rule.serviceName, "crm-pre-*");
    const pack = JSON.parse(read(configOf("pre"))) as Record<string, any>; // any: see above
    assert.equal(pack["tags-environment"].environment, "production");
    for (const rule of ["recovery-closure", "recovery-control-planes"]) {
      assert.match(pack[rule].exemptions[0].urn, /^urn:pulumi:pre::/);
    }
  });

  // docs: a first try sets staging up alone; production's file still has the shipped word then.
  it("gets an owner's bucket suffix after a setup of staging alone", async () => {
    assert.equal(await setup(options({ stacks: "staging" })), 0);
    assert.equal(await setup(["--environment", "dev", "--from", "staging"]), 0);
    assert.equal(settings("dev")["crm:naming"].bucketSuffix, "acmesalesdev");
    const file = settings("staging")["crm:naming"].bucketSuffix as string;
    world().write("Pulumi.staging.yaml", read("Pulumi.staging.yaml").replaceAll(file, "owners"));
    assert.equal(await setup(["--environment", "pre", "--from", "staging"]), 0);
    assert.equal(settings("pre")["crm:naming"].bucketSuffix, "ownerspre");
  });

  it("uses the copied stack's bucket suffix if the main one's is a shipped one, and asks for one if both are", async () => {
    await setup(options());
    const end = (stack: string, suffix: string) => {
      const before = settings(stack)["crm:naming"].bucketSuffix as string;
      const text = read(`Pulumi.${stack}.yaml`);
      world().write(
        `Pulumi.${stack}.yaml`,
        text.replaceAll(`bucketSuffix: ${before}`, `bucketSuffix: ${suffix}`),
      );
    };
    end("production", "prod");
    assert.equal(await setup(["--environment", "dev", "--from", "staging"]), 0);
    assert.equal(settings("dev")["crm:naming"].bucketSuffix, "acmesalesdev");
    end("staging", "staging");
    assert.equal(await setup(["--environment", "pre", "--from", "staging"]), 2);
    assert.match(
      world().errors.join("\n"),
      /--from: expected a stack whose bucket names end in a word of your own, got "staging" in Pulumi\.staging\.yaml\. First: npm run setup -- --stacks staging --suffix <word>/,
    );
  });

  for (const stacks of [undefined, "staging"]) {
    it(`refuses a stack that is not set up, where ${stacks ?? "none"} is`, async () => {
      if (stacks !== undefined) assert.equal(await setup(options({ stacks })), 0);
      const before = all();
      assert.equal(await setup(["--environment", "pre", "--from", "production"]), 2);
      const expected = '--from: expected a stack that is set up, got "production".';
      assert.ok(world().errors.join("\n").includes(expected), world().errors.join("\n"));
      assert.deepEqual(all(), before);
      assert.ok(!fs.existsSync(path.join(world().folder, "Pulumi.pre.yaml")));
    });
  }

  it("copies no secret and no image", async () => {
    await setup(options());
    const text = read("Pulumi.staging.yaml").replace(
      "containerName: auth-service",
      `image: sha256:${"a".repeat(64)}\n      containerName: auth-service`,
    );
    const secrets =
      "  crm:secrets:\n    twitter-api-key:\n      secure: v1:abc\nencryptionsalt: v1:x\nsecretsprovider: awskms://y\nencryptedkey: z\n";
    fs.writeFileSync(path.join(world().folder, "Pulumi.staging.yaml"), text + secrets);
    assert.equal(await setup(["--environment", "development", "--from", "staging"]), 0);
    const made = read("Pulumi.development.yaml");
    assert.doesNotMatch(made, /secure:|encryptionsalt|secretsprovider|encryptedkey|sha256:a/);
  });

  for (const [name, from, expected] of [
    ["staging", "production", "--environment: Pulumi.staging.yaml already exists"],
    ["Dev", "staging", "--environment: expected a name of at most 11 lower-case letters"],
    ["dev", "nightly", "--from: expected one of production, recovery, staging"],
    ["dev", "recovery", "--from: expected a stack with the role primary"],
  ] as const) {
    it(`refuses ${name} from ${from}`, async () => {
      assert.equal(await setup(["--environment", name, "--from", from]), 2);
      assert.ok(world().errors.join("\n").includes(expected), world().errors.join("\n"));
    });
  }

  it("shows a new stack as a patch too", async () => {
    await setup(options());
    assert.equal(await setup(["--environment", "dev", "--from", "staging", "--dry-run"]), 0);
    assert.match(
      world().output.join(""),
      /new file mode 100644\n--- \/dev\/null\n\+\+\+ b\/Pulumi\.dev\.yaml/,
    );
    assert.ok(!fs.existsSync(path.join(world().folder, "Pulumi.dev.yaml")));
  });

  it("adds settings to the rule that has some, and a rule in the order of names", () => {
    const before = '{\n  "a": {\n    "x": 1\n  },\n  "c": {}\n}\n';
    for (const [rule, expected] of [
      ["a", { a: { y: 2, x: 1 }, c: {} }],
      ["b", { a: { x: 1 }, b: { y: 2 }, c: {} }],
      ["c", { a: { x: 1 }, c: { y: 2 } }],
      ["d", { a: { x: 1 }, c: {}, d: { y: 2 } }],
    ] as const) {
      const after = withSettings(before, rule, { y: 2 });
      assert.equal(JSON.stringify(JSON.parse(after)), JSON.stringify(expected));
    }
  });

  it("keeps a rule whose setting is a level alone, and gives it the settings beside that level", () => {
    const all = '{ "all": "mandatory" }\n';
    assert.equal(withSettings(all, "b", { y: 2 }), '{ "all": "mandatory",\n  "b": {\n    "y": 2\n  } }\n');
    const before = '{\n  "all": "mandatory",\n  "b": "advisory",\n  "c": {}\n}\n';
    for (const [rule, expected] of [
      ["a", { a: { y: 2 }, all: "mandatory", b: "advisory", c: {} }],
      ["b", { all: "mandatory", b: { enforcementLevel: "advisory", y: 2 }, c: {} }],
      ["d", { all: "mandatory", b: "advisory", c: {}, d: { y: 2 } }],
    ] as const) {
      const after = withSettings(before, rule, { y: 2 });
      assert.equal(JSON.stringify(JSON.parse(after)), JSON.stringify(expected));
      assert.equal(after.match(/"b":/g)!.length, 1);
    }
    assert.equal(
      withSettings(before, "b", { y: 2 }),
      before.replace('"advisory"', '{\n    "enforcementLevel": "advisory",\n    "y": 2\n  }'),
    );
    assert.equal(withoutRule(before, rulesOf(before).get("b")!), '{\n  "all": "mandatory",\n  "c": {}\n}\n');
  }); // prettier-ignore
});
