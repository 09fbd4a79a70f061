/** What starts instances, and the roles by which these act. */
import type { PlannedResource } from "../plan/model";
import { isRecord, items, UNKNOWN } from "../properties";
import { type PlanIndex, textOf } from "../rights/plan-index";

const PROFILE = "aws:iam/instanceProfile:InstanceProfile";

interface Starter {
  readonly type: string;
  /** Inputs that name what has the settings of its instances. */
  readonly templates: readonly string[];
  /** The input with its subnets. */
  readonly subnets: string;
}

const TEMPLATES = [
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws:ec2/launchConfiguration:LaunchConfiguration",
];
const STARTERS: readonly Starter[] = [
  { type: "aws:ec2/instance:Instance", templates: ["launchTemplate"], subnets: "subnetId" },
  {
    type: "aws:autoscaling/group:Group",
    templates: ["launchTemplate", "mixedInstancesPolicy", "launchConfiguration"],
    subnets: "vpcZoneIdentifiers",
  },
  {
    type: "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
    templates: ["launchTemplate"],
    subnets: "subnetId",
  },
  {
    type: "aws:ec2/spotFleetRequest:SpotFleetRequest",
    templates: ["launchTemplateConfigs", "launchSpecifications"],
    subnets: "launchSpecifications",
  },
  { type: "aws:ec2/fleet:Fleet", templates: ["launchTemplateConfigs"], subnets: "" },
];

/** What starts instances, with a profile that holds their role. */
interface Started {
  readonly place: PlannedResource;
  readonly profile: PlannedResource;
  /** The input of the place with its subnets. */
  readonly subnets: string;
}

/**
 * What starts instances: what an instance names itself counts before its template. A template that nothing of the plan uses
 * stands for what another stack starts by it.
 */
export function startersOf(index: PlanIndex): Started[] {
  const unused = new Set(TEMPLATES.flatMap((type) => index.ofType(type)));
  const started = STARTERS.flatMap(({ type, templates, subnets }) =>
    index.ofType(type).flatMap((place) => {
      const used = templates.flatMap((input) => templatesOf(index, place, input));
      used.forEach((one) => unused.delete(one));
      const own = profilesOf(index, place);
      const profiles = own.length > 0 ? own : used.flatMap((one) => profilesOf(index, one));
      return [...new Set(profiles)].map((profile) => ({ place, profile, subnets }));
    }),
  );
  const alone = [...unused].flatMap((place) =>
    profilesOf(index, place).map((profile) => ({ place, profile, subnets: "" })),
  );
  return [...started, ...alone];
}

/** The templates that an input names, by reference or by name. */
function templatesOf(index: PlanIndex, place: PlannedResource, input: string): PlannedResource[] {
  const behind = index.behind(place, input).filter(({ type }) => TEMPLATES.includes(type));
  const texts = textsIn(place.inputs[input]);
  const named = TEMPLATES.flatMap((type) => index.ofType(type)).filter(({ inputs }) => {
    const name = textOf(inputs["name"]);
    return name !== undefined && texts.includes(name);
  });
  return [...behind, ...named];
}

/** The profiles in the settings of instances, by reference, name or ARN. */
function profilesOf(index: PlanIndex, holder: PlannedResource): PlannedResource[] {
  const { inputs } = holder;
  const specifications = items(inputs["launchSpecifications"]);
  const specified = (specifications === UNKNOWN ? [] : specifications).flatMap((one) =>
    isRecord(one) ? [one["iamInstanceProfile"], one["iamInstanceProfileArn"]] : [],
  );
  const names = textsIn([inputs["iamInstanceProfile"], ...specified]).map((text) =>
    text.split("/").at(-1),
  );
  const behind = ["iamInstanceProfile", "launchSpecifications"]
    .flatMap((input) => index.behind(holder, input))
    .filter(({ type }) => type === PROFILE);
  const named = index.ofType(PROFILE).filter((one) => {
    const name = textOf(one.inputs["name"]);
    return name !== undefined && names.includes(name);
  });
  return [...new Set([...behind, ...named])];
}

/** All texts in a value. */
function textsIn(value: unknown): string[] {
  const text = textOf(value);
  if (text !== undefined) return [text];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isRecord(value) ? Object.values(value).flatMap(textsIn) : [];
}
