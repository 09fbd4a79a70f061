/** The plan of the pipeline's own stack, as its tests read it. */
import assert from "node:assert/strict";

import type { Plan, PlannedResource } from "../../tools/preview/index";
import { planOf } from "./plans";

export const GITHUB = "token.actions.githubusercontent.com";

/** A statement of a policy document. */
export interface Statement {
  Sid: string;
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
  Principal?: { Federated?: string };
  Condition?: Partial<Record<string, Record<string, string | string[]>>>;
}

export const list = (value: string | string[]) => (Array.isArray(value) ? value : [value]);

export const statements = (policy: unknown) =>
  (JSON.parse(policy as string) as { Statement: Statement[] }).Statement;

/** The policies that the bootstrap program makes for a role of the pipeline and attaches to it. */
export function pipelinePolicies(plan: Pick<Plan, "resources">, role: string): PlannedResource[] {
  const ofRole = plan.resources.filter(({ parent }) => parent?.endsWith(`PipelineRole::${role}`));
  const attached = ofRole
    .filter(({ type }) => type === "aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    .map(({ inputs }) => inputs["policyArn"] as string);
  return ofRole.filter(
    ({ type, inputs }) =>
      type === "aws:iam/policy:Policy" &&
      attached.some((arn) => arn.endsWith(`:policy/${inputs["name"] as string}`)),
  );
}

/** The planned resources with what several tests ask of them. */
export class BootstrapPlan {
  private constructor(public readonly plan: Plan) {}

  public static async read(): Promise<BootstrapPlan> {
    return new BootstrapPlan(await planOf("bootstrap"));
  }

  public ofType(type: string): PlannedResource[] {
    return this.plan.resources.filter((resource) => resource.type === type);
  }

  public named(type: string, name: string): PlannedResource {
    return this.ofType(type).find((resource) => resource.name === name)!;
  }

  /** What the policies of a role of the pipeline say. */
  public policiesOf(role: string): Statement[] {
    return pipelinePolicies(this.plan, role).flatMap(({ inputs }) => statements(inputs["policy"]));
  }

  /** Conditions of the trust of each role of the pipeline, which has one statement. */
  public trust(): Record<string, NonNullable<Statement["Condition"]>> {
    return Object.fromEntries(
      this.ofType("aws:iam/role:Role")
        .filter(({ parent }) => parent!.includes("PipelineRole"))
        .map(({ inputs }) => {
          const all = statements(inputs["assumeRolePolicy"]);
          assert.equal(all.length, 1);
          return [inputs["name"] as string, all[0]!.Condition!];
        }),
    );
  }
}
