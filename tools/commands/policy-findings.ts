/** The policy packs' findings for a stack, with their places in the code. */
import { kindOf, type Plan, type PlannedResource } from "../../analysis/plan/model";

/** A place in the project's code. */
export interface Place {
  /** Relative to the project's root. */
  readonly file: string;
  /** From 1; absent where it is not known. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
}

/** One finding of a rule. */
export interface Finding {
  readonly policy: string;
  readonly kind: "mandatory" | "advisory" | "exempt" | "undecided";
  readonly message: string;
  readonly urn?: string;
  /** Where the resource is created; the program's first file if no code of the project creates it. */
  readonly place: Place;
}

/** All findings of a plan: mandatory ones first, then advisory, exempt and undecided. */
export function findingsOf({ policies, resources, program = "Pulumi.yaml" }: Plan): Finding[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const place = (urn: string | undefined) => placeOf(byUrn, urn) ?? { file: program };
  const said = policies.violations.map((violation): Finding => {
    const { policy, message, urn } = violation;
    return { policy, kind: kindOf(violation), message, urn, place: place(urn) };
  });
  const of = (kind: Finding["kind"]) => said.filter((finding) => finding.kind === kind);
  return [
    ...of("mandatory"),
    ...of("advisory"),
    ...of("exempt"),
    ...policies.undecided.map(({ policy, message, urn }): Finding => {
      return { policy, kind: "undecided", message, urn, place: place(urn) };
    }),
  ];
}

/** Where a resource is made, or for a child of a package's component, where that is made. */
function placeOf(
  byUrn: ReadonlyMap<string, PlannedResource>,
  urn: string | undefined,
): Place | undefined {
  let resource = byUrn.get(urn ?? "");
  while (resource !== undefined && resource.source === undefined) {
    resource = byUrn.get(resource.parent ?? "");
  }
  const [file, line, column] = resource?.source?.split(":") ?? [];
  if (file === undefined) return undefined;
  return {
    file,
    ...(line && { line: Number(line) }),
    ...(column && { column: Number(column) }),
  };
}
