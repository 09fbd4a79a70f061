/**
 * Values that AWS assigns, for a second evaluation of the program that only the policy packs see: outputs of planned resources
 * are known, so that documents which contain them exist. What AWS or Pulumi chooses in them (ids, names, endpoints) is
 * {@link ASSIGNED}; the packs get Pulumi's marker for it, inside of documents only.
 */
import { type PlannedResource, type PropertyBag, UNKNOWN } from "../../../analysis/plan/model";
import { accountIn, SOME_ACCOUNT } from "../../../analysis/plan/regions";
import { isSecret, secret } from "../../../analysis/plan/values";
import { isRecord } from "../../../analysis/properties";
import { arnOf } from "../../../analysis/rights/targets";
import { partitionOf } from "../../../facts/regions";
import type { SdkOutputs, Shape } from "./sdk-outputs";

/** Stands for what AWS or Pulumi chooses. The program cannot know it from a value: it is none of Pulumi's markers. */
export const ASSIGNED = "assigned-5f0c1a7e-4b2d";

/** The digest of an image that a build pushes: https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests */
const SAMPLE_DIGEST = `sha256:${"0".repeat(64)}`;

/** Where a resource is made. */
type Place = Parameters<typeof arnOf>[1];

/** What is known of a provider. */
interface Where {
  readonly region: (provider: PlannedResource | undefined) => string;
  readonly account: (provider: PlannedResource | undefined) => string | undefined;
}

/** Outputs that are known in the second evaluation. */
export class AssignedOutputs {
  /** @param where account and region of a provider */
  constructor(
    private readonly sdk: SdkOutputs,
    private readonly where: Where,
  ) {}

  /** What AWS will say of a resource beside its inputs, its id included; nothing of what other processes make. */
  of(resource: PlannedResource, provider: PlannedResource | undefined): PropertyBag {
    const { type, inputs } = resource;
    if (resource.closed) return closedOutputs(resource);
    if (!resource.custom || resource.external) return {};
    const place = type.startsWith("aws:") ? this.placeOf(resource, provider) : undefined;
    const outputs: PropertyBag = Object.fromEntries(
      Object.entries(this.sdk.shapesOf(type))
        .filter(([name, shape]) => shape !== undefined && inputs[name] === undefined)
        .map(([name, shape]) => [
          name,
          shape !== "text"
            ? nested(shape, name, place)
            : place
              ? text(resource, place, name)
              : built(resource, name),
        ]),
    );
    for (const name of resource.additionalSecretOutputs) {
      if (Object.hasOwn(outputs, name)) outputs[name] = secret(outputs[name]);
    }
    return { ...outputs, id: ASSIGNED };
  }

  /**
   * Inputs as the packs judge them. A text that contains an assigned value is unknown, as in the first evaluation, unless it is
   * a document: JSON, a policy that is given as an object, or several lines of text. Of a document the assigned parts are
   * unknown. In a container's or function's environment it stays, for it is no secret. A provider without an account works in
   * the one that stands for the program's own, or in any other: an account that the program names may be its own.
   */
  asJudged({ type, inputs }: PlannedResource): PropertyBag {
    const bag = judged(inputs, "property") as PropertyBag;
    if (type !== "pulumi:providers:aws") return bag;
    const { allowedAccountIds: listed = [SOME_ACCOUNT] } = bag;
    return accountIn(listed) === SOME_ACCOUNT
      ? { ...bag, allowedAccountIds: [SOME_ACCOUNT, UNKNOWN] }
      : bag;
  }

  private placeOf({ inputs }: PlannedResource, provider: PlannedResource | undefined): Place {
    const own = inputs.region;
    const region = typeof own === "string" && own !== UNKNOWN ? own : this.where.region(provider);
    const account = this.where.account(provider) ?? SOME_ACCOUNT;
    return { region, account, partition: partitionOf(region) };
  }
}

