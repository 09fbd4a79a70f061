/**
 * What the data source `aws_iam_policy_document` makes of its arguments, text by text as the AWS provider writes it
 * (`internal/service/iam/policy_document_data_source.go` and `policy_model.go` of hashicorp/terraform-provider-aws).
 */
import type { PropertyBag } from "../../../analysis/plan/model";
import { isRecord } from "../../../analysis/properties";
import { crc32, inSetOrder } from "./set-order";

/** A statement as it is written, in the order of its keys. */
interface Statement {
  Sid?: string;
  Effect?: string;
  Action?: unknown;
  NotAction?: unknown;
  Resource?: unknown;
  NotResource?: unknown;
  Principal?: unknown;
  NotPrincipal?: unknown;
  Condition?: unknown;
}

interface Document {
  Version: string;
  Id: string;
  Statement: Statement[];
}

/** Identifiers of a type of principal; the provider distinguishes a list of one from a text. */
interface Principals {
  type: string;
  identifiers: string | string[];
}

interface Condition {
  test: string;
  variable: string;
  values: string[];
}

type Plain = Readonly<Record<string, unknown>>;

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const blocks = (value: unknown): Plain[] => (Array.isArray(value) ? value.filter(isRecord) : []);
const descending = (list: readonly string[]): string[] => [...list].sort(byBytes).reverse();
const byBytes = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other));

/** A single text as it is, more of them from the last to the first. */
function oneOrMore(list: readonly string[]): string | string[] {
  const [first, ...more] = list;
  return first !== undefined && !more.length ? first : descending(list);
}

function without<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).filter(
      ([, item]) => item !== undefined && item !== "" && !(Array.isArray(item) && !item.length),
    ),
  ) as T;
}

/** `&{` stands for `${`, which Terraform would read itself. */
function withVariables(list: readonly string[], version: string): string[] {
  const old = version === "2008-10-17" ? list.find((text) => text.includes("&{")) : undefined;
  if (old !== undefined) {
    throw new Error(
      `found &{ sequence in (${old}), which is not supported in document version 2008-10-17`,
    );
  }
  return list.map((text) => text.replaceAll("&{", "${"));
}

function fromArgument(statement: Plain, version: string): Statement {
  const set = (key: string, variables: boolean) => {
    const list = [...new Set(texts(statement[key]))];
    if (!list.length) return undefined;
    return oneOrMore(variables ? withVariables(descending(list), version) : list);
  };
  return without({
    Sid: typeof statement.sid === "string" ? statement.sid : undefined,
    Effect: typeof statement.effect === "string" ? statement.effect : "Allow",
    Action: set("actions", false),
    NotAction: set("notActions", false),
    Resource: set("resources", true),
    NotResource: set("notResources", true),
    Principal: principals(statement.principals, version),
    NotPrincipal: principals(statement.notPrincipals, version),
    Condition: conditions(statement.conditions, version),
  });
}

function principals(value: unknown, version: string): unknown {
  const given = inSetOrder(blocks(value), ({ identifiers, type }) => ({
    identifiers: { set: texts(identifiers) },
    type: String(type),
  }));
  return writtenPrincipals(
    given.map(({ type, identifiers }) => {
      const list = withVariables([...new Set(texts(identifiers))], version);
      return { type: String(type), identifiers: oneOrMore(list) };
    }),
  );
}

function writtenPrincipals(all: readonly Principals[]): unknown {
  const [only, ...more] = all;
  if (!only) return undefined;
  if (!more.length && only.type === "*" && [only.identifiers].flat().join() === "*") return "*";
  const byType: Record<string, string | string[]> = {};
  for (const { type, identifiers } of all) {
    const before = Object.hasOwn(byType, type) ? byType[type] : undefined;
    if (typeof identifiers === "string") {
      byType[type] = before === undefined ? identifiers : [before, identifiers].flat();
    } else {
      byType[type] = [before ?? [], descending(identifiers)].flat();
    }
  }
  return sortedKeys(byType);
}

function conditions(value: unknown, version: string): unknown {
  const given = inSetOrder(blocks(value), ({ test, values, variable }) => ({
    test: String(test),
    values: texts(values),
    variable: String(variable),
  }));
  return writtenConditions(
    given.map(({ test, variable, values }) => ({
      test: String(test),
      variable: String(variable),
      values: withVariables(texts(values), version),
    })),
  );
}

