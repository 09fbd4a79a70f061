/** Checkov's own examples with what its authors expect of each resource. */
import * as fs from "node:fs";
import * as path from "node:path";

import { parse } from "yaml";

import { type Body, parseHcl } from "./hcl";
import { resourceOf } from "./literals";
import { lacking } from "./refused";

/** One check with its example. */
export interface Example {
  /** `CKV_AWS_20`. */
  readonly check: string;
  /** Where the example is, for messages. */
  readonly source: string;
  /** Its Terraform files. */
  readonly files: () => readonly Body[];
  /** Addresses such as `aws_s3_bucket.logs`. */
  readonly pass: readonly string[];
  readonly fail: readonly string[];
}

const UNIT = "checks/resource/aws";
const DATA = "checks/data/aws";

/** All examples for AWS in a checkout of Checkov that have lists of what passes and fails. */
export function examplesOf(checkout: string): Example[] {
  return [
    ...unitExamples(checkout, UNIT, ""),
    ...unitExamples(checkout, DATA, "data."),
    ...inlineExamples(checkout),
    ...literalExamples(checkout),
    ...graphExamples(checkout),
  ];
}

/** The source of the check that a test file is about. */
function sourceOf(checkout: string, test: string): string {
  const module = /from checkov\.terraform\.(checks[\w.]+) import (check|scanner)/.exec(test)?.[1];
  return module === undefined
    ? ""
    : fs.readFileSync(
        path.join(checkout, "checkov/terraform", `${module.replaceAll(".", "/")}.py`),
        "utf8",
      );
}

