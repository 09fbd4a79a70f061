import { SourceMap, type SourceMapPayload } from "node:module";
import * as path from "node:path";

/** A place in code as it runs: of TypeScript, in the transpiled text. Lines and columns count from 1. */
export interface Position {
  file: string;
  line: number;
  column: number;
}

/** Maps positions in the running code to places in the project's sources. */
export class Frames {
  private readonly maps = new Map<string, SourceMap | undefined>();

  /** @param root directory of the project */
  constructor(private readonly root: string) {}

  /**
   * `components/network/network.ts:12:5` for a position in the project's own code, nothing for one elsewhere
   * (Node.js, packages).
   */
  own({ file, line, column }: Position): string | undefined {
    const relative = path.relative(this.root, file);
    const segments = relative.split(path.sep);
    if (!file || segments[0] === ".." || segments.includes("node_modules")) return undefined;
    const entry = this.mapOf(file)?.findEntry(line - 1, column - 1);
    // An entry without a source stands for code that esbuild has added.
    return entry && "originalLine" in entry
      ? `${relative}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
      : `${relative}:${line}:${column}`;
  }

  private mapOf(file: string): SourceMap | undefined {
    if (!this.maps.has(file)) this.maps.set(file, readMap(file));
    return this.maps.get(file);
  }
}

function readMap(file: string): SourceMap | undefined {
  if (!file.endsWith(".ts")) return undefined;
  // The loader is what makes TypeScript loadable, and therefore JavaScript without types.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- see above
  const { transpile } = require("../quick-start/loader") as { transpile: (file: string) => string };
  try {
    const encoded = /sourceMappingURL=data:application\/json;base64,(\S+)\s*$/.exec(
      transpile(file),
    );
    const json = Buffer.from(encoded?.[1] ?? "", "base64").toString("utf8");
    return new SourceMap(JSON.parse(json) as SourceMapPayload);
  } catch {
    // The file has changed since it ran, or is gone: the position as it is has to do.
    return undefined;
  }
}
