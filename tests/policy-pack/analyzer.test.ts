import assert from "node:assert/strict";
import { createRequire } from "node:module";

import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import type { PlannedResource } from "../../analysis/plan/model";
import { read } from "../../analysis/properties";
import { type Analyzer, analyzerOf } from "../../policy-pack/analyzer";
import { resourceRule, type Rule, stackRule } from "../../policy-pack/define";
import { forgetExemptions } from "../../policy-pack/exemptions";
import { RULES } from "../../policy-pack/rules";
import { analyzeRequest, analyzeStackRequest } from "../../tools/preview/engine/analyzer-wire";
import { plainResource } from "../../tools/preview/engine/registration";
import { planOf } from "../support/plans";

const BUCKET = "aws:s3/bucket:Bucket";
const TOPIC = "aws:sns/topic:Topic";
const info = { severity: "low", remediation: "Fix it.", url: "https://example.com" } as const;

const settled = resourceRule<{ readonly least: number }>({
  ...info,
  id: "settled",
  description: "Days are set.",
  types: [BUCKET],
  defaults: { least: 7 },
  check({ properties, provider, options }, report, { least }) {
    const days = read(properties, "days");
    if (typeof days !== "number") report.undecided("days");
    else if (days < least) {
      const { ignoreChanges, parent, protect } = options;
      const about = JSON.stringify({ properties, provider, ignoreChanges, parent, protect });
      report.violation(`${days} is less than ${least}: ${about}`);
    }
  },
});
const everything = resourceRule({
  ...info,
  id: "everything",
  description: "Nothing is right.",
  level: "advisory",
  types: () => true,
  check({ type, name }, report) {
    report.violation(`${type} ${name}`);
  },
});
const related = stackRule({
  ...info,
  id: "related",
  description: "Buckets have a topic.",
  check(graph, reportOn) {
    for (const node of graph.nodes) {
      const names = Object.entries(node.references).map(([key, urns]) => `${key}:${urns.join()}`);
      reportOn(node).violation(names.join(" "));
    }
  },
});
const broken = resourceRule({
  ...info,
  id: "broken",
  description: "Breaks.",
  types: [TOPIC],
  check() {
    throw new Error("the rule is broken");
  },
});

/** The analyzer that the SDK would serve for rules. */
function sdkAnalyzer(rules: readonly Rule[]): Analyzer {
  const { prototype } = createRequire(require.resolve("@pulumi/policy"))("@grpc/grpc-js").Server;
  const { addService, bindAsync } = prototype;
  const file = require.resolve("@pulumi/policy/server");
  delete require.cache[file];
  let analyzer: Analyzer | undefined;
  try {
    prototype.addService = (_: object, handlers: Analyzer) => (analyzer = handlers);
    prototype.bindAsync = () => {};
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a copy of its own: one pack for a copy
    require(file).serve("pack", "1.0.0", "mandatory", {
      policies: rules.map(({ policy }) => policy),
    });
  } finally {
    Object.assign(prototype, { addService, bindAsync });
  }
  return analyzer!;
}

interface Configured {
  readonly level: keyof typeof proto.EnforcementLevel;
  readonly properties?: object;
}

function listOf(response: object): object[] {
  const { diagnosticsList, remediationsList } = (
    response as proto.AnalyzeResponse & proto.RemediateResponse
  ).toObject() as Partial<proto.AnalyzeResponse.AsObject & proto.RemediateResponse.AsObject>;
  return diagnosticsList ?? remediationsList ?? [];
}

