/** What a program can set on a resource: read from the declarations that @pulumi/aws ships. */
import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";

/** One property as the SDK declares it. Lists are looked through: a list of objects is an object. */
export interface Shape {
  kind: "value" | "map" | "object";
  list: boolean;
  required: boolean;
  /** What the object's properties are. Only for `object`. */
  properties?: Record<string, Shape>;
}

const SDK = path.dirname(require.resolve("@pulumi/aws/package.json"));

/** Version of the SDK whose declarations are read. */
export const SDK_VERSION = (
  JSON.parse(fs.readFileSync(path.join(SDK, "package.json"), "utf8")) as { version: string }
).version;

/** Deeper objects are left out: the SDK unrolls the statements of a web ACL to thousands of properties. */
const DEPTH = 11;

/** `aws:sqs/queue:Queue` -> the properties of `QueueArgs`; undefined where the SDK has no such resource. */
export function argumentsOf(token: string): Record<string, Shape> | undefined {
  const [, module, name] = /^aws:([^:]+):(\w+)$/.exec(token) ?? [];
  if (module === undefined || name === undefined) return undefined;
  // Names with an abbreviation have files in lower case, such as s3endpoint.d.ts.
  const files = [module, module.toLowerCase()].map((one) => path.join(SDK, `${one}.d.ts`));
  const file = files.find((one) => fs.existsSync(one));
  if (file === undefined) return undefined;
  const source = parse(file);
  for (const statement of source.statements) {
    if (ts.isInterfaceDeclaration(statement) && statement.name.text === `${name}Args`) {
      return membersOf(statement, 0);
    }
  }
  return undefined;
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, fs.readFileSync(file, "utf8"), ts.ScriptTarget.ES2022);
}

let nested: Map<string, ts.InterfaceDeclaration> | undefined;

/** `inputs.rds.InstanceS3Import` -> its declaration. */
function declarationOf(name: string): ts.InterfaceDeclaration | undefined {
  if (nested === undefined) {
    nested = new Map();
    collect(parse(path.join(SDK, "types", "input.d.ts")).statements, "inputs", nested);
  }
  return nested.get(name);
}

function collect(
  statements: readonly ts.Statement[],
  prefix: string,
  into: Map<string, ts.InterfaceDeclaration>,
): void {
  for (const statement of statements) {
    if (ts.isInterfaceDeclaration(statement))
      into.set(`${prefix}.${statement.name.text}`, statement);
    if (ts.isModuleDeclaration(statement) && statement.body && ts.isModuleBlock(statement.body)) {
      collect(statement.body.statements, `${prefix}.${statement.name.text}`, into);
    }
  }
}

function membersOf(declaration: ts.InterfaceDeclaration, depth: number): Record<string, Shape> {
  const shapes: Record<string, Shape> = {};
  for (const member of declaration.members) {
    if (!ts.isPropertySignature(member) || member.type === undefined) continue;
    const name = (member.name as ts.Identifier).text;
    shapes[name] = shapeOf(member.type, member.questionToken === undefined, depth);
  }
  return shapes;
}

function shapeOf(type: ts.TypeNode, required: boolean, depth: number): Shape {
  if (ts.isUnionTypeNode(type)) {
    const shapes = type.types.map((one) => shapeOf(one, required, depth));
    return (
      shapes.find(({ kind }) => kind !== "value") ?? shapes.find(({ list }) => list) ?? shapes[0]!
    );
  }
  if (ts.isArrayTypeNode(type))
    return { ...shapeOf(type.elementType, required, depth), list: true };
  if (ts.isTypeLiteralNode(type)) return { kind: "map", list: false, required };
  if (ts.isTypeReferenceNode(type)) {
    const name = nameOf(type.typeName);
    const [argument] = type.typeArguments ?? [];
    if (/(^|\.)Input$/.test(name) && argument) return shapeOf(argument, required, depth);
    if (name.startsWith("inputs.")) {
      const declaration = declarationOf(name);
      if (declaration === undefined || depth >= DEPTH)
        return { kind: "object", list: false, required };
      return {
        kind: "object",
        list: false,
        required,
        properties: membersOf(declaration, depth + 1),
      };
    }
  }
  return { kind: "value", list: false, required };
}

function nameOf(name: ts.EntityName): string {
  return ts.isIdentifier(name) ? name.text : `${nameOf(name.left)}.${name.right.text}`;
}
