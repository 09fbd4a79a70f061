/**
 * Public examples of Terraform as the inputs that the same program would have with @pulumi/aws.
 *
 * Names and lists come from the SDK's declarations (facts/generate/sdk-shapes.ts) and facts/token-map.json. What
 * another resource tells once it exists is unknown, with the reference beside it, as in a first preview; inside of a
 * policy document it is the ARN or name that AWS will give.
 */
import type { PolicyResource } from "@pulumi/policy";

import { MARKERS } from "../../../analysis/properties";
import { matching } from "../../../facts/generate/names";
import { argumentsOf, type Shape } from "../../../facts/generate/sdk-shapes";
import { type Sample, stackOf, UNKNOWN_TEXT } from "../support";
import { createsFirst, expanded, isNone } from "./blocks";
import { type Block, type Body, type Expression } from "./hcl";
import { ACCOUNT, DATA, HOLDERS, REGION } from "./known";
import { refusal } from "./refused";
import { blocksOf, repeated } from "./repeated";
import { camel, renamed, tokenOf } from "./types";

/** A resource of an example with its address in Terraform, such as `aws_s3_bucket.logs`. */
export interface Converted {
  readonly address: string;
  readonly resource: PolicyResource;
  /** Why Terraform or AWS refuses it. */
  readonly refused: string | undefined;
  /** The addresses that its block names, also in arguments that the provider does not have. */
  readonly mentions: readonly string[];
}

/** The resources of some files as the policy server hands them to rules; types that the SDK lacks are left out. */
export function convert(files: readonly Body[]): Converted[] {
  const scope = new Scope(files.flatMap(({ blocks }) => blocks));
  const samples = scope.samples();
  const names = new Set(samples.map(({ name }) => name));
  const twice = repeated(files);
  const resources = stackOf(
    samples.map(({ references, ...sample }) => ({
      ...sample,
      references: Object.fromEntries(
        Object.entries(references!).map(([key, list]) => [
          key,
          list.filter((one) => names.has(one)),
        ]),
      ),
    })),
  );
  return resources.map((resource, index) => ({
    address: resource.name,
    resource,
    refused: twice.has(resource.name)
      ? "it is declared twice"
      : refusal(scope.block(resource.name), samples[index]!.props!),
    mentions: twice.has(resource.name)
      ? mentionsOf(blocksOf(files, resource.name))
      : mentionsOf(scope.block(resource.name).body),
  }));
}

class Scope {
  private readonly resources = new Map<string, Block>();
  private readonly documents = new Map<string, Block>();
  private readonly managed = new Map<string, Block>();
  private readonly variables = new Map<string, Expression | undefined>();
  private readonly locals = new Map<string, Expression>();
  /** What the property that is read refers to. */
  private used = new Set<string>();
  private depth = 0;
  /** How many policy documents we are inside of. */
  private inside = 0;

  public constructor(blocks: readonly Block[]) {
    for (const block of blocks) {
      const address = block.labels.join(".");
      if (block.type === "resource") {
        this.resources.set(address, block);
      } else if (block.type === "data" && block.labels[0] === "aws_iam_policy_document") {
        this.documents.set(address, block);
      } else if (block.type === "data" && block.labels[0] === "aws_iam_policy") {
        this.managed.set(address, block);
      } else if (block.type === "variable") {
        this.variables.set(address, block.body.attributes.get("default"));
      } else if (block.type === "locals") {
        block.body.attributes.forEach((value, name) => this.locals.set(name, value));
      }
    }
  }

  public block(name: string): Block {
    return this.resources.get(name) ?? this.dataOf(name.replace(/^data\./, ""))!;
  }

  private dataOf(name: string): Block | undefined {
    return this.documents.get(name) ?? this.managed.get(name);
  }

  public samples(): Sample[] {
    const resources = [...this.resources].flatMap(([name, { labels, body }]) => {
      const type = tokenOf(labels[0]!);
      const opts = { deleteBeforeReplace: !createsFirst(body) };
      return isNone(body)
        ? []
        : [{ type, name, opts, ...this.inputs(body, argumentsOf(type), type) }];
    });
    const documents = [...this.documents].map(([name, { body }]) => this.asPolicy(name, body));
    const managed = [...this.managed].map(([name, { body }]) => this.attached(name, body));
    return [...resources, ...documents, ...managed];
  }

