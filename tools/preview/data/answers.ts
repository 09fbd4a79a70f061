/** Answers of the user for data sources: `--answers FILE`, or the setting `preview:answers` of a stack. */
import * as path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parseDocument } from "yaml";
import type { PropertyBag } from "../../../analysis/plan/model";
import { isRecord } from "../../../analysis/properties";
import { expectedText } from "../../../facts/problem-text";
import { readNamed } from "../../named-file";
import { previewError } from "../engine/errors";

/** One answer. */
export interface Answer {
  /** Type token of the data source, or of a stack reference's `pulumi:pulumi:StackReference`. */
  call: string;
  /** Arguments that a call must have; others may stand beside them. Absent: any. */
  with?: PropertyBag;
  result: PropertyBag;
}

/** The setting of a stack that holds answers. */
export const ANSWERS_SETTING = "preview:answers";

/** Reads a file of answers, YAML or JSON. */
export function readAnswers(file: string): Answer[] {
  const name = path.relative(process.cwd(), file) || file;
  const document = parseDocument(textOf(name));
  const [error] = document.errors;
  if (error) throw previewError("config", `${name} is not valid YAML: ${error.message}`);
  return checked(document.toJS(), name);
}

function textOf(file: string): string {
  try {
    return readNamed(file, "answers in YAML or JSON");
  } catch (error) {
    throw previewError("usage", `--answers: ${(error as Error).message}`);
  }
}

/** The answers in a stack's setting. */
export function answersOf(setting: string | undefined): Answer[] {
  if (setting === undefined) return [];
  let value: unknown;
  try {
    value = JSON.parse(setting);
  } catch {
    value = setting;
  }
  return checked(value, ANSWERS_SETTING);
}

function checked(value: unknown, where: string): Answer[] {
  const refuse = (key: string, expected: string, got: unknown): never => {
    throw previewError("config", expectedText(`${where}: ${key}`, expected, got));
  };
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) return refuse("the whole", "a list of answers", value);
  return value.map((answer: unknown, index): Answer => {
    const at = `[${index}]`;
    if (!isRecord(answer)) return refuse(at, "call, with and result", answer);
    const { call, with: args, result } = answer;
    const token = typeof call === "string" ? call : refuse(`${at}.call`, "a type token", call);
    if (args !== undefined && !isRecord(args)) refuse(`${at}.with`, "a map of arguments", args);
    if (!isRecord(result)) return refuse(`${at}.result`, "a map of values", result);
    return { call: token, result, ...(isRecord(args) && { with: args }) };
  });
}

/** The first answer that fits a call. */
export function answerFor(
  answers: readonly Answer[],
  token: string,
  args: PropertyBag,
): Answer | undefined {
  return answers.find(
    (answer) =>
      sameToken(answer.call, token) &&
      Object.entries(answer.with ?? {}).every(([key, value]) =>
        isDeepStrictEqual(plain(args[key]), value),
      ),
  );
}

/** `aws:ec2/getAmi:getAmi` may be written as `aws:ec2:getAmi`. */
function sameToken(written: string, token: string): boolean {
  return written === token || written === token.replace(/\/[^:]*:/, ":");
}

const plain = (value: unknown): unknown =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value));
