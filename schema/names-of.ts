/** The physical names of the stack that a file describes. */
import { type NamingArgs, Names } from "../platform/names";
import type { StackConfig } from "./sections";

/** First word of every name of the platform, as the document has it. */
const APPLICATION = "crm";

/** What names are made of. */
export function namingArgs(naming: StackConfig["naming"]): NamingArgs {
  return { application: APPLICATION, ...naming };
}

export function namesOf({ naming }: Pick<StackConfig, "naming">): Names {
  return new Names(namingArgs(naming));
}
