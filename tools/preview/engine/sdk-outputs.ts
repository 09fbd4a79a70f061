import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { type PlannedResource, type PropertyBag, UNKNOWN } from "../../../analysis/plan/model";
import { secret } from "../../../analysis/plan/values";
import { isProviderType } from "./registration";

/** What the SDK declares an output to be; `undefined` where it is none of these, or may be absent. */
export type Shape =
  | "text"
  | undefined
  | { readonly list: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> };

/**
 * Names of the outputs that a resource has beside its inputs (`arn`), by type. Pulumi's generated SDKs list
 * them in the resource's class (`resourceInputs["arn"] = undefined`, with a comment `out`); a provider would
 * tell them.
 */
export class SdkOutputs {
  private readonly byType = new Map<string, readonly string[]>();
  private readonly shapes = new Map<string, Readonly<Record<string, Shape>>>();
  private readonly require: NodeJS.Require;
  /** Declarations of nested outputs, by package. */
  private readonly nested = new Map<string, string>();

  constructor(projectRoot: string) {
    this.require = createRequire(path.join(projectRoot, "package.json"));
  }

  /** What stack rules see of a resource that does not exist yet. */
  of(resource: PlannedResource): PropertyBag {
    if (!resource.custom || isProviderType(resource.type)) return resource.outputs ?? {};
    const outputs: PropertyBag = { id: UNKNOWN };
    for (const name of this.namesFor(resource.type)) outputs[name] = UNKNOWN;
    Object.assign(outputs, resource.inputs);
    for (const name of resource.additionalSecretOutputs) {
      if (Object.hasOwn(outputs, name)) outputs[name] = secret(outputs[name]);
    }
    return outputs;
  }

  /** Outputs and unset arguments of a type that every such resource has, with their shapes. */
  shapesOf(type: string): Readonly<Record<string, Shape>> {
    let known = this.shapes.get(type);
    if (known === undefined) this.shapes.set(type, (known = this.readShapes(type)));
    return known;
  }

  private readShapes(type: string): Readonly<Record<string, Shape>> {
    const [packageName = "", module = "", name = ""] = type.split(":");
    const file = module.replace(/^index\/?/, "") || `${name[0]?.toLowerCase()}${name.slice(1)}`;
    const source = this.declarations(packageName, file);
    const found = source.matchAll(/^ {4}readonly (\w+): pulumi\.Output<(.+)>;/gm);
    return Object.fromEntries(
      [...found].map(([, output = "", declared = ""]) => [
        output,
        this.shapeOf(packageName, declared, 0),
      ]),
    );
  }

  private shapeOf(packageName: string, declared: string, depth: number): Shape {
    if (declared === "string") return "text";
    if (declared.endsWith("[]")) {
      const list = this.shapeOf(packageName, declared.slice(0, -2), depth);
      return list && { list };
    }
    const [, namespace, name] = /^outputs\.(\w+)\.(\w+)$/.exec(declared) ?? [];
    // Statements of a firewall contain themselves.
    if (namespace === undefined || depth > 4) return undefined;
    const source = this.nestedOf(packageName);
    const start = source.indexOf(
      `\n    interface ${name!} {\n`,
      source.indexOf(`\nexport declare namespace ${namespace} {\n`),
    );
    const fields = source
      .slice(start, source.indexOf("\n    }\n", start))
      .matchAll(/^ {8}(\w+)(\??): (.+);$/gm);
    return start < 0
      ? undefined
      : {
          fields: Object.fromEntries(
            [...fields].map(([, field = "", optional, inner = ""]) => [
              field,
              optional ? undefined : this.shapeOf(packageName, inner, depth + 1),
            ]),
          ),
        };
  }

  private nestedOf(packageName: string): string {
    let source = this.nested.get(packageName);
    if (source === undefined) {
      source = this.declarations(packageName, "types/output");
      this.nested.set(packageName, source);
    }
    return source;
  }

  private declarations(packageName: string, file: string): string {
    try {
      const source = this.require.resolve(`@pulumi/${packageName}/${file}.js`);
      return fs.readFileSync(source.replace(/js$/, "d.ts"), "utf8");
    } catch {
      return "";
    }
  }

  private namesFor(type: string): readonly string[] {
    let names = this.byType.get(type);
    if (!names) {
      names = this.read(type);
      this.byType.set(type, names);
    }
    return names;
  }

  private read(type: string): readonly string[] {
    // `aws:ec2/vpc:Vpc` is the class in `@pulumi/aws/ec2/vpc.js`; packages without such files have none.
    const [packageName, module] = type.split(":");
    try {
      const file = this.require.resolve(`@pulumi/${packageName}/${module}.js`);
      const source = fs.readFileSync(file, "utf8");
      return [...source.matchAll(/resourceInputs\["(\w+)"\] = undefined \/\*out\*\//g)].map(
        ([, name = ""]) => name,
      );
    } catch {
      return [];
    }
  }
}
