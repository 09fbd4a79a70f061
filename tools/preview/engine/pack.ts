import { createRequire } from "node:module";
import * as path from "node:path";

import * as grpc from "@grpc/grpc-js";

/** The parts of the stand-in for gRPC (local-grpc.js) that are not gRPC's own. */
interface LocalGrpc {
  watchServers<T>(listener: (server: LocalServer) => void, make: () => T): T;
}

interface LocalServer {
  readonly address: string;
  readonly methods: Readonly<Record<string, unknown>>;
}

/**
 * Loads a policy pack as Pulumi's runner does, in its own directory, and returns the address of its Analyzer.
 *
 * @throws what the pack throws while it loads
 */
export function loadPack(directory: string): string {
  const require = createRequire(path.join(directory, "package.json"));
  forgetServer();
  let address: string | undefined;
  const cwd = process.cwd();
  const { log } = console;
  process.chdir(directory);
  try {
    (grpc as unknown as LocalGrpc).watchServers(
      (server) => {
        if (!("analyzeStack" in server.methods)) return;
        address = server.address;
        // The next thing the SDK does is print the port for the engine.
        console.log = () => {
          console.log = log;
        };
      },
      () => void require(directory),
    );
  } finally {
    console.log = log;
    process.chdir(cwd);
  }
  if (address === undefined) throw new Error("it makes no PolicyPack");
  return address;
}

/** The SDK serves one pack in a process: each gets a copy of it. */
function forgetServer(): void {
  const sdk = path.join("node_modules", "@pulumi", "policy") + path.sep;
  for (const file of Object.keys(require.cache)) {
    if (file.includes(sdk)) delete require.cache[file];
  }
}
