import * as path from "node:path";

/** A place in code as it runs: of TypeScript, in the transpiled text. Lines and columns count from 1. */
export interface Position {
  file: string;
  line: number;
  column: number;
}

/** Maps positions in the running code to places in the project's sources. */
export class Frames {
  /**
   * @param root directory of the project
   * @param mapped whether the process that ran the code names places in the sources already
   */
  constructor(
    private readonly root: string,
    private readonly mapped = false,
    /** Where the program runs, below the root: relative places in errors count from there. */
    readonly below = "",
  ) {}

  /** Those of a program: places count from the project's folder, or from the program's where that lies elsewhere (`main: ../..`). */
  static ofProgram(
    { root, directory }: { readonly root: string; readonly directory: string },
    mapped = false,
  ): Frames {
    const outside = path.relative(root, directory).split(path.sep)[0] === "..";
    return outside
      ? new Frames(directory, mapped)
      : new Frames(root, mapped, path.relative(root, directory));
  }

  /**
   * The same place as a person in another directory writes it; `own` counts from the project's.
   *
   * @param place what {@link own} returned
   */
  from(directory: string, place: string): string {
    return path.relative(directory, path.join(this.root, place));
  }

  /** A file, from where places count. */
  relative(file: string): string {
    return path.relative(this.root, file);
  }

  /**
   * `components/network/network.ts:12:5` for a position in the project's own code, nothing for one elsewhere
   * (Node.js, packages).
   */
  own({ file, line, column }: Position): string | undefined {
    const relative = this.relative(file);
    const segments = relative.split(path.sep);
    if (!file || segments[0] === ".." || segments.includes("node_modules")) return undefined;
    const place = this.mapped ? { line, column } : original(file, line, column);
    return `${relative}:${place.line}:${place.column}`;
  }
}

function original(file: string, line: number, column: number): Omit<Position, "file"> {
  // Plain JavaScript, because it belongs to what makes TypeScript loadable.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- see above
  const traces = require("../../../runtime/traces") as {
    original: (file: string, line: number, column: number) => Omit<Position, "file">;
  };
  return traces.original(file, line, column);
}
