import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";

/**
 * Names of what a data source returns, as the program's SDK declares them: `interface GetAmiResult` in
 * `@pulumi/aws/ec2/getAmi.d.ts`. Empty where there is no such file.
 */
export class ResultNames {
  private readonly require: NodeJS.Require;
  private readonly known = new Map<string, string[]>();

  constructor(projectRoot: string) {
    this.require = createRequire(path.join(projectRoot, "package.json"));
  }

  of(token: string): string[] {
    const names = this.known.get(token) ?? this.read(token);
    this.known.set(token, names);
    return names;
  }

  private read(token: string): string[] {
    const [packageName = "", module = ""] = token.split(":");
    const file = module.replace(/^index\//, "");
    try {
      const declared = this.require.resolve(`@pulumi/${packageName}/${file}.js`);
      const source = fs.readFileSync(declared.replace(/\.js$/, ".d.ts"), "utf8");
      const body = /^export interface \w+Result \{\n(.*?)^\}/ms.exec(source)?.[1] ?? "";
      return [...body.matchAll(/^ {4}readonly (\w+)\??:/gm)].map(([, name = ""]) => name);
    } catch {
      return [];
    }
  }
}
