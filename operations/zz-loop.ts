import { planWith, objections } from "./example";
import { PARTITIONS, assumedZones } from "../facts/regions";
import { CLOUDFRONT_PREFIX_LIST } from "../facts/prefix-lists";
import * as fs from "node:fs";
const only = process.argv.slice(2);
(async () => {
  for (const region of only.length ? only : Object.keys(PARTITIONS.aws!.regions)) {
    const two = assumedZones(region).length < 3;
    const listed = region in CLOUDFRONT_PREFIX_LIST.ids;
    const changes: any = { config: { "aws:region": region,
      "crm:network": { availabilityZones: null, cloudFrontPrefixListId: listed ? null : "pl-0123456789abcdef0", ...(two && {subnets: {public: ["10.1.1.0/24","10.1.2.0/24"], private: ["10.1.11.0/24","10.1.12.0/24"], database: ["10.1.21.0/24","10.1.22.0/24"]}}) },
      "crm:database": { availabilityZones: null, replica: { availabilityZone: null } },
      ...(region === "us-west-2" && {"crm:storage": {replicationRegion: "us-east-2"}}) },
      policies: { "provider-account-and-region-allowlist": { allowedRegions: [region, "us-west-2", "us-east-1"] , reason: "x"} } };
    try {
      const plan = await planWith(changes, { stack: "staging", cwd: "/work/wt-P/tests/fixtures/stacks", packConfig: "/work/wt-P/tests/fixtures/policy-pack/config.staging.json" });
      const text = JSON.stringify(plan.resources.map(({urn: _u, ...r}) => r));
      const leftovers = region === "us-east-1" ? [] : plan.resources.filter((r: any) => JSON.stringify(r.inputs).includes("us-east-1") && (r.inputs as any).region !== "us-east-1").map((r: any) => r.name + ":" + r.type);
      console.log(region, plan.resources.length, objections(plan), "diag:", plan.diagnostics.map((d) => d.message.slice(0, 120)).filter((m) => !/example account|shipped mailbox|crm:secrets|runbooks|is not set/.test(m)), "us-east-1 in", leftovers.slice(0, 20));
      void text;
    } catch (e) { console.log(region, "FAILED", String((e as Error).message).slice(0, 600)); }
  }
})();
