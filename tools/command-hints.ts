/** What a person meant who called a command otherwise than it is called: from the options that its help names. */
import { nearest } from "../facts/nearest";

/** Options that are also npm's: a user may have set them for npm itself. */
export const NPMS_OWN: readonly string[] = ["json", "help", "cwd", "force", "yes"];

/**
 * Settings that npm passes to every script, and those of this project's .npmrc: no user typed them, and no command has an option
 * of such a name. Source: `npm run env` of npm 11.
 */
const ALWAYS_SET: readonly string[] = [
  ...["allow_scripts", "audit", "cache", "fund", "global_prefix", "globalconfig"],
  ...["ignore_scripts", "init_module", "local_prefix", "node_gyp", "noproxy", "npm_version"],
  ...["prefix", "save_exact", "user_agent", "userconfig"],
].map((name) => `npm_config_${name}`);

/** Whether npm has a setting that a person may have meant for a command. */
export function hasNpmSettings(env: NodeJS.ProcessEnv): boolean {
  return Object.keys(env).some((one) => one.startsWith("npm_config_") && !ALWAYS_SET.includes(one));
}

/** The hint for a user whose option npm consumed. */
export function npmConsumed(command: string, name: string): string {
  return `npm consumed the option --${name}; put -- before it: ${command} --${name} ...`;
}

/** The names of options in a help text. */
export function optionsIn(help: string): string[] {
  return [...new Set([...help.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].map(([, name]) => name!))];
}

/**
 * An option that npm took for itself, because no `--` stood before it: npm hands its own options to scripts in the environment,
 * and the value of one that it does not know is left over. Source: npm, "npm-run-script" and "scripts", Environment.
 */
export function swallowedByNpm(
  options: readonly string[],
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): string | undefined {
  return options
    .filter((name) => !NPMS_OWN.includes(name))
    .find(
      (name) =>
        env[`npm_config_${name.replaceAll("-", "_")}`] !== undefined &&
        !args.some((one) => one === `--${name}` || one.startsWith(`--${name}=`)),
    );
}

/** `did you mean --stack?` for the first option that a usage does not name and that is near one that it does. */
export function didYouMean(usage: string, args: readonly string[]): string | undefined {
  // The complaint above it names what is wrong.
  const known = optionsIn(usage.slice(Math.max(0, usage.indexOf("Usage"))));
  const wrong = args.flatMap((one) => /^--([\w-]+)/.exec(one)?.[1] ?? []);
  for (const name of wrong.filter((one) => !known.includes(one))) {
    const meant = nearest(name, known);
    if (meant !== undefined) return `did you mean --${meant}?`;
  }
  return undefined;
}
