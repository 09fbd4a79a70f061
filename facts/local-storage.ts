/** Instance types with disks of their own, which encrypt in hardware: SageMaker takes no key for their storage. */
import type { Fact } from "./fact";

export const LOCAL_STORAGE = {
  /** A `d` among the letters after the generation, and families that always have disks. */
  pattern: /^ml\.([a-z]+\d+[a-z]*d[a-z]*|g5|g6e?|gr6|p5(en?)?|trn[12]n?)\./,
  source: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html",
  asOf: "2026-11-29",
  unverified:
    "the page names p4d, g4dn and g5 as examples; the later families are as EC2 describes them",
} as const satisfies Fact & Record<string, unknown>;