  /** A managed policy that a data source finds, as what attaches it. */
  private attached(address: string, { attributes }: Body): Sample {
    const [arn, name] = ["arn", "name"].map((one) => attributes.get(one));
    const policyArn = arn
      ? this.value(arn)
      : `arn:aws:iam::aws:policy/${String(this.value(name!))}`;
    const type = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
    return { type, name: `data.${address}`, props: { policyArn }, references: {} };
  }

  /** A document that a data source makes, as the policy of an identity, or of a role's trust, that it is good for. */
  private asPolicy(address: string, body: Body): Sample {
    const text = JSON.stringify(this.documentOf(body));
    const name = `data.${address}`;
    if (!/"(Not)?Principal"/.test(text)) {
      return { type: "aws:iam/policy:Policy", name, props: { policy: text }, references: {} };
    }
    const service = /"(s3|sqs|sns|kms|sts):/i.exec(text)?.[1]?.toLowerCase() ?? "backup";
    const [type, property] = HOLDERS[service]!;
    return { type, name, props: { [property]: text }, references: {} };
  }

  private inputs(
    body: Body,
    known?: Record<string, Shape>,
    token = "",
  ): Pick<Sample, "props" | "references"> {
    const keys = [...body.attributes.keys(), ...body.blocks.map(({ type }) => type)];
    const shape = known ?? Object.fromEntries(keys.map((key) => [camel(key), OBJECT]));
    const props: Record<string, unknown> = {};
    const references: Record<string, readonly string[]> = {};
    const note = (name: string, read: () => unknown) => {
      this.used = new Set();
      const value = read();
      if (value !== undefined && value !== null) {
        props[name] =
          Array.isArray(value) && Array.isArray(props[name])
            ? [...(props[name] as unknown[]), ...(value as unknown[])]
            : value;
        references[name] = [...new Set([...(references[name] ?? []), ...this.used])];
      }
    };
    for (const [key, expression] of body.attributes) {
      const name = matching(key, Object.keys(shape)) ?? renamed(token, key);
      if (name !== undefined) {
        note(name, () => numbered(name, this.shaped(this.value(expression), shape[name]!)));
      }
    }
    for (const block of expanded(body.blocks)) {
      const name = matching(block.type, Object.keys(shape));
      if (name !== undefined) {
        note(name, () => this.nested(block.body, shape[name]!));
      }
    }
    return { props, references };
  }

  private nested(body: Body, { properties = {}, list, kind }: Shape): unknown {
    const entries: Record<string, unknown> = {};
    const names = Object.keys(properties);
    const nameOf = (key: string) => (kind === "map" ? key : matching(key, names));
    for (const [key, expression] of body.attributes) {
      const name = nameOf(key);
      if (name !== undefined) {
        const value = this.value(expression);
        const shape = properties[name];
        entries[name] = shape === undefined ? value : numbered(name, this.shaped(value, shape));
      }
    }
    for (const block of expanded(body.blocks)) {
      const name = nameOf(block.type);
      if (name !== undefined) {
        const value = this.nested(block.body, properties[name] ?? { ...OBJECT });
        entries[name] =
          Array.isArray(value) && Array.isArray(entries[name])
            ? [...(entries[name] as unknown[]), ...(value as unknown[])]
            : value;
      }
    }
    return list ? [entries] : entries;
  }

  /** A value as the SDK's declaration wants it: texts for numbers and flags turned, objects with the SDK's names. */
  private shaped(value: unknown, shape: Shape): unknown {
    if (Array.isArray(value)) {
      const items = value.map((item: unknown) => this.shaped(item, { ...shape, list: false }));
      return shape.list ? items : items[0];
    }
    if (typeof value === "object" && value !== null && shape.properties !== undefined) {
      const names = Object.keys(shape.properties);
      const object = Object.fromEntries(
        Object.entries(value).flatMap(([key, one]) => {
          const name = matching(key, names);
          return name === undefined ? [] : [[name, this.shaped(one, shape.properties![name]!)]];
        }),
      );
      return shape.list ? [object] : object;
    }
    if (value === "true" || value === "false") {
      return value === "true";
    }
    return value;
  }

