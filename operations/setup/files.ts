/** The files of a deployment: stack files, bootstrap's, and the policy pack's configurations. */
import * as fs from "node:fs";
import * as path from "node:path";

import { type Document, isMap, isScalar, parseDocument, type Scalar, visit } from "yaml";

import { cliText } from "./cli-form";

/** Bootstrap's stack file, below the project's folder. */
export const BOOTSTRAP_FILE = "bootstrap/Pulumi.bootstrap.yaml";

/** Who has to look at changes of what runs with credentials, below the project's folder. */
export const CODE_OWNERS_FILE = ".github/CODEOWNERS";

/** File of a stack, below the project's folder. */
export const stackFileOf = (stack: string) => `Pulumi.${stack}.yaml`;

/** The policy pack's configuration for a stack, below the project's folder. */
export const packFileOf = (stack: string) => `policy-pack/config.${stack}.json`;

/** Texts by file below the project's folder. */
export type Texts = ReadonlyMap<string, string>;

/** Text of a value with the place where it stands: keys and indexes below the file's root. */
export type Rewrite = (value: string, at: readonly (string | number)[]) => string;

/** Names of the stacks that a project has. */
export function stacksOf(root: string): string[] {
  return fs
    .readdirSync(root)
    .flatMap((file) => /^Pulumi\.([\w-]+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

/** The texts of files that there are. */
export function readTexts(root: string, files: readonly string[]): Map<string, string> {
  return new Map(
    files
      .filter((file) => fs.existsSync(path.join(root, file)))
      .map((file) => [file, fs.readFileSync(path.join(root, file), "utf8")]),
  );
}

/** A stack file's document. @throws where it is no valid YAML */
export function documentOf(file: string, text: string): Document.Parsed {
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    throw new Error(`${file}: expected valid YAML, got ${document.errors[0]!.message}`);
  }
  return document;
}

/** Changes texts of a stack file's document; names of settings, comments and everything else stay. */
export function rewriteDocument(document: Document, rewrite: Rewrite): void {
  visit(document, {
    Scalar: (key, node, ancestors) => {
      if (key === "key" || typeof node.value !== "string") return;
      node.value = rewrite(node.value, placeOf(key, ancestors));
    },
  });
}

/** Changes texts of a JSON file; every other byte stays. */
export function rewriteJson(file: string, text: string, rewrite: Rewrite): string {
  const changes: { readonly scalar: Scalar; readonly to: string }[] = [];
  visit(documentOf(file, text), {
    Scalar: (key, node, ancestors) => {
      if (key === "key" || typeof node.value !== "string") return;
      const to = rewrite(node.value, placeOf(key, ancestors));
      if (to !== node.value) changes.push({ scalar: node, to });
    },
  });
  return changes.reverse().reduce((changed, { scalar, to }) => {
    const [start, end] = scalar.range!;
    return changed.slice(0, start) + JSON.stringify(to) + changed.slice(end);
  }, text);
}

/** Keys and indexes that lead to a node. */
function placeOf(last: number | string | null, ancestors: readonly unknown[]): (string | number)[] {
  const place: (string | number)[] = [];
  ancestors.forEach((one, index) => {
    const next: unknown = ancestors[index + 1];
    if (typeof one === "object" && one !== null && "key" in one && isScalar(one.key)) {
      place.push(String(one.key.value));
    } else if (typeof one === "object" && one !== null && "items" in one && !isMap(one)) {
      const at = next === undefined ? last : (one.items as unknown[]).indexOf(next);
      if (typeof at === "number") place.push(at);
    }
  });
  return place;
}

/** A stack file's text as Pulumi's command line writes it. */
export const textOfDocument = cliText;
