/**
 * One evaluator of IAM.
 *
 *     const role = compilePolicy(document, "identity", "the task role");
 *     const key = compilePolicy(keyPolicy, "key", "crm-data");
 *     evaluate(
 *       { caller: callerOf(roleArn)!, action: "kms:Decrypt", resource: keyArn },
 *       { identity: [role], resource: key },
 *     ).verdict; // "allowed", "denied" or "undecided"
 *
 * - `compilePolicy` reads a document once; what AWS would refuse is in its `findings`. Nothing throws.
 * - `evaluate` decides and names the deciding statements; `explain` also says why every other one does not apply.
 * - What is not known (UNKNOWN, Pulumi's markers, `[UNKNOWN]` in a context) makes a verdict undecided only
 *   where it matters.
 * - A policy that AWS would refuse allows nothing, and what it might deny is undecided.
 * - `whoCan` asks which strangers a resource's policy lets in.
 *
 * Not modelled: ACLs, S3 Block Public Access, KMS grants, service-linked roles (SCPs do not reach them) and the
 * management account; the caller leaves out the policies that do not apply.
 */
export { accountOf, accountOfArn, type Caller, callerOf } from "./caller";
export { type Context, type ContextValue } from "./context";
export { type Finding, type PolicyKind, readDocument } from "./document";
export {
  type Deciding,
  type Decision,
  evaluate,
  type Layer,
  type Policies,
  type Request,
} from "./evaluate";
export { explain, type Explained, type Explanation, keysOf } from "./explain";
export { covers } from "./pattern";
export {
  compilePolicy,
  type Policy,
  principalReach,
  type Statement,
  statementFault,
} from "./policy";
export { type Truth } from "./truth";
export { UNKNOWN } from "../properties";
export {
  type Opening,
  type StrangerKind,
  whoCan,
  type WhoCan,
  type WhoCanOptions,
} from "./strangers";