/** Everything that an analyzer says of resources, one by one and together. */
async function answers(
  analyzer: Analyzer,
  configured: Record<string, Configured>,
  resources: readonly PlannedResource[],
) {
  forgetExemptions();
  const ask = (method: keyof Analyzer, request: object) =>
    new Promise<object[] | string>((resolve) => {
      analyzer[method]({ request } as never, (error, response) =>
        resolve(error?.message ?? listOf(response!)),
      );
    });
  const configuration = new proto.ConfigureAnalyzerRequest();
  for (const [name, { level, properties }] of Object.entries(configured)) {
    const policy = new proto.PolicyConfig();
    policy.setEnforcementlevel(proto.EnforcementLevel[level]);
    policy.setProperties(Struct.fromJavaScript({ ...properties }));
    configuration.getPolicyconfigMap().set(name, policy);
  }
  await new Promise((resolve) => analyzer.configure({ request: configuration }, resolve));
  const said = [];
  const remediations = [];
  for (const resource of resources) {
    const provider = plainResource({
      ...{ urn: "provider", type: "pulumi:providers:aws", name: "default", custom: true },
      inputs: { region: "us-east-1" },
    });
    said.push(await ask("analyze", analyzeRequest(resource, provider, { internalKeys: false })));
    remediations.push(
      await ask("remediate", analyzeRequest(resource, provider, { internalKeys: true })),
    );
  }
  const seen = resources.map((resource) => ({
    ...{ resource, provider: undefined, outputs: resource.inputs },
  }));
  said.push(await ask("analyzeStack", analyzeStackRequest(seen)));
  return { said, remediations };
}

/** What both analyzers say; they have to say the same. */
async function agreed(
  rules: readonly Rule[],
  configured: Record<string, Configured>,
  resources: readonly PlannedResource[],
) {
  const ours = analyzerOf({ name: "pack", version: "1.0.0", level: "mandatory" }, rules);
  const [quick, slow] = [
    await answers(ours, configured, resources),
    await answers(sdkAnalyzer(rules), configured, resources),
  ];
  assert.deepEqual(withoutFrames(quick.said), withoutFrames(slow.said));
  assert.deepEqual(withoutFrames(quick.remediations), withoutFrames(slow.remediations));
  return quick;
}

/** Errors carry where they were thrown, which differs. */
const withoutFrames = (said: readonly unknown[]) =>
  said.map((one) => (typeof one === "string" ? one.replace(/\n\s+at .*/g, "") : one));

interface Said {
  readonly message: string;
}

const urn = (type: string, name: string) => `urn:pulumi:dev::sample::${type}::${name}`;
const bucket = (days: unknown): PlannedResource =>
  plainResource({
    ...{ urn: urn(BUCKET, "bucket"), type: BUCKET, name: "bucket", custom: true, protect: true },
    ...{ parent: urn("crm:Store", "store"), ignoreChanges: ["tags"] },
    inputs: { days, names: ["a"] },
    dependencies: [urn(TOPIC, "topic"), urn(TOPIC, "elsewhere")],
    propertyDependencies: { names: [urn(TOPIC, "topic"), urn(TOPIC, "elsewhere")], days: [] },
  });
const topic = plainResource({
  ...{ urn: urn(TOPIC, "topic"), type: TOPIC, name: "topic", custom: true },
});

