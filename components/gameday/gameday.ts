import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";

import type { Names } from "../../platform/names";
import { policyDocument, serviceTrust } from "../../platform/policy-documents";
import {
  experimentsOf,
  type Experiment,
  type ExperimentAction,
  type ExperimentScope,
  type ExperimentTarget,
} from "./experiments";

export interface CrmGameDayArgs extends ExperimentScope {
  /** Alarm that ends an experiment: customers are affected. */
  readonly stopAlarmName: string;
  /** What the alarm is made by. */
  readonly startAfter: readonly pulumi.Resource[];
  readonly names: Names;
}

/**
 * Experiment templates of AWS FIS for a game day, each with a role of its own that allows only that experiment's actions, and
 * stopped by the alarm on affected customers. Nothing runs until a person starts it: `npm run gameday` prints the command.
 * Templates are free; AWS bills an experiment by the minutes of its actions (AWS FIS pricing).
 */
export class CrmGameDay extends pulumi.ComponentResource {
  public constructor(name: string, args: CrmGameDayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:CrmGameDay", name, {}, opts);

    for (const experiment of experimentsOf(args)) {
      this.createTemplate(`${name}-${experiment.key}`, experiment, args);
    }
    this.registerOutputs({});
  }

  private createTemplate(name: string, experiment: Experiment, args: CrmGameDayArgs): void {
    const { key, description, actions, skipsEmpty } = experiment;
    const { arns, names, tags, startAfter } = args;
    const named = names.of(`gameday-${key}`, "role");
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        name: named,
        description: `AWS FIS, experiment ${key}`,
        assumeRolePolicy: serviceTrust(
          arns,
          SERVICE_PRINCIPALS.fis,
          arns.regional("fis", "experiment/*"),
        ),
        tags,
      },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-role`,
      { name: key, role: role.name, policy: policyDocument(...experiment.statements) },
      { parent: this },
    );
    new aws.fis.ExperimentTemplate(
      name,
      {
        description,
        roleArn: role.arn,
        actions: Object.entries(actions).map(([action, one]) => actionArgs(action, one)),
        targets: Object.entries(actions).map(([action, { target }]) => targetArgs(action, target)),
        stopConditions: [
          {
            source: "aws:cloudwatch:alarm",
            value: arns.alarm(args.stopAlarmName),
          },
        ],
        experimentOptions: {
          accountTargeting: "single-account",
          emptyTargetResolutionMode: skipsEmpty ? "skip" : "fail",
        },
        tags: { ...tags, Name: named },
      },
      { parent: this, dependsOn: [policy, ...startAfter] },
    );
  }
}

/** Each action has a target of its own name. */
function actionArgs(name: string, { actionId, parameters, targetKey }: ExperimentAction) {
  return {
    ...{ name, actionId, target: { key: targetKey, value: name } },
    ...(parameters !== undefined && {
      parameters: Object.entries(parameters).map(([key, value]) => ({ key, value })),
    }),
  };
}

function targetArgs(
  name: string,
  { resourceType, arns, tags, parameters, filters }: ExperimentTarget,
) {
  return {
    ...{ name, resourceType, selectionMode: "ALL" },
    ...(arns !== undefined && { resourceArns: [...arns] }),
    ...(tags !== undefined && {
      resourceTags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    }),
    ...(parameters !== undefined && { parameters: { ...parameters } }),
    ...(filters !== undefined && {
      filters: Object.entries(filters).map(([path, value]) => ({ path, values: [value] })),
    }),
  };
}
