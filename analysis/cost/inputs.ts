/** Reads the inputs of planned resources; what is not known or of another kind reads as absent. */
import { UNKNOWN, type PlannedResource } from "../plan/model";

export function number(resource: PlannedResource, property: string): number | undefined {
  const value = resource.inputs[property];
  const read = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof read === "number" && Number.isFinite(read) ? read : undefined;
}

export function string(resource: PlannedResource, property: string): string | undefined {
  const value = resource.inputs[property];
  return typeof value === "string" && value !== UNKNOWN ? value : undefined;
}

export function record(resource: PlannedResource, property: string): Record<string, unknown> {
  const value = resource.inputs[property];
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

export function records(resource: PlannedResource, property: string): Record<string, unknown>[] {
  const value = resource.inputs[property];
  return Array.isArray(value)
    ? value.filter(
        (item): item is Record<string, unknown> => typeof item === "object" && item !== null,
      )
    : [];
}

/** Whether a function runs on Arm; Lambda's own default is x86. */
export function isArm({ inputs }: PlannedResource): boolean {
  const { architectures } = inputs;
  return Array.isArray(architectures) && architectures.includes("arm64");
}
