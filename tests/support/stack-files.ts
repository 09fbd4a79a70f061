/** The tests' own stack files, validated: see tests/fixtures/README.md. Those at the root belong to an owner. */
import * as fs from "node:fs";
import * as path from "node:path";

import { parse } from "yaml";

import { validate, type StackConfig } from "../../schema";

const FIXTURES = path.join(__dirname, "..", "fixtures");

/** Project of the stacks: the program of the root with stack files of the tests. */
export const STACKS_PROJECT = path.join(FIXTURES, "stacks");

/** Project of the pipeline's stack. */
export const BOOTSTRAP_PROJECT = path.join(FIXTURES, "bootstrap");

/** The policy pack's configuration of a stack. */
export function packConfigFile(stack: string): string {
  return path.join(FIXTURES, "policy-pack", `config.${stack}.json`);
}

/** A stack file's text. */
export function stackFileText(stack: string): string {
  return fs.readFileSync(path.join(STACKS_PROJECT, `Pulumi.${stack}.yaml`), "utf8");
}

/** A stack file as it stands: the values of `config:` by full key. */
export function stackFile(stack: string): Record<string, unknown> {
  return (parse(stackFileText(stack)) as { config: Record<string, unknown> }).config;
}

/** The names of the stacks. */
export function stackNames(): string[] {
  return fs
    .readdirSync(STACKS_PROJECT)
    .flatMap((file) => /^Pulumi\.([a-z]+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

/** The values of a stack file as `validate` takes them; `change` may alter the sections first. */
export function validated(
  stack: string,
  change: (sections: Record<string, any>, values: Record<string, unknown>) => void = () => {}, // any: tests reach into every section
): StackConfig {
  const values = structuredClone(stackFile(stack));
  const sections = Object.fromEntries(
    Object.entries(values)
      .filter(([key]) => key.startsWith("crm:") && key !== "crm:secrets")
      .map(([key, value]) => [key.slice("crm:".length), value]),
  );
  change(sections, values);
  return validate({ region: values["aws:region"], sections });
}

/** The messages of the errors that a changed stack file gives; none when it is valid. */
export function problems(
  stack: string,
  change: (sections: Record<string, any>, values: Record<string, unknown>) => void, // any: as above
): string[] {
  try {
    validated(stack, change);
    return [];
  } catch (error) {
    return (error as { problems?: { message: string }[] }).problems!.map(({ message }) => message);
  }
}