function text(resource: PlannedResource, place: Place, name: string): string {
  if (name === "arn") return arnOf(resource, place, ASSIGNED) ?? anyArn(place);
  if (name === "repositoryUrl") return registryUrl(place, resource.inputs.name);
  return anyText(name, place);
}

function anyText(name: string, place: Place | undefined): string {
  if (place && /arn$/i.test(name)) return anyArn(place);
  return /url$/i.test(name) ? `https://${ASSIGNED}/${ASSIGNED}` : ASSIGNED;
}

/** As many items of a list as a program asks for by number. */
const OTHERS = Array.from({ length: 9 }, (_, index) => [String(index + 1), UNKNOWN] as const);

/**
 * What is inside of an output: texts, by the names of their fields; numbers and flags stay unknown. Of a list the first item is
 * known, and neither another one nor how many there are: a callback that gets all of it does not run.
 */
function nested(shape: Shape, name: string, place: Place | undefined): unknown {
  if (shape === undefined) return UNKNOWN;
  if (shape === "text") return anyText(name, place);
  return "list" in shape
    ? { 0: nested(shape.list, name, place), ...Object.fromEntries(OTHERS), length: UNKNOWN }
    : Object.fromEntries(
        Object.entries(shape.fields).map(([field, inner]) => [
          field,
          name === "oidcs" && field === "issuer" && place
            ? clusterIssuer(place)
            : nested(inner, field, place),
        ]),
      );
}

/** https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html */
const clusterIssuer = ({ region }: Place): string =>
  `https://oidc.eks.${region}.amazonaws.com/id/${ASSIGNED}`;

/**
 * The address of an image that a build pushes has its digest.
 * https://www.pulumi.com/registry/packages/docker-build/api-docs/image/#ref
 */
function built({ type, inputs }: PlannedResource, name: string): string {
  const tag: unknown = Array.isArray(inputs.tags) ? inputs.tags[0] : undefined;
  return type === "docker-build:index:Image" && name === "ref" && typeof tag === "string"
    ? `${tag}@${SAMPLE_DIGEST}`
    : ASSIGNED;
}

/** An ARN of a form that is not known here: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
const anyArn = ({ partition }: Place): string =>
  ["arn", partition, ASSIGNED, ASSIGNED, ASSIGNED, ASSIGNED].join(":");

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/Repositories.html */
function registryUrl({ account, region, partition }: Place, name: unknown): string {
  const suffix = partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  const repository = typeof name === "string" ? name : ASSIGNED;
  return `${account}.dkr.ecr.${region}.${suffix}/${repository}`;
}

/** The address of an image that `awsx.ecr.Image` builds: that of its repository, with the digest. */
function closedOutputs({ type, inputs }: PlannedResource): PropertyBag {
  const { repositoryUrl } = inputs;
  return type === "awsx:ecr:Image" && typeof repositoryUrl === "string" && repositoryUrl !== UNKNOWN
    ? { imageUri: `${repositoryUrl}@${SAMPLE_DIGEST}` }
    : {};
}

/** What surrounds a value: in a document parts may be unknown; values of an environment are no secret because AWS assigns them. */
type Around = "property" | "document" | "environment";

function judged(value: unknown, around: Around): unknown {
  if (typeof value === "string") return judgedText(value, around);
  if (Array.isArray(value)) return value.map((item) => judged(item, around));
  if (!isRecord(value)) return value;
  if (isSecret(value)) return secret(judged(value.value, around));
  const inside = Object.hasOwn(value, "Statement") ? "document" : around;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      judged(item, name === "environment" ? "environment" : inside),
    ]),
  );
}

function judgedText(text: string, around: Around): string {
  if (!text.includes(ASSIGNED) || around === "environment") return text;
  if (around === "property" && !/^\s*[[{]|\n/.test(text)) return UNKNOWN;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object") return JSON.stringify(judged(value, "document"));
  } catch {
    // Text of another form.
  }
  return text.replaceAll(ASSIGNED, UNKNOWN);
}
