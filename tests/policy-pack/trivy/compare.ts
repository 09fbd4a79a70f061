/**
 * Compares the pack with Trivy on the good and bad Terraform examples of Trivy's own checks, by hand.
 *
 *     TRIVY=/elsewhere/trivy-checks node -r ./tests/support/register.js tests/policy-pack/trivy/compare.ts [check...]
 *
 * TRIVY is a checkout of aquasecurity/trivy-checks (MIT) beside the project; nothing of it is committed. A bad example has
 * to have a finding of a rule that claims its check, a good one none. Result, and who is right where the two differ:
 * docs/judges.md.
 */
import * as fs from "node:fs";
import * as path from "node:path";

import { parse } from "yaml";

import { parseHcl } from "../checkov/hcl";
import { answersTo, claimedOf, printRows, resultOf, type Row } from "../checkov/judged";
import { convert } from "../checkov/terraform";
import { DEFENDED } from "./defended";

/** The file of examples of each check: `AWS-0097` -> `checks/cloud/aws/sqs/no_wildcards_in_policy_documents.yaml`. */
function examplesOf(checkout: string): ReadonlyMap<string, string> {
  const files = fs
    .readdirSync(path.join(checkout, "checks/cloud/aws"), { recursive: true })
    .map((file) => path.join(checkout, "checks/cloud/aws", String(file)))
    .filter((file) => file.endsWith(".rego") && !file.endsWith("_test.rego"))
    .sort();
  return new Map(
    files.flatMap((file) => {
      const text = fs.readFileSync(file, "utf8");
      const check = /^# +id: (AWS-\d+)$/m.exec(text)?.[1];
      const examples = /^# +examples: "?([^"\s]+)"?$/m.exec(text)?.[1];
      return check !== undefined && examples !== undefined
        ? [[check, path.join(checkout, examples)] as const]
        : [];
    }),
  );
}

function rowsOf(check: string, file: string): Row[] {
  const { terraform } = parse(fs.readFileSync(file, "utf8")) as {
    terraform?: { good?: string[]; bad?: string[] };
  };
  return [
    ...(terraform?.good ?? []).map((text, index) => rowOf(check, `good ${index + 1}`, text)),
    ...(terraform?.bad ?? []).map((text, index) => rowOf(check, `bad ${index + 1}`, text)),
  ];
}

function rowOf(check: string, address: string, text: string): Row {
  const converted = convert([parseHcl(text)]);
  const refused = converted.find((one) => one.refused !== undefined);
  return {
    check,
    address,
    expected: address.startsWith("good") ? "pass" : "fail",
    ...resultOf([...answersTo("trivy", check, converted).values()]),
    refused: refused && `${refused.address}: ${refused.refused!}`,
  };
}

function main(only: readonly string[]): void {
  const checkout = process.env["TRIVY"];
  if (checkout === undefined) {
    throw new Error("TRIVY: expected a checkout of aquasecurity/trivy-checks, got nothing");
  }
  const claimed = claimedOf("trivy");
  const rows = [...examplesOf(checkout)]
    .filter(([check]) => claimed.has(check) && (only.length === 0 || only.includes(check)))
    .flatMap(([check, file]) => rowsOf(check, file));
  printRows(rows, "examples", DEFENDED);
}

main(process.argv.slice(2));
