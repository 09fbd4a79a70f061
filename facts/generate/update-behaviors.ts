/**
 * Writes facts/update-behaviors.json: what AWS's CloudFormation User Guide says an update of each property does to the
 * resource ("Update requires"). Run, with a checkout of the guide's last published commit:
 *
 *   node facts/generate/run.js update-behaviors --guide FOLDER --commit SHA
 *
 * FOLDER is awsdocs/aws-cloudformation-user-guide, `doc_source` in it.
 */
import * as fs from "node:fs";
import * as path from "node:path";

import { tokenMap } from "../type-names";
import { FACTS, lines, optionsOf, today } from "./sources";

/** What a page says of one property. */
interface Said {
  readonly behavior: "none" | "some" | "replacement";
  /** The page of its own type, where it has one. */
  readonly inner?: string;
}

type Page = ReadonlyMap<string, Said>;

/** What the table keeps of a type, by the SDK's names. */
interface Row {
  readonly page: string;
  readonly none: string[];
  readonly some: string[];
  readonly replaced?: string[];
}

const BEHAVIORS: readonly (readonly [RegExp, Said["behavior"]])[] = [
  [/^\*Update requires\*: \[No interruption\]/m, "none"],
  [/^\*Update requires\*: \[Some interruptions\]/m, "some"],
  [/^\*Update requires\*: \[Replacement\]/m, "replacement"],
];

export function main(args: string[]): Promise<number> {
  const { guide = [], commit = [] } = optionsOf(args, ["guide", "commit"]);
  const pages = new Guide(path.join(guide[0]!, "doc_source"));
  const types: Record<string, Row> = {};
  for (const [token, { aws, properties }] of Object.entries(tokenMap().types)) {
    const page = aws === undefined ? undefined : pages.fileOf(aws);
    if (page === undefined) continue;
    const said = new Map<string, Said["behavior"]>();
    for (const [name, [at]] of Object.entries(properties)) {
      const behavior = at === null ? undefined : pages.behaviorOf(page, at.split("."));
      if (behavior !== undefined) said.set(name, behavior);
    }
    types[token] = rowOf(page, said);
  }
  const source = {
    repository: "awsdocs/aws-cloudformation-user-guide",
    commit: commit[0]!,
    date: today(),
  };
  fs.writeFileSync(path.join(FACTS, "update-behaviors.json"), lines({ source, types }, ["types"]));
  return Promise.resolve(0);
}

/** An inner property that does as the one around it says nothing new, nor does an outer one that replaces. */
function rowOf(page: string, said: ReadonlyMap<string, Said["behavior"]>): Row {
  const names = (behavior: Said["behavior"]) =>
    [...said.keys()].filter((name) => {
      const around = said.get(name.split(".").slice(0, -1).join("."));
      return said.get(name) === behavior && around !== behavior;
    });
  const replaced = names("replacement").filter((name) => name.includes("."));
  return {
    ...{ page, none: names("none"), some: names("some") },
    ...(replaced.length > 0 && { replaced }),
  };
}

/** The pages of the guide, each read once. */
class Guide {
  private readonly files = new Map<string, string>();
  private readonly read = new Map<string, Page>();

  constructor(private readonly folder: string) {
    for (const file of fs.readdirSync(folder)) {
      if (!/^aws-(resource|properties)-/.test(file)) continue;
      const [, type] = /^# (AWS::\w+::\w+)</.exec(this.text(file)) ?? [];
      if (type !== undefined) this.files.set(type, file);
    }
  }

  fileOf(type: string): string | undefined {
    return this.files.get(type);
  }

  /** Of a path: what the last property says, unless one around it is replaced or interrupted. */
  behaviorOf(file: string, [name = "", ...rest]: readonly string[]): Said["behavior"] | undefined {
    const said = this.page(file).get(name.toLowerCase());
    if (said === undefined || rest.length === 0) return said?.behavior;
    if (said.inner === undefined || said.behavior !== "none") return said.behavior;
    return this.behaviorOf(said.inner, rest);
  }

  private text(file: string): string {
    return fs.readFileSync(path.join(this.folder, file), "utf8");
  }

  private page(file: string): Page {
    const known = this.read.get(file);
    if (known !== undefined) return known;
    const found = new Map<string, Said>();
    const [, ...parts] = this.text(file).split(/^(?=`\w+`  <a name=")/m);
    for (const part of parts) {
      const [, name = ""] = /^`(\w+)`/.exec(part) ?? [];
      const behavior = BEHAVIORS.find(([pattern]) => pattern.test(part))?.[1];
      const [, inner] = /^\*Type\*: .*?\((aws-[\w-]+\.md)\)/m.exec(part) ?? [];
      if (behavior === undefined) continue;
      found.set(name.toLowerCase(), { behavior, ...(inner !== undefined && { inner }) });
    }
    this.read.set(file, found);
    return found;
  }
}