/** The id of the check that a test file is about. */
function checkOf(checkout: string, test: string): string | undefined {
  return /\b(?:id|check_id)\s*=\s*["'](CKV2?_AWS_\d+)["']/.exec(sourceOf(checkout, test))?.[1];
}

function unitExamples(checkout: string, part: string, prefix: string): Example[] {
  const tests = path.join(checkout, "tests/terraform", part);
  return filesOf(tests, ".py").flatMap((file) => {
    const text = fs.readFileSync(path.join(tests, file), "utf8");
    const name = /["']\/?((?:example_|test_)\w+)\/?["']/.exec(text)?.[1];
    const check = checkOf(checkout, text);
    const [pass, fail] = ["pass", "fail"].map((word) =>
      addressesOf(text, word).map((one) =>
        one.startsWith("aws_iam_policy_document") ? prefix + one : one,
      ),
    );
    const folder = path.join(tests, name ?? "");
    return check === undefined || name === undefined || !fs.existsSync(folder)
      ? []
      : [{ check, source: name, files: () => bodiesIn(folder), pass: pass!, fail: fail! }];
  });
}

/** Examples inside of a test's code, one for each of its functions. */
function inlineExamples(checkout: string): Example[] {
  const tests = path.join(checkout, "tests/terraform", UNIT);
  return filesOf(tests, ".py").flatMap((file) => {
    const code = fs.readFileSync(path.join(tests, file), "utf8");
    const check = checkOf(checkout, code);
    return code.split(/^ +def /m).flatMap((part) => {
      const [, formatted, , text] = /hcl2\.loads\(\s*(f?)("""|''')([\s\S]*?)\2/.exec(part) ?? [];
      const example = formatted === "f" ? unformatted(text!) : text;
      const address = /\[["']resource["']\]\[0\]\[["'](\w+)["']\]\[["']([\w-]+)["']\]/.exec(part);
      const verdict = /CheckResult\.(PASSED|FAILED)/.exec(part)?.[1];
      if (check === undefined || example === undefined || address === null || !verdict) {
        return [];
      }
      const list = [`${address[1]}.${address[2]}`];
      const source = `${file}, ${part.slice(0, part.indexOf("("))}`;
      const files = () => [parseHcl(example.replaceAll("\\\\", "\\"))];
      const [pass, fail] = verdict === "PASSED" ? [list, []] : [[], list];
      return [{ check, source, files, pass, fail }];
    });
  });
}

/** The text that Python makes of a formatted one; undefined where that takes the value of a variable. */
function unformatted(text: string): string | undefined {
  const plain = text.replaceAll("{{", "\u0001").replaceAll("}}", "\u0002");
  return /[{}]/.test(plain) ? undefined : plain.replaceAll("\u0001", "{").replaceAll("\u0002", "}");
}

/** Examples that a test writes as Python literals, one for each of its functions. */
function literalExamples(checkout: string): Example[] {
  const tests = path.join(checkout, "tests/terraform", UNIT);
  return filesOf(tests, ".py").flatMap((file) => {
    const text = fs.readFileSync(path.join(tests, file), "utf8");
    const check = checkOf(checkout, text);
    const supported = /supported_resources?\s*=\s*[[(]([^\])]*)/.exec(sourceOf(checkout, text));
    const types = [...(supported?.[1] ?? "").matchAll(/["'](aws_\w+)["']/g)].map(([, one]) => one!);
    return text.split(/^ +def /m).flatMap((part) => {
      const literal = /\b\w*conf\w*\s*=\s*(\{[\s\S]*)/.exec(part)?.[1];
      const verdict = /CheckResult\.(PASSED|FAILED)/.exec(part)?.[1];
      if (check === undefined || types.length === 0 || literal === undefined || !verdict) {
        return [];
      }
      const source = part.slice(0, part.indexOf("("));
      // A literal does not say which of the check's types it is: one that has all its arguments.
      const bodies = types.map((type) => parseHcl(resourceOf(type, source, literal)));
      const fits = (body: Body) => lacking(body.blocks[0]!).length === 0;
      const body = bodies.find(fits) ?? bodies[0]!;
      const list = [body.blocks[0]!.labels.join(".")];
      const files = () => [body];
      const [pass, fail] = verdict === "PASSED" ? [list, []] : [[], list];
      return [{ check, source: `${file}, ${source}`, files, pass, fail }];
    });
  });
}

/** What a test's set such as `passing_resources = {...}` lists. */
function addressesOf(text: string, word: string): string[] {
  const found = new RegExp(`${word}\\w*_resources\\s*=\\s*[{(\\[]([^})\\]]*)[})\\]]`).exec(text);
  return [...(found?.[1] ?? "").matchAll(/["']([\w.-]+)["']/g)].map((match) => match[1]!);
}

function graphExamples(checkout: string): Example[] {
  const checks = path.join(checkout, "checkov/terraform/checks/graph_checks/aws");
  const examples = path.join(checkout, "tests/terraform/graph/checks/resources");
  return filesOf(checks, ".yaml").flatMap((file) => {
    const folder = path.join(examples, path.basename(file, ".yaml"));
    const expected = path.join(folder, "expected.yaml");
    const { metadata } = parse(fs.readFileSync(path.join(checks, file), "utf8")) as {
      metadata: { id: string };
    };
    if (!fs.existsSync(expected)) {
      return [];
    }
    const { pass, fail } = parse(fs.readFileSync(expected, "utf8")) as {
      pass?: string[] | null;
      fail?: string[] | null;
    };
    const [files, source] = [() => bodiesIn(folder), path.basename(folder)];
    return [{ check: metadata.id, source, files, pass: pass ?? [], fail: fail ?? [] }];
  });
}

function filesOf(folder: string, extension: string): string[] {
  return fs
    .readdirSync(folder)
    .filter((file) => file.endsWith(extension))
    .sort();
}

/** The files of a folder; those of folders in it are modules of their own, and count where it has none itself. */
function bodiesIn(folder: string): Body[] {
  const [all, own] = [true, false].map((recursive) =>
    fs
      .readdirSync(folder, { recursive })
      .map(String)
      .filter((file) => file.endsWith(".tf"))
      .sort(),
  );
  return (own!.length > 0 ? own! : all!).flatMap((file) => {
    try {
      return [parseHcl(fs.readFileSync(path.join(folder, file), "utf8"))];
    } catch (error) {
      console.error(`${path.basename(folder)}/${file}, ${(error as Error).message}`);
      return [];
    }
  });
}