describe("policy pack: answering for Pulumi's server", () => {
  afterEach(forgetExemptions);

  it("says the same of resources and of the stack, with their properties and references", async () => {
    const { said } = await agreed([settled, everything, related], {}, [bucket(3), topic]);
    const [ofBucket, ofTopic, ofStack] = said as { message: string; policyname: string }[][];
    assert.deepEqual(
      ofBucket!.map(({ policyname }) => policyname),
      ["settled", "everything"],
    );
    assert.match(ofBucket![0]!.message, /"names":\["a"\].*"region":"us-east-1".*"protect":true/);
    assert.equal(ofTopic!.length, 1);
    assert.match(
      ofStack![0]!.message,
      /names:urn:pulumi:dev::sample::aws:sns\/topic:Topic::topic$/,
    );
  });

  it("takes settings from the stack's own configuration, which the engine passes", async () => {
    const rule = resourceRule<{ readonly home: string }>({
      ...info,
      id: "home",
      description: "It is at home.",
      types: [BUCKET],
      defaults: { home: "nowhere" },
      fromStack: (config, stack) => ({ home: stack.get("aws:region") ?? config.home }),
      check: (_, report, { home }) => report.violation(`home is ${home}`),
    });
    const ours = analyzerOf({ name: "pack", version: "1.0.0", level: "mandatory" }, [rule]);
    const messages = async () =>
      (await answers(ours, {}, [bucket(1)])).said.flat().map((one) => (one as Said).message);
    assert.match((await messages()).join(), /home is nowhere/);
    const stack = new proto.AnalyzerStackConfigureRequest();
    stack.getConfigMap().set("aws:region", "eu-central-1");
    await new Promise((resolve) => ours.configureStack({ request: stack }, resolve));
    assert.match((await messages()).join(), /home is eu-central-1/);
  });

  it("takes levels and settings from the configuration, and changes with it", async () => {
    const rules = [settled, everything, related];
    const off = { everything: { level: "DISABLED" }, related: { level: "ADVISORY" } } as const;
    const strict = { settled: { level: "REMEDIATE", properties: { least: 20 } } } as const;
    const {
      said: [judged],
    } = await agreed(rules, { ...off, ...strict }, [bucket(9)]);
    assert.deepEqual(
      (judged as { enforcementlevel: number }[]).map(({ enforcementlevel }) => enforcementlevel),
      [proto.EnforcementLevel.MANDATORY],
    );
    assert.deepEqual((await agreed(rules, off, [bucket(9)])).said[0], []);
  });

  it("an unknown value is undecided, and an exemption an advisory", async () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const {
      said: [undecided],
    } = await agreed([settled], {}, [bucket(unknown)]);
    assert.match(JSON.stringify(undecided), /undecided: days is not known/);
    const exemption = {
      ...{ urn: "*", reason: "a reason of some length", owner: "a@example.com" },
      expires: "2999-12-31",
    };
    const exempt = { level: "MANDATORY", properties: { exemptions: [exemption] } } as const;
    const {
      said: [advised],
    } = await agreed([settled], { settled: exempt }, [bucket(1)]);
    assert.match(JSON.stringify(advised), /exempt: a reason of some length/);
    const {
      said: [exempted],
    } = await agreed([settled], { settled: exempt }, [bucket(unknown)]);
    assert.match(JSON.stringify(exempted), /exempt: a reason .*days is not known before the/);
  });

  it("a rule that breaks is an error that names it", async () => {
    const {
      said: [said],
    } = await agreed([broken], {}, [topic]);
    assert.match(
      said as string,
      /^Error validating resource with policy 'broken' from policy pack 'pack@v1\.0\.0':\nError: the rule is broken/,
    );
  });

  it("fixes as Pulumi's server does, and keeps secrets secret", async () => {
    const fixing = resourceRule({
      ...info,
      id: "fixing",
      description: "Buckets have an owner.",
      types: [BUCKET],
      check: ({ properties }, report) => {
        if (read(properties, "owner") === undefined) report.violation("no owner");
      },
      remediate(inputs) {
        inputs.owner = "platform";
      },
    });
    const configured = { fixing: { level: "REMEDIATE" } } as const;
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
    const resource = { ...bucket(9), inputs: { key: { ...secret, value: "hidden" } } };
    const { remediations } = await agreed([fixing, settled], configured, [resource, topic]);
    const text = JSON.stringify(remediations);
    assert.match(text, /fixing.*owner.*platform/);
    assert.match(text, /1b47061264138c4ac30d75fd1eb44270/);
    assert.deepEqual(remediations[1], []);
  });

  it("unpacks no resource for fixes that no rule makes", async () => {
    const pack = { name: "pack", version: "1.0.0", level: "mandatory" } as const;
    const request = { getProperties: () => assert.fail("unpacked") };
    const response = await new Promise<object>((resolve, reject) =>
      analyzerOf(pack, [settled]).remediate({ request } as never, (error, answer) =>
        error ? reject(error) : resolve(answer!),
      ),
    );
    assert.deepEqual(listOf(response), []);
  });

  it("says the same of the whole pack's rules", async () => {
    const said = (analyzer: Analyzer) =>
      new Promise<object>((resolve) =>
        analyzer.getAnalyzerInfo({ request: {} }, (_, response) => resolve(response!.toObject())),
      );
    const pack = { name: "pack", version: "1.0.0", level: "mandatory" } as const;
    assert.deepEqual(await said(analyzerOf(pack, RULES)), await said(sdkAnalyzer(RULES)));
  });

  it("the whole pack says the same of a part of production", async () => {
    const { resources } = await planOf("production");
    const part = resources.filter(({ custom }, index) => custom && index % 12 === 0);
    const { said } = await agreed(RULES, {}, part);
    assert.ok(said.flat().length > 5, "there is something to say of a part");
  });
});
