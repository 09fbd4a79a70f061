/** Which controls of the public catalogues the pack judges, and why not the others. For documentation and tests. */
import * as fs from "node:fs";
import * as path from "node:path";

import anchors from "./anchors.json";
import type { Controls } from "./define";
import { RULES } from "./rules";

/** A control that no rule judges. Files of the folder `not-applicable` export lists of them. */
export interface NotApplicable {
  /** Its id in its catalogue, such as `RDS.2` or `CKV_AWS_17`. */
  readonly control: string;
  /** Why there is no rule, as a sentence. */
  readonly reason: string;
}

/** A control of a catalogue and the rules that judge it. */
export interface Covered {
  readonly catalogue: keyof Controls;
  readonly control: string;
  /** Ids of the rules. */
  readonly rules: readonly string[];
  readonly reason?: string;
}

/** Catalogues by the name that readers know. */
export const CATALOGUES: Readonly<Record<keyof Controls, string>> = {
  securityHub: "AWS Security Hub",
  cis: "CIS AWS Foundations Benchmark 5.0",
  cdkNag: "cdk-nag AwsSolutions",
  checkov: "Checkov",
  trivy: "Trivy",
};

/**
 * All controls that the groups leave out: from TypeScript files here, from JavaScript files in the packed package.
 */
export function notApplicable(): NotApplicable[] {
  const directory = path.join(__dirname, "not-applicable");
  const files = fs.existsSync(directory) ? fs.readdirSync(directory) : [];
  return files
    .filter((file) => file.endsWith(path.extname(__filename)))
    .sort()
    .flatMap((file) => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- the files are listed at run time
      const lists = require(path.join(directory, file)) as Record<string, unknown>;
      return Object.values(lists).flatMap((list) =>
        Array.isArray(list) ? (list as NotApplicable[]) : [],
      );
    });
}

/**
 * Each control of the catalogues on the services that anchors.json lists, and those beyond that a rule names,
 * in the catalogues' order.
 */
export function coverage(): Covered[] {
  const reasons = new Map(notApplicable().map(({ control, reason }) => [bare(control), reason]));
  return (Object.keys(CATALOGUES) as (keyof Controls)[]).flatMap((catalogue) => {
    const rulesOf = new Map<string, string[]>(anchors[catalogue].map((control) => [control, []]));
    for (const { info } of RULES) {
      for (const control of info.controls?.[catalogue] ?? []) {
        rulesOf.set(control, [...(rulesOf.get(control) ?? []), info.id]);
      }
    }
    return [...rulesOf]
      .map(([control, rules]) => ({ catalogue, control, rules, reason: reasons.get(control) }))
      .sort((a, b) => a.control.localeCompare(b.control, "en", { numeric: true }));
  });
}

/** `RDS.2` for `securityHub:RDS.2`. */
function bare(control: string): string {
  return control.split(":").at(-1)!;
}