  private value(expression: Expression): unknown {
    switch (expression.kind) {
      case "value":
        return expression.value;
      case "list":
        return expression.items.flatMap((item) => {
          const value = this.value(item);
          return item.kind === "reference" && Array.isArray(value) ? (value as unknown[]) : [value];
        });
      case "object":
        return Object.fromEntries(
          expression.entries.map(([key, value]) => [String(this.value(key)), this.value(value)]),
        );
      case "template":
        return this.template(expression.parts);
      case "reference":
        return this.reference(expression.path);
      case "call":
        return this.call(expression.name, expression.args);
      case "other":
        expression.parts.forEach((part) => this.value(part));
        return UNKNOWN_TEXT;
    }
  }

  private template(parts: readonly Expression[]): unknown {
    const isDocument = parts.some(({ kind, ...part }) => {
      const { value } = part as { value?: unknown };
      return kind === "value" && typeof value === "string" && /^\s*[{[]/.test(value);
    });
    this.inside += isDocument ? 1 : 0;
    const values = parts.map((part) => this.value(part));
    this.inside -= isDocument ? 1 : 0;
    return values.some((value) => MARKERS.has(value)) ? UNKNOWN_TEXT : values.join("");
  }

  private call(name: string, args: readonly Expression[]): unknown {
    if (name === "jsonencode") {
      this.inside += 1;
      const value = this.value(args[0]!);
      this.inside -= 1;
      return JSON.stringify(value);
    }
    const values = args.map((arg) => this.value(arg));
    const simple: Readonly<Record<string, () => unknown>> = {
      concat: () => values.flat(),
      toset: () => values[0],
      tolist: () => values[0],
      tostring: () => values[0],
      lower: () => String(values[0]).toLowerCase(),
      format: () => UNKNOWN_TEXT,
      merge: () => Object.assign({}, ...values) as unknown,
      // A program that reads a file: some text of its own.
      file: () => "contents",
    };
    return (simple[name] ?? (() => UNKNOWN_TEXT))();
  }

  private reference(path: readonly string[]): unknown {
    const [first, second = "", third = ""] = path;
    if (first === "var") {
      // What configuration gives is known in a preview.
      const given = this.variables.get(second);
      return given !== undefined
        ? this.deeper(given, path.slice(2))
        : third === ""
          ? `given-${second}`
          : UNKNOWN_TEXT;
    }
    if (first === "local") {
      const given = this.locals.get(second);
      return given === undefined ? this.unknown(second, third) : this.deeper(given, path.slice(2));
    }
    if (first === "data") {
      const document = this.documents.get(`${second}.${third}`);
      if (document !== undefined) {
        return JSON.stringify(this.documentOf(document.body));
      }
      const attribute = path.at(-1)!;
      return DATA[`${second}.${attribute}`] ?? this.planned(second, third, attribute);
    }
    const address = `${first}.${second}`;
    const target = this.resources.get(address);
    if (target === undefined) {
      // Declared elsewhere: something that is there already.
      return this.planned(first!, second, path.at(-1)!);
    }
    this.used.add(address);
    const own = target.body.attributes.get(third);
    return own !== undefined && third !== "id"
      ? this.deeper(own, path.slice(3))
      : this.unknown(first!, third, second);
  }

  /** A value that only AWS tells: in a document the one that it will tell. */
  private unknown(type: string, attribute: string, name = "planned"): unknown {
    return this.inside > 0 ? this.planned(type, name, attribute) : UNKNOWN_TEXT;
  }

  private planned(type: string, name: string, attribute: string): string {
    const service = /^aws_([a-z0-9]+)/.exec(type)?.[1] ?? "x";
    const target = this.resources.get(`${type}.${name}`);
    const own = ["bucket", "name"].map((one) => target?.body.attributes.get(one));
    const named = own.find((one) => one?.kind === "value");
    const text = named?.kind === "value" ? String(named.value) : name;
    if (/^bucket_(regional_)?domain_name$/.test(attribute)) {
      return `${text}.s3.${REGION}.amazonaws.com`;
    }
    if (!/arn$/.test(attribute)) {
      return text;
    }
    return service === "s3"
      ? `arn:aws:s3:::${text}`
      : service === "iam" || service === "cloudfront"
        ? `arn:aws:${service}::${ACCOUNT}:${type.replace(/^aws_[a-z0-9]+_/, "")}/${text}`
        : `arn:aws:${service}:${REGION}:${ACCOUNT}:${text}`;
  }

  private deeper(expression: Expression, path: readonly string[]): unknown {
    if (this.depth > 20) {
      return UNKNOWN_TEXT;
    }
    this.depth += 1;
    let value = this.value(expression);
    this.depth -= 1;
    for (const part of path) {
      value =
        typeof value === "object" && value !== null && Object.hasOwn(value, part)
          ? (value as Record<string, unknown>)[part]
          : UNKNOWN_TEXT;
    }
    return value;
  }

  /** What `aws_iam_policy_document` makes. Source: its page in the AWS provider's documentation. */
  private documentOf(body: Body): object {
    this.inside += 1;
    const statements = expanded(body.blocks)
      .filter(({ type }) => type === "statement")
      .map(({ body: statement }) => this.statementOf(statement));
    const sources = ["source_policy_documents", "override_policy_documents"].flatMap((name) => {
      const given = body.attributes.get(name);
      const list = given === undefined ? [] : this.value(given);
      return (Array.isArray(list) ? list : [list]).flatMap((text) => {
        try {
          return (JSON.parse(String(text)) as { Statement: unknown[] }).Statement;
        } catch {
          return [];
        }
      });
    });
    this.inside -= 1;
    return { Version: "2012-10-17", Statement: [...sources, ...statements] };
  }

  private statementOf({ attributes, blocks }: Body): object {
    const of = (name: string) => {
      const given = attributes.get(name);
      return given === undefined ? undefined : this.value(given);
    };
    const list = (name: string) => {
      const value = of(name);
      return value === undefined ? undefined : [value].flat();
    };
    const principals = (type: string) => {
      const found: Record<string, unknown[]> = {};
      for (const block of blocks.filter((one) => one.type === type)) {
        const kind = block.body.attributes.get("type");
        const names = block.body.attributes.get("identifiers");
        const key = kind === undefined ? "AWS" : String(this.value(kind));
        found[key] = [...(found[key] ?? []), ...[names && this.value(names)].flat()];
      }
      return Object.keys(found).length === 0 ? undefined : found["*"] ? "*" : found;
    };
    const condition: Record<string, Record<string, unknown>> = {};
    for (const { body } of expanded(blocks).filter(({ type }) => type === "condition")) {
      const [test, variable, values] = ["test", "variable", "values"].map((name) => {
        const given = body.attributes.get(name);
        return given && this.value(given);
      });
      (condition[String(test)] ??= {})[String(variable)] = values;
    }
    return {
      ...(of("sid") !== undefined && { Sid: of("sid") }),
      Effect: of("effect") ?? "Allow",
      Principal: principals("principals"),
      NotPrincipal: principals("not_principals"),
      Action: list("actions"),
      NotAction: list("not_actions"),
      Resource: list("resources"),
      NotResource: list("not_resources"),
      ...(Object.keys(condition).length > 0 && { Condition: condition }),
    };
  }
}

const OBJECT: Shape = { kind: "map", list: false, required: false };

/** A number that is written as a text, where the property's name says that it is one. */
function numbered(name: string, value: unknown): unknown {
  const isNumber = /port|days|count|interval|period|window|seconds|timeout|age$|size|limit/i;
  return typeof value === "string" && /^-?\d+$/.test(value) && isNumber.test(name)
    ? Number(value)
    : value;
}

function mentionsOf(from: unknown): string[] {
  if (from instanceof Map) {
    return mentionsOf([...(from as Map<string, unknown>).values()]);
  }
  if (typeof from !== "object" || from === null) {
    return [];
  }
  const { kind, path } = from as { kind?: unknown; path?: readonly string[] };
  return kind === "reference" && path !== undefined
    ? [path.slice(0, 2).join(".")]
    : Object.values(from).flatMap(mentionsOf);
}
