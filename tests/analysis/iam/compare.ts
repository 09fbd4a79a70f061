/**
 * Compares the evaluator with another one, by hand, on random policies and requests.
 *
 *     IAM_SIMULATE=/elsewhere \
 *       node -r ./tests/support/register.js tests/analysis/iam/compare.ts [seed] [cases]
 *
 * That package is under the AGPL: it is installed in a folder beside the project, which
 * IAM_SIMULATE names, and is no dependency of it. Method and
 * result: docs/judges.md.
 */
import { createRequire } from "node:module";
import { join } from "node:path";

import {
  callerOf,
  compilePolicy,
  type Decision,
  evaluate,
  explain,
  type Policies,
  type Request,
} from "../../../analysis/iam";
import { type Case, Random, randomCase } from "./random";

/** The parts of the other evaluator that are used: its core, since its outer functions want valid requests. */
interface Simulator {
  readonly authorize: (request: unknown) => { readonly result: string };
  readonly load: (document: unknown, options: { readonly name: string }) => unknown;
  readonly Request: new (
    principal: unknown,
    resource: unknown,
    action: string,
    context: unknown,
  ) => object;
  readonly Context: new (values: unknown) => object;
  readonly Constraints: new (list: readonly unknown[]) => object;
}

function loadSimulator(folder: string): Simulator {
  const from = createRequire(join(folder, "package.json"));
  const inside = (file: string) =>
    from(join(folder, "node_modules/@cloud-copilot/iam-simulate/dist/cjs", file)) as Record<
      string,
      any
    >;
  return {
    authorize: inside("core_engine/CoreSimulatorEngine.js")["authorize"],
    load: (from("@cloud-copilot/iam-policy") as Record<string, any>)["loadPolicy"],
    Request: inside("request/request.js")["AwsRequestImpl"],
    Context: inside("requestContext.js")["RequestContextImpl"],
    Constraints: inside("context_keys/discoveryContextKeyConstraints.js")[
      "DiscoveryContextKeyConstraints"
    ],
  };
}

/** Differences that are understood; what is left has to be none. */
const EXPLAINED: readonly {
  readonly why: string;
  readonly fits: (one: Case, ours: Decision["verdict"], theirs: string) => boolean;
}[] = [];

function ours(one: Case): [Request, Policies] {
  const identity = one.identity.map((document, i) =>
    compilePolicy(document, "identity", `identity ${i}`),
  );
  const kind = one.action.startsWith("kms:") ? "key" : "resource";
  return [
    {
      caller: callerOf(one.caller)!,
      action: one.action,
      resource: one.resource,
      resourceAccount: one.resourceAccount,
      context: one.context,
    },
    {
      identity,
      boundary: one.boundary === undefined ? undefined : compilePolicy(one.boundary, "boundary"),
      scps: one.scps.map((document) => [compilePolicy(document, "scp")]),
      rcps: one.rcps.map((document) => compilePolicy(document, "rcp")),
      session: one.session === undefined ? undefined : [compilePolicy(one.session, "session")],
      resource:
        one.resourcePolicy === undefined ? undefined : compilePolicy(one.resourcePolicy, kind),
    },
  ];
}

function theirs(simulator: Simulator, one: Case): string {
  const load = (document: unknown) => simulator.load(document, { name: "policy" });
  const level = (documents: readonly unknown[]) => ({
    orgIdentifier: "o-1",
    policies: documents.map(load),
  });
  const optional = (document: unknown) => (document === undefined ? undefined : load(document));
  const request = new simulator.Request(
    one.caller === "*" ? { type: "Anonymous" } : one.caller,
    { resource: one.resource, accountId: one.resourceAccount },
    one.action,
    new simulator.Context(one.context),
  );
  return simulator.authorize({
    request,
    sessionPolicy: optional(one.session),
    identityPolicies: one.identity.map(load),
    serviceControlPolicies: one.scps.map((document) => level([document])),
    resourceControlPolicies: one.rcps.map((document) => level([document, FULL_ACCESS])),
    resourcePolicy: optional(one.resourcePolicy),
    permissionBoundaries: one.boundary === undefined ? undefined : [load(one.boundary)],
    vpcEndpointPolicies: undefined,
    simulationParameters: {
      simulationMode: "Strict",
      discoveryContextKeyConstraints: new simulator.Constraints([]),
    },
    serviceSettings: {},
  }).result;
}

const FULL_ACCESS = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
};

function main(path: string): void {
  const simulator = loadSimulator(path);
  const [seed, cases] = [Number(process.argv[2] ?? 1), Number(process.argv[3] ?? 10_000)];
  const random = new Random(seed);
  const counts = new Map<string, number>();
  const add = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  let shown = 0;
  for (let i = 0; i < cases; i++) {
    const one = randomCase(random);
    const [request, policies] = ours(one);
    const decision = evaluate(request, policies);
    const other = theirs(simulator, one);
    const same =
      decision.verdict === "allowed"
        ? other === "Allowed"
        : decision.verdict === "denied" &&
          other === (decision.layer === "explicit deny" ? "ExplicitlyDenied" : "ImplicitlyDenied");
    if (same) {
      add(`same: ${other}`);
      continue;
    }
    const reason = EXPLAINED.find(({ fits }) => fits(one, decision.verdict, other));
    add(reason === undefined ? "UNEXPLAINED" : `explained: ${reason.why}`);
    if (reason === undefined && shown < Number(process.env["SHOW"] ?? 3)) {
      shown += 1;
      const { summary, explanations } = explain(request, policies);
      const lines = explanations.filter(({ applies }) => applies !== "no");
      console.log(JSON.stringify({ i, one, other, summary, lines }, undefined, 1));
    }
  }
  console.log(`seed ${seed}, ${cases} cases`);
  for (const [name, count] of [...counts].sort()) {
    console.log(`${String(count).padStart(6)}  ${name}`);
  }
  process.exitCode = counts.has("UNEXPLAINED") ? 1 : 0;
}

const path = process.env["IAM_SIMULATE"];
if (path === undefined) {
  console.log("skipped: IAM_SIMULATE names no evaluator to compare with");
} else {
  main(path);
}
