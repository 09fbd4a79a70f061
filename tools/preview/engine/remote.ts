import type { RemoteExpander } from "../../../analysis/plan/model";
import { entryOf } from "../../../facts/entry-of";
import type * as AwsxVpc from "../awsx/vpc";

/**
 * Remote components that the preview can expand: type token to the module that does it, loaded when one is
 * met. Their real providers are plugins that a machine with nothing but npm does not have.
 */
const expanders: Record<string, () => RemoteExpander> = {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded when it is needed
  "awsx:ec2:Vpc": () => (require("../awsx/vpc") as typeof AwsxVpc).expandVpc,
};

/** The expander for a type of remote component, if the preview knows what its provider would register. */
export function expanderFor(type: string): RemoteExpander | undefined {
  return entryOf(expanders, type)?.();
}
