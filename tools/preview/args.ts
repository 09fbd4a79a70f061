import * as path from "node:path";
import { parseArgs } from "node:util";
import { nearest } from "../../facts/nearest";
import { COMMAND } from "./command-name";
import { previewError } from "./engine/errors";

/** The command line of `npm run preview`, understood. */
export interface Arguments {
  help: boolean;
  /** Absent: production, or the only stack that there is. */
  stack?: string;
  /** Settings on top of the stack's. */
  config: Record<string, string>;
  /** File with answers for data sources. */
  answers?: string;
  json: boolean;
  /** The component tree before the summary. */
  tree: boolean;
  /** Everything instead of the summary. */
  resources: boolean;
  /** File that the plan is written to as a page. */
  html?: string;
  /** Directories of policy packs. Absent: `policy-pack` if the project has one. */
  policyPacks?: string[];
  /** Configuration files, one for each pack in the same order. */
  policyPackConfigs: string[];
  /** Without the quick start: see engine/plain.ts. */
  plain: boolean;
  /** Directory from which the project is looked for, upwards. */
  cwd: string;
}

/** Text of `--help`. */
export const HELP = `Shows what the first \`pulumi up\` of a stack would create, and what the policies say to it:
the real program runs against Pulumi's own protocols, without account, network or CLI.

Usage: ${COMMAND} [options]

  -s, --stack NAME                stack to preview (default: production, or the only one)
  -c, --config KEY=VALUE          a setting on top of the stack's; may be repeated
      --answers FILE              what data sources answer: the warnings show its lines
      --tree                      the tree of components and resources, then the summary
      --resources                 all of the plan instead of the summary: tree, outputs, each warning
                                  and exemption, cost, recovery, critical path
      --json                      one JSON document on standard output
      --html FILE                 the plan as one HTML page besides, for a browser
      --policy-pack DIR           policy pack to run (default: policy-pack); may be repeated
      --policy-pack-config FILE   its configuration (default: config.<stack>.json in the pack,
                                  if there is one); repeated in the order of the packs
      --no-policy                 run no policy pack
      --plain                     as Pulumi's engine runs it: three processes, gRPC, nothing of the
                                  SDK changed; slower, the same document
  -C, --cwd DIR                   look for the project in DIR (default: here)
  -h, --help                      this text

Exit code: 0 fine; 1 the program failed, its configuration is invalid or a mandatory rule is
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

/** Reads the command line; throws a usage error that says what is wrong with it. */
export function parseArguments(
  argv: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Arguments {
  const swallowed = swallowedByNpm(argv, env);
  if (swallowed !== undefined) {
    throw previewError(
      "usage",
      `npm took --${swallowed} for itself; put -- before it: ${COMMAND} --${swallowed} ...`,
    );
  }
  const { values } = parse(argv);
  const packs = values["policy-pack"];
  const configs = values["policy-pack-config"] ?? [];
  if (values["no-policy"] && (packs || configs.length)) {
    throw previewError("usage", "--no-policy excludes --policy-pack and --policy-pack-config");
  }
  if (values.html === "") throw previewError("usage", "--html needs the name of a file");
  if (configs.length > (packs?.length ?? 1)) {
    throw previewError("usage", "more --policy-pack-config than --policy-pack");
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
      throw previewError("usage", `--config: expected KEY=VALUE, got ${pair}`);
    }),
  );
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false });
  } catch (error) {
    // Node's message may add advice on `--` that fits its own callers only: the first sentence says it.
    const message = (error as Error).message.split(". ")[0] ?? "";
    throw previewError("usage", `${message}${hintFor(message)}`);
  }
}

/** The option that was meant, where one is near. */
function hintFor(message: string): string {
  const [, name] = /^Unknown option '--([\w-]+)/.exec(message) ?? [];
  const meant = name === undefined ? undefined : nearest(name, Object.keys(options));
  return meant === undefined ? "" : `; did you mean --${meant}?`;
}

/**
 * An option that npm took for itself, because no `--` stood before it: npm hands its own options to scripts in the environment,
 * and the value of one that it does not know is left over. Source: npm, "npm-run-script" and "scripts", Environment.
 */
function swallowedByNpm(argv: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  const own = Object.keys(options).filter((name) => !NPMS_OWN.includes(name));
  return own.find(
    (name) =>
      env[`npm_config_${name.replaceAll("-", "_")}`] !== undefined &&
      !argv.some((one) => one === `--${name}` || one.startsWith(`--${name}=`)),
  );
}

/** Options of npm's that a person may have set for npm itself. */
const NPMS_OWN: readonly string[] = ["json", "help", "cwd"];
