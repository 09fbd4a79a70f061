/** What the checks read of a stack and of its pipeline. */
import type { StackConfig } from "../../schema";

/** What the checks look at. */
export interface Files {
  readonly stack: string;
  readonly config: StackConfig;
  /** All stacks whose files are valid. */
  readonly configs: ReadonlyMap<string, StackConfig>;
  /** The stack file as it is written. */
  readonly document: {
    readonly secretsprovider?: string;
    readonly encryptionsalt?: string;
    readonly config?: Readonly<Record<string, unknown>>;
  };
  /** Settings of bootstrap by key without its namespace; undefined where there is no file. */
  readonly bootstrap: Bootstrap | undefined;
  readonly hasPackConfiguration: boolean;
  /** The text of .github/CODEOWNERS; undefined where there is none. */
  readonly codeOwners: string | undefined;
  /** The text of .github/pulumi-releases.json; undefined where there is none. */
  readonly releases: string | undefined;
}

/** What is read of bootstrap's stack file. */
export interface Bootstrap {
  readonly region?: string;
  readonly accountId?: string;
  readonly repository?: string;
  readonly ownerId?: string;
  readonly repositoryId?: string;
  readonly stateBucket?: string;
  readonly stateRegion?: string;
  readonly createIdentityProvider?: string | boolean;
  readonly regions?: readonly string[];
  readonly stacks?: Readonly<
    Record<
      string,
      {
        prefix?: string;
        buckets?: readonly string[];
        queues?: readonly string[];
        repositories?: readonly string[];
        region?: string;
      }
    >
  >;
}
