import {
  type PropertyBag,
  type RemoteExpansion,
  type RemoteRequest,
  RESOURCE_SIGNATURE,
  SIGNATURE,
} from "../../../analysis/plan/model";
import { parseUrn } from "../../../analysis/plan/urn";
import { containsUnknown } from "../../../analysis/plan/values";
import type { Family, Sourced } from "./family";
import { record } from "./vpc-args";

/** The arguments of a remote component, each with the resources that it comes from. */
export class Arguments {
  constructor(private readonly request: Pick<RemoteRequest, "inputs" | "propertyDependencies">) {}

  /** An argument as the program gave it. */
  whole(argument: string): Sourced {
    const { inputs, propertyDependencies } = this.request;
    return { value: inputs[argument], from: propertyDependencies[argument] ?? [] };
  }

  /** The same for the parts of one argument: each comes from what the whole argument comes from. */
  within(argument: string): Arguments {
    const inputs = record(this.request.inputs[argument], argument);
    const { from } = this.whole(argument);
    const propertyDependencies = Object.fromEntries(
      Object.entries(inputs).map(([key, value]) => [key, containsUnknown(value) ? [...from] : []]),
    );
    return new Arguments({ inputs, propertyDependencies });
  }

  /** Part of an argument: an unknown in it comes from what the argument as a whole comes from. */
  part(argument: string, value: unknown): Sourced {
    const from = containsUnknown(value) ? this.whole(argument).from : [];
    return { value, from };
  }

  /** The arguments that the component passes on unchanged: all but those that it reads itself. */
  except(read: readonly string[]): Record<string, Sourced> {
    const passed = Object.keys(this.request.inputs).filter((argument) => !read.includes(argument));
    return Object.fromEntries(passed.map((argument) => [argument, this.whole(argument)]));
  }

  /** The properties of an argument that is an object, each a part of it; undefined: not given. */
  object(argument: string): Record<string, Sourced> | undefined {
    const { value } = this.whole(argument);
    return value === undefined ? undefined : this.parts(argument, value);
  }

  /** The properties of an object within an argument. */
  parts(argument: string, value: unknown): Record<string, Sourced> {
    return Object.fromEntries(
      Object.entries(record(value, argument)).map(([key, item]) => [
        key,
        this.part(argument, item),
      ]),
    );
  }
}

/** Throws where more than one of these are given. `at` says where they are. */
export function onlyOneOf(given: PropertyBag, names: readonly string[], at = ""): void {
  const found = names.filter((name) => given[name] !== undefined);
  if (found.length > 1) {
    throw new Error(`${at}expected only one of ${names.join(", ")}, got ${found.join(" and ")}`);
  }
}

/** A resource as an output names it, before it has an id. */
export function reference(urn: string): PropertyBag {
  const { type, name } = parseUrn(urn);
  return { [SIGNATURE]: RESOURCE_SIGNATURE, urn, type, name, id: "" };
}

/**
 * What an expansion returns: outputs that are a child, by name, outputs that are a list of children, and values.
 * Each comes from the resources that it names; a child that was not made is no output.
 */
export function outputs(
  { children }: Family,
  members: Readonly<Record<string, string | readonly string[] | undefined>>,
  values: Readonly<Record<string, Sourced>> = {},
): RemoteExpansion {
  const state: PropertyBag = {};
  const stateDependencies: Record<string, string[]> = {};
  for (const [output, urns] of Object.entries(members)) {
    if (urns === undefined) continue;
    state[output] = typeof urns === "string" ? reference(urns) : urns.map(reference);
    stateDependencies[output] = [urns].flat();
  }
  for (const [output, { value, from }] of Object.entries(values)) {
    state[output] = value;
    stateDependencies[output] = [...from];
  }
  return { children, state, stateDependencies };
}
