/** Memory of a cache node that takes no data. */
import { RESERVED_MEMORY } from "../../facts/cache-engines";
import type { RecoveryResource } from "../recovery/resources";
import { leadsTo, ownParameter } from "./connections";
import { planned, type Figure } from "./figures";
import type { Load } from "./load";

const GROUP = "aws:elasticache/parameterGroup:ParameterGroup";

/** Part of a node's memory that is reserved: by the planned parameter group, else as assumed. */
export function reservedMemory(
  { stack, assumptions }: Pick<Load, "stack" | "assumptions">,
  cache: RecoveryResource,
): Figure {
  const [group] = leadsTo(stack, cache, "parameterGroupName", GROUP);
  const percent = group && ownParameter(group, RESERVED_MEMORY.parameter);
  return group === undefined || percent === undefined
    ? assumptions.general("cacheReserved")
    : planned(RESERVED_MEMORY.parameter, percent / 100, "", group, "parameters");
}
