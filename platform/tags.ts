import { PILOT_LIGHT, RECOVERS_BY_TAG, STANDS_IN_TAG } from "../facts/control-planes";

/** The six tags that every taggable resource of the platform carries. */
export type Tags = Readonly<Record<string, string>>;

/** The environments a resource can belong to; the recovery stack's resources are production's. */
export const ENVIRONMENTS = ["production", "staging", "development"] as const;

/** One of the environments that the `Environment` tag may name. */
export type Environment = (typeof ENVIRONMENTS)[number];

/**
 * Value of `Environment` on resources that serve all environments: the pipeline's state. This tag denies no role
 * access.
 */
export const SHARED = "shared";

/** What is the same on every resource of a stack. */
export interface TaggingArgs {
  /** Value of `Project`, for example `CRM-System`. */
  readonly project: string;
  /** Value of `Environment`. */
  readonly environment: Environment | typeof SHARED;
  /** Value of `Owner`: the mailbox of the team that answers for the stack. */
  readonly owner: string;
  /** Value of `CostCenter`. */
  readonly costCenter: string;
}

/** The five tags that do not depend on the component; the provider adds them to every resource that it creates. */
export function stackTags(args: TaggingArgs): Tags {
  return {
    Project: args.project,
    Environment: args.environment,
    Owner: args.owner,
    CostCenter: args.costCenter,
    ManagedBy: "pulumi",
  };
}

/** All six tags for the resources of one component, such as `network` or the service `auth`. */
export function componentTags(args: TaggingArgs, component: string): Tags {
  return { ...stackTags(args), Component: component };
}

/** What says of a resource that it takes another region's place, or that another is ready to take its own. */
export function placeTags(args: {
  readonly standsIn?: string;
  readonly hasPilotLight?: boolean;
}): Tags {
  return {
    ...(args.standsIn !== undefined && { [STANDS_IN_TAG]: args.standsIn }),
    ...(args.hasPilotLight === true && { [RECOVERS_BY_TAG]: PILOT_LIGHT }),
  };
}