function writtenConditions(all: readonly Condition[]): unknown {
  if (!all.length) return undefined;
  const tests: Record<string, Record<string, string[]>> = {};
  for (const { test, variable, values } of all) {
    const variables = (tests[test] ??= {});
    variables[variable] = [...(variables[variable] ?? []), ...values];
  }
  return sortedKeys(
    Object.fromEntries(
      Object.entries(tests).map(([test, variables]) => [
        test,
        sortedKeys(
          Object.fromEntries(
            Object.entries(variables).map(([variable, values]) => [
              variable,
              values.length === 1 ? values[0] : values,
            ]),
          ),
        ),
      ]),
    ),
  );
}

/** Go writes the keys of a map in order. */
function sortedKeys(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => byBytes(one, other)));
}

/** A document that the program has as a text. */
function fromText(text: string, what: string): Document {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw new Error(`writing IAM Policy Document: merging ${what}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const { Version, Id, Statement: statements } = isRecord(read) ? read : {};
  return {
    Version: typeof Version === "string" ? Version : "",
    Id: typeof Id === "string" ? Id : "",
    Statement: blocks(isRecord(statements) ? [statements] : statements).map(readStatement),
  };
}

function readStatement(statement: Plain): Statement {
  const { Sid, Effect, Action, NotAction, Resource, NotResource } = statement;
  return without({
    ...{ Sid, Effect, Action, NotAction, Resource, NotResource },
    Principal: readPrincipals(statement.Principal),
    NotPrincipal: readPrincipals(statement.NotPrincipal),
    Condition: readConditions(statement.Condition),
  } as Statement);
}

function readPrincipals(value: unknown): unknown {
  if (typeof value === "string") return writtenPrincipals([{ type: "*", identifiers: ["*"] }]);
  if (!isRecord(value)) return undefined;
  return writtenPrincipals(
    Object.entries(value).map(([type, identifiers]) => ({
      type,
      identifiers: typeof identifiers === "string" ? identifiers : texts(identifiers),
    })),
  );
}

function readConditions(value: unknown): unknown {
  if (!isRecord(value)) return undefined;
  return writtenConditions(
    Object.entries(value).flatMap(([test, variables]) =>
      Object.entries(isRecord(variables) ? variables : {}).map(([variable, values]) => ({
        ...{ test, variable },
        values: Array.isArray(values) ? values.map(String) : [String(values)],
      })),
    ),
  );
}

function merge(into: Document, from: Document): void {
  if (from.Id) into.Id = from.Id;
  if (from.Version > into.Version) into.Version = from.Version;
  for (const statement of from.Statement) {
    const same = into.Statement.findIndex(({ Sid }) => Sid !== undefined && Sid === statement.Sid);
    if (same < 0) into.Statement.push(statement);
    else into.Statement[same] = statement;
  }
}

function refuseSameSids(statements: readonly Statement[], where: string): void {
  const seen = new Set<string>();
  for (const { Sid } of statements) {
    if (Sid === undefined) continue;
    if (seen.has(Sid)) {
      throw new Error(
        `writing IAM Policy Document: ${where}duplicate Sid (${Sid}). Remove the Sid or ensure the Sid is unique.`,
      );
    }
    seen.add(Sid);
  }
}

/** Go's JSON: these stand in no text as they are. */
function escaped(json: string): string {
  const escape = (character: string): string =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return json.replace(/[<>&\u2028\u2029]/g, escape);
}

/** The result of `aws.iam.getPolicyDocument`. Throws where the provider refuses the arguments. */
export function policyDocument(args: PropertyBag): PropertyBag {
  const version = typeof args.version === "string" ? args.version : "2012-10-17";
  const merged: Document = { Version: "", Id: "", Statement: [] };
  const sources = texts(args.sourcePolicyDocuments).map((text, index) =>
    fromText(text, `source document ${index}`),
  );
  refuseSameSids(
    sources.flatMap(({ Statement: statements }) => statements),
    "merging source documents: ",
  );
  for (const source of sources) merge(merged, source);
  const own = blocks(args.statements).map((statement) => fromArgument(statement, version));
  refuseSameSids(own, "");
  const id = typeof args.policyId === "string" ? args.policyId : "";
  merge(merged, { Version: version, Id: id, Statement: own });
  texts(args.overridePolicyDocuments).forEach((text, index) => {
    merge(merged, fromText(text, `override document ${index}`));
  });
  const document = without(merged);
  const json = escaped(JSON.stringify(document, null, 2));
  return {
    ...args,
    version,
    json,
    minifiedJson: escaped(JSON.stringify(document)),
    id: String(crc32(json)),
  };
}
