import { STACK_TYPE } from "./model";

/** The parts of a URN. */
export interface UrnParts {
  stack: string;
  project: string;
  /** Type tokens from the outermost parent to the resource, joined by `$`. */
  qualifiedType: string;
  /** Type token of the resource itself. */
  type: string;
  name: string;
}

/**
 * Builds a URN as the Pulumi engine does: the parent's chain of types goes in front of the resource's own,
 * except that the stack is left out.
 * https://www.pulumi.com/docs/iac/concepts/resources/names/#urns
 *
 * @param parent URN of the parent; absent for the stack and for what has no parent
 */
export function makeUrn(
  stack: string,
  project: string,
  parent: string | undefined,
  type: string,
  name: string,
): string {
  let qualified = type;
  if (parent) {
    const parentType = parseUrn(parent).qualifiedType;
    if (parentType !== STACK_TYPE) qualified = `${parentType}$${type}`;
  }
  return `urn:pulumi:${stack}::${project}::${qualified}::${name}`;
}

/** URN of a child of the resource with the given URN, in the same stack and project. */
export function childUrn(parent: string, type: string, name: string): string {
  const { stack, project } = parseUrn(parent);
  return makeUrn(stack, project, parent, type, name);
}

/** Takes a URN apart. Throws if it is none. A name may contain `::`. */
export function parseUrn(urn: string): UrnParts {
  const match = /^urn:pulumi:(.*?)::(.*?)::(.*?)::(.*)$/s.exec(urn);
  if (!match) throw new Error(`not a URN: ${urn}`);
  const [, stack = "", project = "", qualifiedType = "", name = ""] = match;
  return { stack, project, qualifiedType, type: qualifiedType.split("$").pop() ?? "", name };
}

/** A type token as Pulumi's own display shortens it: `aws:ec2/vpc:Vpc` is `aws:ec2:Vpc`. */
export function shortType(type: string): string {
  const [packageName = "", module = "", name] = type.split(":");
  if (name === undefined) return type;
  return `${packageName}:${module.split("/")[0]}:${name}`;
}

/** URN in the reference to a provider that resources carry. */
export function urnOfReference(reference: string): string {
  const end = reference.lastIndexOf("::");
  return end < 0 ? reference : reference.slice(0, end);
}
