import { createRequire } from "node:module";
import * as path from "node:path";

/**
 * Loads a policy pack as Pulumi's runner does, in its own directory, and returns the address of its Analyzer: the pack
 * prints its port for the engine.
 *
 * @throws what the pack throws while it loads
 */
export function loadPack(directory: string): string {
  const require = createRequire(path.join(directory, "package.json"));
  forgetServer();
  quickStart().isPack(directory);
  let port: string | undefined;
  const cwd = process.cwd();
  const { log } = console;
  process.chdir(directory);
  console.log = (...said: unknown[]) => {
    if (port === undefined && said.length === 1 && /^\d+$/.test(String(said[0]))) {
      port = String(said[0]);
    } else {
      log(...said);
    }
  };
  try {
    require(directory);
  } finally {
    console.log = log;
    process.chdir(cwd);
  }
  if (port === undefined) throw new Error("it creates no PolicyPack");
  return `127.0.0.1:${port}`;
}

function quickStart() {
  const own = createRequire(__filename);
  return own("../quick-start/sdk") as { isPack: (directory: string) => void };
}

/** The SDK serves one pack in a process: each gets a copy of it. */
function forgetServer(): void {
  const sdk = path.join("node_modules", "@pulumi", "policy") + path.sep;
  for (const file of Object.keys(require.cache)) {
    if (file.includes(sdk)) delete require.cache[file];
  }
}
