/** What a provider called of a stand-in for AWS: recorded-calls.json, written by generate/recorded-calls.ts. */
import { readTable } from "./read-table";
import { namesOfType } from "./type-names";

interface Recording {
  /** The provider's version, what it asked in place of AWS, whose resources, when, and how many requests it made. */
  readonly source: {
    readonly provider: string;
    readonly standIn: string;
    readonly stack: string;
    readonly date: string;
    readonly requests: number;
  };
  /** Different IAM actions by Terraform's type and by step. */
  readonly types: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

let read: Recording | undefined;

const recording = (): Recording => (read ??= readTable<Recording>("recorded-calls.json"));

export const recordingSource = (): Recording["source"] => recording().source;

/** What was recorded of a type of @pulumi/aws, by step; undefined where nothing was. */
export function recordedCalls(
  type: string,
): Readonly<Record<string, readonly string[]>> | undefined {
  const terraform = namesOfType(type)?.terraform;
  return terraform === undefined ? undefined : recording().types[terraform];
}
