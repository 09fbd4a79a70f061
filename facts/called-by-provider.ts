/**
 * Where the provider calls something else than AWS's own handlers: provider-calls.json. Rows are measured (the provider
 * of the machine was asked to create, read, change and delete resources of a stand-in for AWS, and its calls were
 * written down) or read in the provider's source; `from` says which, and where.
 */
import facts from "./provider-calls.json";

/** The calls of a type that AWS's handlers do not make, and those that only they make. */
export interface ProviderCalls {
  /** `measured`, or the source file that was read. */
  readonly from: string;
  /** IAM actions by step: `create`, `read`, `update`, `delete`. */
  readonly calls: Readonly<Record<string, readonly string[] | undefined>>;
  /** What it calls besides where an input is true, or a document that is not empty. */
  readonly where?: readonly {
    readonly input: string;
    readonly from: string;
    readonly calls: Readonly<Record<string, readonly string[] | undefined>>;
  }[];
  /** Actions of AWS's handler that the provider does not call, with the reason. */
  readonly not?: readonly {
    readonly actions: readonly string[];
    /** Default: all steps. */
    readonly steps?: readonly string[];
    readonly reason: string;
  }[];
}

/** The row of a type of @pulumi/aws; undefined where the provider calls what AWS's handlers call. */
export function providerCalls(type: string): ProviderCalls | undefined {
  return (facts.types as Readonly<Record<string, ProviderCalls>>)[type];
}
