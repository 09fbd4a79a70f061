/** docs/configuration.md from the schema: every key of a stack file, what it is for, what is accepted, its default. */
import { z } from "zod";

import { SECTIONS } from "../../schema";
import { escapeCell } from "../../tools/markup";

/** The page about the configuration, below the project's folder. */
export const CONFIGURATION_PAGE = "docs/configuration.md";

/** What stands for a name that the stack file chooses. */
const NAME = "<name>";

/** The default of a group whose settings all have one. */
const BELOW = "the defaults below";

interface Row {
  readonly key: string;
  readonly accepted: string;
  /** Absent: the key must be set. */
  readonly default?: string;
  readonly purpose: string;
}

/** Text of the page. */
export function configurationPage(): string {
  const sections = Object.entries(SECTIONS).map(([name, { schema }]) => {
    const rows = rowsOf(`crm:${name}`, schema as z.ZodType);
    const purpose = describedBy(schema as z.ZodType);
    return [
      `## crm:${name}`,
      ...(rows.length > 1 && purpose ? [`${purpose}.`] : []),
      ["| key | accepted | default | purpose |", "|---|---|---|---|", ...rows.map(line)].join("\n"),
    ].join("\n\n");
  });
  return `${[
    "# Configuration",
    "Written by `npm run accept` from the schema (`schema/index.ts` and `schema/`); a test fails while it is out of date.",
    "Every key of `Pulumi.<stack>.yaml`. A key that is not here, or a value that is not accepted, stops a preview with the key's " +
      "name and what is expected; all of a file's problems are shown at once. `aws:region` is the stack's region. `" +
      NAME +
      "` and `[]` stand for names of your own and for each entry of a list. **set it** marks what has no default.",
    "Secrets are in none of these sections: `crm:secrets` holds encrypted values by name, set with " +
      "`pulumi config set --path crm:secrets.<name> --secret`.",
    Object.keys(SECTIONS)
      .map((name) => `[${name}](#crm${name.toLowerCase()})`)
      .join(", "),
    ...sections,
  ].join("\n\n")}\n`;
}

function line({ key, accepted, default: value, purpose }: Row): string {
  return `| \`${key}\` | ${cell(accepted)} | ${value === undefined ? "**set it**" : cell(value)} | ${cell(purpose)} |`;
}

function cell(text: string): string {
  return escapeCell(text).replace(/<(\w)/g, "&lt;$1").replace(/\s+/g, " ");
}

/** The rows of a key: itself, if it is a value, and what is below it. */
function rowsOf(key: string, schema: z.ZodType, inherited?: string): Row[] {
  const { inner, value, purpose } = unwrapped(schema);
  const text = purpose ?? "";
  const fallback = value ?? inherited;
  if (inner instanceof z.ZodObject) {
    const children = Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(
      ([name, child]) => rowsOf(`${key}.${name}`, child),
    );
    return value === undefined && text === ""
      ? children
      : [
          { key, accepted: "a group of settings", default: fallback ?? undefined, purpose: text },
          ...children,
        ];
  }
  if (inner instanceof z.ZodRecord) {
    const child = inner.valueType as z.ZodType;
    if (isValue(child)) {
      const accepted = `${phrase(inner)}, each ${phrase(unwrapped(child).inner)}`;
      return [{ key, accepted, default: noneOf(fallback), purpose: text }];
    }
    return [
      { key, accepted: phrase(inner), default: noneOf(fallback), purpose: text },
      ...rowsOf(`${key}.${NAME}`, child),
    ];
  }
  const own = { key, accepted: phrase(inner), default: fallback, purpose: text };
  if (inner instanceof z.ZodArray) {
    const child = inner.element as z.ZodType;
    return [own, ...(isValue(child) ? [] : rowsOf(`${key}[]`, child))];
  }
  if (inner instanceof z.ZodUnion) {
    const options = (inner.options as z.ZodType[]).filter((option) => !isValue(option));
    return [
      own,
      ...options.flatMap((option) => rowsOf(key, option)).filter((row) => row.key !== key),
    ];
  }
  return [own];
}

/** The default of settings by name: where none are given there are none. */
function noneOf(fallback: string | undefined): string | undefined {
  return fallback === BELOW ? "none" : fallback;
}

/** Whether a schema is a plain value: then its parent's row says all. */
function isValue(schema: z.ZodType): boolean {
  const { inner } = unwrapped(schema);
  return !(
    inner instanceof z.ZodObject ||
    inner instanceof z.ZodRecord ||
    inner instanceof z.ZodArray ||
    inner instanceof z.ZodUnion
  );
}

/** A schema without what makes it optional, its default as text and what it is for. */
function unwrapped(schema: z.ZodType): { inner: z.ZodType; value?: string; purpose?: string } {
  let inner = schema;
  let value: string | undefined;
  let purpose = schema.description;
  for (;;) {
    // What is filled in from other settings before the schema sees it.
    value ??= inner.meta()?.["filledIn"] as string | undefined;
    if (inner instanceof z.ZodOptional) {
      value ??= "none";
      inner = inner.def.innerType as z.ZodType;
    } else if (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault) {
      value ??= `\`${JSON.stringify(inner.def.defaultValue)}\``;
      inner = inner.def.innerType as z.ZodType;
    } else if (inner instanceof z.ZodPipe) {
      inner = inner.def.in as z.ZodType;
    } else {
      return { inner, value: value === "`{}`" ? BELOW : value, purpose };
    }
    purpose ??= inner.description;
  }
}

/** What is accepted, in the words of the error that anything else gets. */
function phrase(schema: z.ZodType): string {
  const issue = schema.safeParse(undefined).error?.issues[0];
  return issue?.message.startsWith("Invalid") ? "see the purpose" : (issue?.message ?? "anything");
}

function describedBy(schema: z.ZodType): string | undefined {
  return unwrapped(schema).purpose;
}
