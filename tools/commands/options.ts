import { parseArgs, type ParseArgsConfig } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;
type Values<T extends Options> = ReturnType<typeof parseArgs<{ options: T }>>["values"];

/**
 * A command's options, or its exit code if it ends here: 0 after `--help`, 2 after a wrong command line, each with
 * the usage.
 */
export function optionsOf<const T extends Options>(
  args: readonly string[],
  usage: string,
  options: T,
): Values<T> | number {
  const help = { type: "boolean", short: "h" } as const;
  try {
    const { values } = parseArgs({ args: [...args], options: { ...options, help } });
    if (!(values as { help?: boolean }).help) return values;
    console.log(usage);
    return 0;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
}
