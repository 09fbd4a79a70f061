import * as path from "node:path";
import { parseArgs } from "node:util";
import { nearest } from "../../facts/nearest";
import { shownValue } from "../../facts/problem-text";
import { npmConsumed, swallowedByNpm } from "../command-hints";
import { optionProblem } from "../commands/options";
import { COMMAND } from "./command-name";
import { previewError } from "./engine/errors";

/** The parsed command line of `npm run preview`. */
export interface Arguments {
  help: boolean;
  /** Absent: production, or the only stack. */
  stack?: string;
  /** Settings that override the stack's. */
  config: Record<string, string>;
  /** File with answers for data sources. */
  answers?: string;
  json: boolean;
  /** The component tree before the summary. */
  tree: boolean;
  /** The full plan instead of the summary. */
  resources: boolean;
  /** File for the plan as an HTML page. */
  html?: string;
  /** Directories of policy packs. Absent: `policy-pack` if the project has one. */
  policyPacks?: string[];
  /** Configuration files, one for each pack in the same order. */
  policyPackConfigs: string[];
  /** Without the quick start: see engine/plain.ts. */
  plain: boolean;
  /** Directory where the search for the project starts, upwards. */
  cwd: string;
}

/** Text of `--help`. */
export const HELP = `Shows what the first \`pulumi up\` of a stack would create, and what the policy
packs find. Runs the real program against Pulumi's own protocols, without account,
network or CLI.

Usage: ${COMMAND} [options]

  -s, --stack NAME                stack to preview (default: production, or the only stack)
  -c, --config KEY=VALUE          a setting that overrides the stack's; may be repeated
      --answers FILE              results of data sources; the warnings show the lines to add
      --tree                      print the tree of components and resources, then the summary
      --resources                 print the full plan instead of the summary: tree, outputs, each
                                  warning and exemption, cost, recovery, critical path
      --json                      print one JSON document
      --html FILE                 also write the plan as one HTML page
      --policy-pack DIR           policy pack to run (default: policy-pack); may be repeated
      --policy-pack-config FILE   its configuration (default: config.<stack>.json in the pack, if
                                  present); repeat in the order of the packs
      --no-policy                 run no policy pack
      --plain                     run as Pulumi's engine does: three processes, gRPC, unchanged SDK;
                                  slower, with the same result unless the program waits for a result
                                  that is not known
  -C, --cwd DIR                   search for the project from DIR upwards (default: .)
  -h, --help                      print this text

Exit code: 0 success; 1 the program failed, its configuration is invalid or a mandatory rule is
violated; 2 wrong usage.
`;

const options = {
  help: { type: "boolean", short: "h" },
  stack: { type: "string", short: "s" },
  config: { type: "string", short: "c", multiple: true },
  answers: { type: "string" },
  tree: { type: "boolean" },
  resources: { type: "boolean" },
  json: { type: "boolean" },
  html: { type: "string" },
  "policy-pack": { type: "string", multiple: true },
  "policy-pack-config": { type: "string", multiple: true },
  "no-policy": { type: "boolean" },
  plain: { type: "boolean" },
  cwd: { type: "string", short: "C" },
} as const;

/** Reads the command line; throws a usage error that states what is wrong. */
export function parseArguments(
  argv: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Arguments {
  const swallowed = swallowedByNpm(Object.keys(options), argv, env);
  if (swallowed !== undefined) {
    throw previewError("usage", npmConsumed(COMMAND, swallowed));
  }
  const { values } = parse(argv);
  const packs = values["policy-pack"];
  const configs = values["policy-pack-config"] ?? [];
  if (values["no-policy"] && (packs || configs.length)) {
    throw previewError(
      "usage",
      "--no-policy: expected no --policy-pack and no --policy-pack-config beside it",
    );
  }
  if (values.html === "")
    throw previewError("usage", "--html: expected the name of a file, got none");
  if (configs.length > (packs?.length ?? 1)) {
    throw previewError(
      "usage",
      "--policy-pack-config: expected at most one for each --policy-pack, got more",
    );
  }
  return {
    help: values.help ?? false,
    stack: values.stack,
    config: settingsOf(values.config ?? []),
    ...(values.answers !== undefined && { answers: path.resolve(values.answers) }),
    tree: values.tree ?? false,
    resources: values.resources ?? false,
    json: values.json ?? false,
    ...(values.html !== undefined && { html: values.html }),
    policyPacks: values["no-policy"] ? [] : packs,
    policyPackConfigs: configs,
    plain: values.plain ?? false,
    cwd: values.cwd ?? process.cwd(),
  };
}

function settingsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const end = pair.indexOf("=");
      if (end > 0) return [pair.slice(0, end), pair.slice(end + 1)];
      throw previewError("usage", `--config: expected KEY=VALUE, got ${shownValue(pair)}`);
    }),
  );
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false });
  } catch (error) {
    const message = optionProblem(error as Error);
    throw previewError("usage", `${message}${hintFor(message)}`);
  }
}

/** A suggestion for a misspelled option. */
function hintFor(message: string): string {
  const [, name] = /^Unknown option '--([\w-]+)/.exec(message) ?? [];
  const meant = name === undefined ? undefined : nearest(name, Object.keys(options));
  return meant === undefined ? "" : `; did you mean --${meant}?`;
}
