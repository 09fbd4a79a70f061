import type { RemoteExpander } from "../../../analysis/plan/model";
import { entryOf } from "../../../facts/entry-of";
import type * as Awsx from "../awsx";

/** Remote components of awsx that the preview can expand, and what expands them. */
const AWSX = {
  "awsx:cloudtrail:Trail": "expandTrail",
  "awsx:ec2:DefaultVpc": "expandDefaultVpc",
  "awsx:ec2:Vpc": "expandVpc",
  "awsx:ecr:Repository": "expandRepository",
  "awsx:ecs:FargateService": "expandFargateService",
  "awsx:ecs:FargateTaskDefinition": "expandFargateTaskDefinition",
  "awsx:lb:ApplicationLoadBalancer": "expandApplicationLoadBalancer",
  "awsx:lb:NetworkLoadBalancer": "expandNetworkLoadBalancer",
} as const;

/**
 * The expander for a type of remote component, if the preview knows what its provider would register: a machine with nothing but
 * npm does not have that plugin. Throws on arguments that awsx refuses, with the component's name.
 */
export function expanderFor(type: string): RemoteExpander | undefined {
  const expander = entryOf(AWSX, type);
  if (expander === undefined) return undefined;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded when one is met
  const expand = (require("../awsx") as typeof Awsx)[expander];
  return (request) => {
    try {
      return expand(request);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const [, module = "", name = ""] = type.split(":");
      throw new Error(`awsx.${module}.${name} "${request.name}": ${reason}`, { cause: error });
    }
  };
}
