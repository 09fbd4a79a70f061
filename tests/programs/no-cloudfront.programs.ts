/** Production and its recovery stack without CloudFront: what is planned, and what the tools make of the plan. */
import assert from "node:assert/strict";
import * as path from "node:path";

import { limitsOfPlan } from "../../analysis/capacity/of-plan";
import { estimate } from "../../analysis/cost/estimate";
import { PRICES } from "../../analysis/cost/tables";
import { planWith } from "../../operations/example";
import { capacityPage } from "../../operations/pages/capacity";
import { checksPage } from "../../operations/pages/integration-checks";
import { requestWaysPage } from "../../operations/pages/request-ways";
import { allBooks } from "../../operations/runbooks/books";
import { partText } from "../../operations/runbooks/page";
import { filesOf } from "../../tools/diagram/page";
import type { Plan } from "../../tools/preview/index";
import { STACKS_PROJECT, validated } from "../support/stack-files";
import { USAGE } from "../support/usage";

const EDGE = {
  "crm:edge": {
    distribution: { enabled: false, priceClass: null, minimumTls: null },
    restrictOrigin: null,
    headers: null,
  },
};

describe("stacks without CloudFront (crm:edge.distribution.enabled: false)", () => {
  let production: Plan;
  let recovery: Plan;
  let behind: Plan;
  before(async () => {
    const base = { cwd: STACKS_PROJECT, judged: false };
    behind = await planWith({}, { ...base, stack: "production" });
    production = await planWith({ config: EDGE }, { ...base, stack: "production" });
    recovery = await planWith({ config: EDGE }, { ...base, stack: "recovery" });
  });

  it("plan nothing of CloudFront", () => {
    for (const { resources } of [production, recovery]) {
      assert.deepEqual(
        resources.filter(({ type }) => type.startsWith("aws:cloudfront/")),
        [],
      );
    }
  });

  it("keep every resource with data, and the load balancer", () => {
    const KEPT = /^aws:(rds|elasticache|s3\/bucket:|lb\/loadBalancer|route53\/zone:|dynamodb|efs)/;
    const urns = new Set(production.resources.map(({ urn }) => urn));
    const gone = behind.resources.filter(({ type, urn }) => KEPT.test(type) && !urns.has(urn));
    assert.deepEqual(
      gone.map(({ urn }) => urn),
      [],
    );
  });

  it("are paid for what the load balancer sends to viewers", () => {
    const { lines } = estimate(production, PRICES, USAGE);
    const sent = lines.find(
      ({ type, item }) => type.endsWith(":LoadBalancer") && item === "data out to the internet",
    );
    assert.equal(sent?.quantity, USAGE.assumptions["viewerGB"]?.value);
    const seen = lines.find(({ type, item }) => type.endsWith(":WebAcl") && item === "requests");
    assert.equal(seen?.quantity, USAGE.assumptions["viewerRequestsMillion"]?.value);
  });

  it("have a load balancer that gets every request", () => {
    assert.deepEqual(limitsOfPlan(production).apiShare.value, [1, 1]);
    assert.ok(limitsOfPlan(behind).apiShare.value[0] < 1);
  });

  it("have pages and runbooks that name no CloudFront", () => {
    const pages = [
      requestWaysPage(production),
      checksPage(
        "production",
        validated("production", ({ edge }) => {
          for (const key of ["restrictOrigin", "headers"]) delete edge[key];
          edge.distribution = { enabled: false };
        }),
      ),
      ...[...capacityPage(production, USAGE)].map(([, text]) => text),
      ...Object.values(filesOf(production)),
    ].join("\n");
    const named = pages
      .split("\n")
      .filter(
        (line) =>
          /cloudfront|distribution/i.test(line) && !line.includes("The stack has no CloudFront."),
      );
    assert.deepEqual(named, []);
    const plans = new Map([
      ["production", production],
      ["recovery", recovery],
    ]);
    const bootstrap = path.join(STACKS_PROJECT, "..", "bootstrap");
    const steps = allBooks(plans, { bootstrap }).flatMap((book) =>
      book.parts.map((part) => partText(book, part)),
    );
    assert.deepEqual(
      steps.flatMap((text) => text.split("\n")).filter((line) => /distribution/i.test(line)),
      [],
    );
    assert.ok(
      steps.some((text) =>
        text.includes("`origin-primary.crm-consulting.com` always goes to us-east-1"),
      ),
    );
    assert.match(pages, /api, app, origin, origin-primary, origin-standby/);
  });
});
