/** The shipped stack files, validated: tests take a stack's values from where the stack takes them. */
import * as fs from "node:fs";
import * as path from "node:path";

import { parse } from "yaml";

import { validate, type StackConfig } from "../../schema";

const ROOT = path.join(__dirname, "..", "..");

/** A stack file as it stands: the values of `config:` by full key. */
export function stackFile(stack: string): Record<string, unknown> {
  const text = fs.readFileSync(path.join(ROOT, `Pulumi.${stack}.yaml`), "utf8");
  return (parse(text) as { config: Record<string, unknown> }).config;
}

/** The names of the shipped stacks. */
export function stackNames(): string[] {
  return fs
    .readdirSync(ROOT)
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
