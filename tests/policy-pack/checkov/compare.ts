/**
 * Compares the pack with Checkov on Checkov's own examples, by hand.
 *
 *     CHECKOV=/elsewhere/checkov node -r ./tests/support/register.js tests/policy-pack/checkov/compare.ts [check...]
 *
 * CHECKOV is a checkout of bridgecrewio/checkov (Apache-2.0) beside the project; nothing of it is committed. Method,
 * result, and who is right where the two differ: docs/judges.md.
 */
import type { PolicyResource } from "@pulumi/policy";

import { read, unproxied } from "../../../analysis/properties";
import { DEFENDED } from "./defended";
import { type Example, examplesOf } from "./fixtures";
import { answersTo, claimedOf, printRows, resultOf, type Row } from "./judged";
import { convert } from "./terraform";

/** What the rules that claim a check say of each resource of its example. */
function rowsOf(example: Example): Row[] {
  const converted = convert(example.files());
  const resources = converted.map(({ resource }) => resource);
  const said = answersTo("checkov", example.check, converted);
  const judged = new Set([...example.pass, ...example.fail]);
  return (["pass", "fail"] as const).flatMap((expected) =>
    example[expected].flatMap((address) => {
      if (example.pass.includes(address) && example.fail.includes(address)) {
        // Two folders have it, and the list does not say which is meant.
        return [];
      }
      // The lists leave out that something is a data source.
      const found =
        converted.find((one) => one.address === address) ??
        converted.find((one) => one.address === `data.${address}`);
      if (found === undefined) {
        return [];
      }
      const urns = [found.resource.urn, ...partsOf(found.resource, resources, judged)];
      // What a refused resource says of it is no input either.
      const refused = converted.find(
        (one) =>
          one.refused !== undefined &&
          (urns.includes(one.resource.urn) || one.mentions.includes(address)),
      );
      const result = resultOf(urns.map((urn) => said.get(urn)));
      const why = refused && `${refused.address}: ${refused.refused}`;
      return [{ check: example.check, address, expected, ...result, refused: why }];
    }),
  );
}

/**
 * The resources that a resource refers to, or that refer to it, of which the example says nothing by themselves: the
 * pack names the part that has to change, such as the bucket's ACL, Checkov the bucket.
 */
function partsOf(
  of: PolicyResource,
  resources: readonly PolicyResource[],
  judged: ReadonlySet<string>,
): string[] {
  const found = new Set([of]);
  // Two steps: a load balancer, its association, the web ACL.
  for (let step = 0; step < 2; step += 1) {
    for (const one of resources) {
      const near = [...found].some(
        (other) =>
          one.dependencies.includes(other) ||
          other.dependencies.includes(one) ||
          // A bucket that stands outside of the example is known by its name.
          (bucketOf(one) !== undefined && bucketOf(one) === bucketOf(other)),
      );
      if (near && !judged.has(one.name)) {
        found.add(one);
      }
    }
  }
  found.delete(of);
  return [...found].map(({ urn }) => urn);
}

/** The name of the bucket outside of the example that a part of one belongs to. */
function bucketOf({ type, props, propertyDependencies }: PolicyResource): string | undefined {
  const bucket = read(unproxied(props), "bucket");
  const isPart = /^aws:s3\/bucket[A-Z]/.test(type) && !propertyDependencies["bucket"]?.length;
  return isPart && typeof bucket === "string" ? bucket : undefined;
}

function main(only: readonly string[]): void {
  const checkout = process.env["CHECKOV"];
  if (checkout === undefined) {
    throw new Error("CHECKOV: expected a checkout of bridgecrewio/checkov, got nothing");
  }
  const claimed = claimedOf("checkov");
  const rows = examplesOf(checkout)
    .filter(({ check }) => claimed.has(check) && (only.length === 0 || only.includes(check)))
    .flatMap(rowsOf);
  printRows(rows, "resources", DEFENDED);
}

main(process.argv.slice(2));
