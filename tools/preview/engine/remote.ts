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

/** The expander for a type of remote component; an error that names the type if there is none. */
export function expanderFor(type: string): RemoteExpander {
  const load = entryOf(expanders, type);
  if (load) return load();
  throw new Error(
    `the offline preview cannot expand the remote component ${type}: ` +
      `its children come from a provider plugin. It knows ${Object.keys(expanders).join(", ")}`,
  );
}
