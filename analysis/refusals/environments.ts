/**
 * Environments that are too long in all: Lambda limits the JSON of a function's variables, ECS a task definition, which no schema
 * says. What is not known yet counts nothing.
 */
import { FUNCTION_ENVIRONMENT, TASK_DEFINITION } from "../../facts/eventing";
import type { PlannedResource } from "../plan/model";
import { containsUnknown, reveal } from "../plan/values";
import { isRecord } from "../properties";

interface Long {
  readonly resource: PlannedResource;
  readonly property: string;
  readonly expected: string;
  readonly got: string;
}

export function longEnvironments(resources: readonly PlannedResource[]): Long[] {
  return resources.flatMap((resource) => {
    const { type, inputs } = resource;
    if (type === "aws:lambda/function:Function") {
      const most = FUNCTION_ENVIRONMENT.bytes;
      const bytes = functionBytes(inputs["environment"]);
      const expected = `at most ${most} ${FUNCTION_ENVIRONMENT.counted}`;
      return bytes > most
        ? [{ resource, property: "environment.variables", expected, got: `${bytes} bytes` }]
        : [];
    }
    if (type === "aws:ecs/taskDefinition:TaskDefinition") {
      const most = TASK_DEFINITION.bytes;
      const bytes = Buffer.byteLength(knownText(inputs["containerDefinitions"]));
      const expected = `at most ${most} bytes in the whole task definition`;
      return bytes > most
        ? [{ resource, property: "containerDefinitions", expected, got: `${bytes} bytes` }]
        : [];
    }
    return [];
  });
}

function functionBytes(environment: unknown): number {
  const group = reveal(environment);
  const variables = isRecord(group) ? reveal(group["variables"]) : undefined;
  if (!isRecord(variables)) return 0;
  const known = Object.entries(variables).map(([name, value]) => [name, knownText(value)]);
  return Buffer.byteLength(JSON.stringify(Object.fromEntries(known)));
}

function knownText(value: unknown): string {
  const plain = reveal(value);
  return typeof plain === "string" && !containsUnknown(plain) ? plain : "";
}
