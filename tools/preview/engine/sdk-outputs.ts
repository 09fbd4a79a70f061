import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { type PlannedResource, type PropertyBag, UNKNOWN } from "../../../analysis/plan/model";
import { secret } from "../../../analysis/plan/values";
import { isProviderType } from "./registration";

/**
 * Names of the outputs that a resource has beside its inputs (`arn`), by type. Pulumi's generated SDKs list
 * them in the resource's class (`resourceInputs["arn"] = undefined`, with a comment `out`); a provider would
 * tell them.
 */
export class SdkOutputs {
  private readonly byType = new Map<string, readonly string[]>();
  private readonly require: NodeJS.Require;

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

  /** Outputs and unset arguments of a type that the SDK declares as texts which every such resource has. */
  textsOf(type: string): readonly string[] {
    const [packageName, module = "", name = ""] = type.split(":");
    const file = module.replace(/^index\/?/, "") || `${name[0]?.toLowerCase()}${name.slice(1)}`;
    try {
      const source = fs.readFileSync(
        this.require.resolve(`@pulumi/${packageName}/${file}.js`).replace(/js$/, "d.ts"),
        "utf8",
      );
      const texts = source.matchAll(/^ {4}readonly (\w+): pulumi\.Output<string>;/gm);
      return [...texts].map(([, text = ""]) => text);
    } catch {
      return [];
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
